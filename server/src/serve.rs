//! `snug serve`: from the start to the end of a server process.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use chat::{Chat, Limits, SigningKey, upkeep, urls};
use protocol::limits;
use rustix::net::sockopt::set_tcp_user_timeout;
use tokio::{
    net::{TcpListener, TcpSocket},
    signal::unix::{SignalKind, signal},
    task::JoinSet,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    AppState, Parts,
    assets::Site,
    config::{Options, Store},
    connections::{self, Connections, Http},
    failure::Failure,
    guests, router, store, systemd,
    telemetry::{self, Repeats},
    ws::{self, Sockets},
};

/// Longest time for what was accepted before the stop (G8 allows 30 s for all).
const DRAIN_MAX: Duration = Duration::from_secs(20);
/// The part of it that is for requests, after the sockets.
const CONNECTIONS_MAX: Duration = Duration::from_secs(5);
/// Longest time for the last commit.
const CLOSE_MAX: Duration = Duration::from_secs(8);
/// What the kernel may hold back for one slow reader (G6); it would take 4 MiB by itself.
const SEND_BUFFER_BYTES: u32 = 256 * 1024;
/// A connection ends when nothing that was written was taken for so long, as a socket does on which nothing is heard.
const UNTAKEN_MS: u32 = limits::IDLE_SECONDS as u32 * 1_000;
const BACKLOG: u32 = 1024;
/// Pause when the process has no file descriptor left for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Starts, serves until SIGTERM, SIGINT or SIGHUP, and ends.
///
/// # Errors
/// Whatever keeps the server from starting.
pub(crate) async fn serve(options: &Options, repeats: Repeats) -> Result<(), Failure> {
    let metrics = telemetry::start_metrics().map_err(|error| Failure::Process(error.into()))?;
    let stop = stop_signal().map_err(|error| Failure::Process(error.into()))?;
    // Before the database is touched: a second server on the same folder stops here.
    let listener = listen(options.addr()).map_err(|error| Failure::Listen(options.addr(), error))?;
    let addr = listener.local_addr().map_err(|error| Failure::Listen(options.addr(), error))?;

    let data_dir = store::data_dir(options.store())?;
    let limits = options.limits();
    let sockets = ws::Limits::from(&limits);
    let chat = open_chat(options.store(), limits, &data_dir).await?;
    // Where others reach it, a new house is for whoever has seen it start.
    let first = chat::house::first_link(&chat, !addr.ip().is_loopback()).await.map_err(Failure::Database)?;
    let database = urls::place(&options.store().database_url(&data_dir));
    let (version, hosts) = (env!("CARGO_PKG_VERSION"), options.hosts(addr));
    tracing::info!(version, %addr, %hosts, database, several_nodes = options.store().redis_url().is_some(), "started");
    let connections = Connections::new(connections::Limits::for_files(connections::raise_limit()));
    let sockets = ws::Limits { sockets: connections.limits().sockets(), ..sockets };
    // Ends with this function.
    let mut beside = JoinSet::new();
    beside.spawn(telemetry::keep_up(metrics.clone(), repeats.clone()));
    beside.spawn(telemetry::measure(chat.clone(), database_folder(options, &data_dir)));
    beside.spawn(systemd::show_life());
    let lost = tokio::spawn(stop_when_lost(chat.clone(), stop.clone()));
    let state = Parts {
        chat: chat.clone(),
        site: Arc::new(Site::built_in()),
        hosts,
        cors: options.cors(),
        proxies: Arc::new(options.proxies()),
        pages: guests::Pages::default(),
        metrics,
        compat: options.compat(),
        connections,
        sockets: Sockets::new(sockets, stop),
    };
    // Whoever started it may have closed the output; the server is of use all the same.
    let _ = writeln!(io::stdout(), "Snug is ready: http://{}", address_to_open(addr));
    if let Some(token) = first {
        let address = address_to_open(addr);
        let _ =
            writeln!(io::stdout(), "Make the first account, the owner's, by this link: http://{address}/register?first={token}");
    }
    systemd::ready();
    run(listener, state.into()).await;
    lost.abort();
    if timeout(CLOSE_MAX, chat.close()).await.is_err() {
        tracing::error!("the database did not close in time");
    }
    repeats.tell_all();
    // A task that was not aborted has told why the server stops.
    if lost.await.is_ok() {
        return Err(Failure::Lost);
    }
    tracing::info!("stopped");
    Ok(())
}

/// Stops a server whose database is not there any more: whatever started it starts it again, on the one that is there now.
async fn stop_when_lost(chat: Chat, stop: CancellationToken) {
    chat.lost().await;
    stop.cancel();
}

/// Serves until the stop token of the sockets is cancelled, then finishes what was accepted.
pub async fn run(listener: TcpListener, state: AppState) {
    let (connections, sockets, proxies) = (state.connections.clone(), state.sockets.clone(), state.proxies.clone());
    let (tasks, ending) = (TaskTracker::new(), CancellationToken::new());
    let http = Http::new(router(state), connections.limits(), ending.clone());

    // While sockets take their time to close, whoever asks is answered: a load balancer hears that this node is not ready any more.
    let mut drained = pin!(drained(&sockets));
    let deadline = loop {
        let (tcp, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept");
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            deadline = &mut drained => break deadline,
        };
        let address = peer.ip().to_canonical();
        if let Some(stream) = connections.admit(tcp, address, proxies.include(address)) {
            tasks.spawn(http.clone().serve(stream, peer));
        }
    };

    drop(listener);
    ending.cancel();
    tasks.close();
    if timeout_at(deadline, tasks.wait()).await.is_err() {
        tracing::warn!("not every request was finished in time");
    }
}

/// Until a stop, and then until the sockets are closed or the time for that is over. Returns when all has to be over.
async fn drained(sockets: &Sockets) -> Instant {
    sockets.stopped().await;
    systemd::stopping();
    tracing::info!("stopping");
    let deadline = Instant::now() + DRAIN_MAX;
    if timeout_at(deadline - CONNECTIONS_MAX, sockets.drained()).await.is_err() {
        tracing::warn!("not every socket was closed in time");
    }
    deadline
}

/// Binds the address, with bounded buffers towards slow readers.
///
/// # Errors
/// What the operating system says.
pub fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    // Connections inherit it from the socket that listens.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    // Who listens to a stream of events says nothing by it: that they have gone without a word shows in what they do not take.
    set_tcp_user_timeout(&socket, UNTAKEN_MS)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

async fn open_chat(store: &Store, limits: Limits, data_dir: &Path) -> Result<Chat, Failure> {
    let signing_key = match store.signing_key() {
        Some(key) => key.clone(),
        None => {
            let path = data_dir.join("signing.key");
            SigningKey::load_or_create(&path).map_err(|error| Failure::SigningKey(path, error))?
        }
    };
    store::bring_up_to_date(store, data_dir).await?;
    let key = signing_key.clone();
    let database_url = store.database_url(data_dir);
    let redis_url = store.redis_url().map(str::to_owned);
    let chat = Chat::open(chat::Options { database_url, redis_url, signing_key, limits }).await.map_err(Failure::Database)?;
    match upkeep::note_key(&chat, &key).await {
        Ok(Some(last)) => tracing::warn!(
            own = key.fingerprint(),
            last,
            "the last node to start signed with another key: nodes with different keys refuse each other's tokens"
        ),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the database takes no note of the signing key"),
    }
    Ok(chat)
}

/// The folder whose disk has to have room: that of the database, or of the data where the database is elsewhere.
fn database_folder(options: &Options, data_dir: &Path) -> PathBuf {
    let file = urls::sqlite_file(&options.store().database_url(data_dir));
    let folder = file.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(data_dir).to_owned()
}

/// A token that is cancelled by SIGTERM, SIGINT or SIGHUP.
fn stop_signal() -> io::Result<CancellationToken> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // What a terminal says as it closes.
    let mut hangup = signal(SignalKind::hangup())?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        token.cancel();
    });
    Ok(stop)
}

/// An address that a browser can open: "all interfaces" is none.
fn address_to_open(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, addr.port())
}
