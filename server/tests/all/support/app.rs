//! A server in this process.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};

use chat::{Chat, Limits, Rate, SigningKey};
use metrics_exporter_prometheus::PrometheusHandle;
use server::{
    AppState, Parts,
    assets::Site,
    compat::settings::Compat,
    connections::{self, Connections},
    guests::Pages,
    hosts::Hosts,
    origins::{Allowed, Cors},
    serve, telemetry, ws,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{Person, Socket};

/// There is one recorder per process.
static METRICS: LazyLock<PrometheusHandle> = LazyLock::new(|| telemetry::start_metrics().unwrap());

/// Limits that tests do not run into.
pub(crate) fn limits() -> Limits {
    let plenty = rate(100_000, Duration::from_millis(1));
    Limits {
        per_address: plenty,
        per_account: plenty,
        registrations_per_address: plenty,
        sends: plenty,
        sends_per_address: plenty,
        joins: plenty,
        joins_per_address: plenty,
        creations: plenty,
        creations_per_address: plenty,
        invites: plenty,
        invites_per_address: plenty,
        edits: plenty,
        edits_per_address: plenty,
        moderations: plenty,
        moderations_per_address: plenty,
        renewals: plenty,
        renewals_per_address: plenty,
        connects: plenty,
        connects_per_address: plenty,
        ..Limits::default()
    }
}

pub(crate) fn rate(burst: u32, each: Duration) -> Rate {
    Rate::new(burst, each)
}

/// How a server is built.
pub(crate) struct Builder {
    limits: Limits,
    connections: connections::Limits,
    sockets: ws::Limits,
    site: Site,
    compat: Option<Compat>,
    cors: Cors,
    redis_url: Option<String>,
}

impl Builder {
    /// Clients of the Django Channels tutorials are understood.
    pub(crate) fn compat(self) -> Self {
        Self { compat: Some(Compat { refresh_seconds: 24 * 60 * 60 }), ..self }
    }

    /// It is one of several nodes, which this Redis joins.
    pub(crate) fn redis(self, url: &str) -> Self {
        Self { redis_url: Some(url.to_owned()), ..self }
    }

    pub(crate) fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    pub(crate) fn connections(self, connections: connections::Limits) -> Self {
        Self { connections, ..self }
    }

    pub(crate) fn sockets(self, sockets: ws::Limits) -> Self {
        Self { sockets, ..self }
    }

    pub(crate) fn site(self, site: Site) -> Self {
        Self { site, ..self }
    }

    /// Lets pages of these origins use the API.
    pub(crate) fn cors(self, origins: &[&str]) -> Self {
        Self { cors: Cors::new(origins.iter().filter_map(|origin| Allowed::parse(origin)).collect()), ..self }
    }

    pub(crate) async fn start(self) -> TestApp {
        self.start_on(Data::fresh().await).await
    }

    /// Starts on what another server may have left.
    pub(crate) async fn start_on(self, data: Data) -> TestApp {
        let signing_key = SigningKey::load_or_create(&data.folder.path().join("signing.key")).unwrap();
        let database_url = data.database_url.clone();
        let options = chat::Options { database_url, redis_url: self.redis_url, signing_key, limits: self.limits };
        let chat = Chat::open(options).await.unwrap();
        let stop = CancellationToken::new();
        let listener = serve::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let addr = listener.local_addr().unwrap();
        let state = Parts {
            chat: chat.clone(),
            site: Arc::new(self.site),
            hosts: Hosts::new(&[], IpAddr::V4(Ipv4Addr::LOCALHOST)),
            cors: self.cors,
            proxies: Arc::default(),
            pages: Pages::default(),
            metrics: METRICS.clone(),
            compat: self.compat,
            connections: Connections::new(self.connections),
            sockets: ws::Sockets::new(self.sockets, stop.clone()),
        };
        let server = tokio::spawn(run(listener, state.into()));
        TestApp { addr, chat, stop, server, data }
    }
}

async fn run(listener: TcpListener, state: AppState) {
    serve::run(listener, state).await;
}

/// What a server leaves for the next one. `SNUG_TEST_DATABASE` says which database it is (`testkit`).
pub(crate) struct Data {
    folder: TempDir,
    database_url: String,
}

impl Data {
    async fn fresh() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { database_url: testkit::database_url(folder.path()).await, folder }
    }

    /// In a database that is there already.
    pub(crate) fn at(database_url: &str) -> Self {
        Self { database_url: database_url.to_owned(), folder: tempfile::tempdir().unwrap() }
    }
}

/// A server that runs.
pub(crate) struct TestApp {
    pub(crate) addr: SocketAddr,
    pub(crate) chat: Chat,
    stop: CancellationToken,
    server: JoinHandle<()>,
    data: Data,
}

impl TestApp {
    pub(crate) fn builder() -> Builder {
        let connections = connections::Limits::for_files(usize::MAX);
        let (site, cors) = (Site::of([]), Cors::default());
        Builder { limits: limits(), connections, sockets: ws::Limits::default(), site, compat: None, cors, redis_url: None }
    }

    pub(crate) async fn start() -> Self {
        Self::builder().start().await
    }

    /// Tells the server to stop, as SIGTERM does.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Until the server has stopped.
    pub(crate) async fn stopped(&mut self) {
        (&mut self.server).await.unwrap();
    }

    /// Stops the server and waits for its end; its data stay for the next one.
    pub(crate) async fn end(self) -> Data {
        self.stop.cancel();
        self.server.await.unwrap();
        self.chat.close().await;
        self.data
    }

    pub(crate) fn folder(&self) -> &Path {
        self.data.folder.path()
    }

    pub(crate) fn database_url(&self) -> &str {
        &self.data.database_url
    }

    /// Changes the database from outside.
    pub(crate) async fn sql(&self, statement: &str) {
        let database = sea_orm::Database::connect(self.database_url()).await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&database, statement).await.unwrap();
    }

    /// The id of an account.
    pub(crate) async fn id_of(&self, username: &str) -> String {
        chat::house::person(&self.chat, chat::house::By::CommandLine, username).await.unwrap().account.id.to_string()
    }

    /// Somebody without an account.
    pub(crate) fn stranger(&self) -> Person {
        Person::at(self.addr)
    }

    /// Somebody with an account, signed in by the form.
    pub(crate) async fn person(&self, username: &str) -> Person {
        let person = self.stranger();
        person.register(username).await;
        person
    }

    pub(crate) async fn ada(&self) -> Person {
        self.person("ada").await
    }

    pub(crate) async fn bob(&self) -> Person {
        self.person("bob").await
    }

    /// A guest's socket, after hello.
    pub(crate) async fn guest_socket(&self) -> Socket {
        Socket::guest(self.addr).await
    }
}
