//! A network line that can be made bad.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::{
    io::{self, AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::JoinSet,
    time::sleep,
};

/// A proxy in front of an address. It passes everything on, until it is told otherwise. Goes with its last connection when dropped.
pub struct Line {
    addr: SocketAddr,
    state: watch::Sender<State>,
    _tasks: JoinSet<()>,
}

/// How bad the line is.
#[derive(Clone, Copy, Default)]
struct State {
    delay: Duration,
    byte_by_byte: bool,
    cut: bool,
    /// A request that is passed on, and whose answer is not.
    unanswered: Option<&'static str>,
    /// How often all connections were reset.
    resets: u64,
    /// How often all connections were forgotten.
    losses: u64,
}

impl Line {
    /// A good line to this address.
    pub async fn to(target: impl Into<SocketAddr>) -> Self {
        let target = target.into();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let addr = listener.local_addr().expect("it listens");
        let (state, seen) = watch::channel(State::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, target, seen));
        Self { addr, state, _tasks: tasks }
    }

    /// Where to connect to.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Holds every piece back for so long, in each direction.
    pub fn delay(&self, delay: Duration) {
        self.state.send_modify(|state| state.delay = delay);
    }

    /// Passes on one byte at a time.
    pub fn byte_by_byte(&self, on: bool) {
        self.state.send_modify(|state| state.byte_by_byte = on);
    }

    /// Passes nothing on, not even that a side has gone: connections stay open, and new ones hang.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.cut = true);
    }

    /// Ends a cut, and the loss of answers.
    pub fn restore(&self) {
        self.state.send_modify(|state| (state.cut, state.unanswered) = (false, None));
    }

    /// Loses the answer to this request, a text that comes in one piece: the target has answered it, and instead of the answer the
    /// connection is reset.
    pub fn lose_answers_to(&self, request: &'static str) {
        self.state.send_modify(|state| state.unanswered = Some(request));
    }

    /// Forgets every connection, as a firewall does that was restarted: nothing comes through any more, and nobody is told. New
    /// connections are not touched.
    pub fn forget_all(&self) {
        self.state.send_modify(|state| state.losses += 1);
    }

    /// Ends every connection at both sides by a reset.
    pub fn reset_all(&self) {
        self.state.send_modify(|state| state.resets += 1);
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, state: watch::Receiver<State>) {
    let mut connections = JoinSet::new();
    loop {
        let (near, _) = listener.accept().await.expect("there are file descriptors left");
        connections.spawn(connection(near, target, state.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(mut near: TcpStream, target: SocketAddr, mut state: watch::Receiver<State>) {
    let resets = state.borrow().resets;
    let mut far = None;
    let end = tokio::select! {
        end = carry(&mut near, &mut far, target, state.clone()) => end,
        _ = state.wait_for(|state| state.resets != resets) => Err(io::ErrorKind::ConnectionReset.into()),
    };
    if end.is_err() {
        for side in [Some(near), far].into_iter().flatten() {
            // A side that has gone already needs no reset.
            let _ = side.set_zero_linger();
        }
    }
}

/// Carries both directions until both have ended, or one has failed.
async fn carry(
    near: &mut TcpStream,
    far: &mut Option<TcpStream>,
    target: SocketAddr,
    mut state: watch::Receiver<State>,
) -> io::Result<()> {
    let born = state.borrow().losses;
    connected(&mut state, born).await;
    let far = far.insert(TcpStream::connect(target).await?);
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (near_read, near_write) = near.split();
    let (far_read, far_write) = far.split();
    // Whether a request went by whose answer is to be lost.
    let asked = AtomicBool::new(false);
    let there = |piece: &[u8], state: &State| {
        if state.unanswered.is_some_and(|request| piece.windows(request.len()).any(|part| part == request.as_bytes())) {
            asked.store(true, Ordering::Relaxed);
        }
        Ok(())
    };
    let back =
        |_: &[u8], _: &State| if asked.load(Ordering::Relaxed) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) };
    tokio::try_join!(pump(near_read, far_write, state.clone(), born, there), pump(far_read, near_write, state, born, back))
        .map(|_| ())
}

async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut state: watch::Receiver<State>,
    born: u64,
    look: impl Fn(&[u8], &State) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer).await;
        let State { delay, byte_by_byte, .. } = *state.borrow();
        sleep(delay).await;
        connected(&mut state, born).await;
        let piece = &buffer[..length?];
        look(piece, &state.borrow())?;
        if piece.is_empty() {
            return to.shutdown().await;
        }
        if byte_by_byte {
            for byte in piece {
                to.write_all(std::slice::from_ref(byte)).await?;
                // The next one in a packet of its own, and others in between.
                tokio::task::yield_now().await;
            }
        } else {
            to.write_all(piece).await?;
        }
    }
}

/// Waits until the line is whole for a connection that was made after so many losses; for a forgotten one that is never.
async fn connected(state: &mut watch::Receiver<State>, born: u64) {
    if state.wait_for(|state| !state.cut && state.losses == born).await.is_err() {
        // The line has gone, and this task goes with it.
        std::future::pending().await
    }
}
