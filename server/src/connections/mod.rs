//! The open connections: how many there may be, in all and for one address, and what their answers may take of the memory.
//!
//! Strangers open connections for nothing: they send no request, or half of one, or do not read the answer (CWE-400, "Slowloris" and
//! its kind). Each of these has a deadline. Where places or memory run out before it, the connection that has done nothing for longest
//! goes, so that whoever comes now is served.

mod answers;
mod files;
mod http;
mod link;
mod register;
mod share;
mod stream;

use std::{net::IpAddr, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::net::TcpStream;

pub(crate) use self::{
    answers::hold,
    files::raise_limit,
    http::Http,
    link::Link,
    stream::{Place, Stream},
};
use self::{register::Register, share::Share};
use crate::seldom::Seldom;

/// Most connections of a process.
const ALL_MAX: usize = 24_000;
/// Most of one address: an office behind one address has some hundreds of pages open.
const PER_ADDRESS_MAX: usize = 1024;
/// Files that are open besides: databases, Redis, the log.
const OTHER_FILES: usize = 100;

/// How much of the connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections that are open at the same time, sockets among them.
    pub all: usize,
    /// Those of one address (IPv6: of a /64).
    pub per_address: usize,
    /// Time for the head of a request: it runs from the accept on, and from the end of the answer before.
    pub head: Duration,
    /// Time in which a client has to take something of what is written to it.
    pub stall: Duration,
    /// Bytes of answers that may wait for those who read them.
    pub answers: usize,
}

impl Limits {
    /// As much as a process can do that may have so many files open.
    #[must_use]
    pub fn for_files(files: usize) -> Self {
        let all = files.saturating_sub(OTHER_FILES).clamp(1, ALL_MAX);
        Self {
            all,
            per_address: PER_ADDRESS_MAX.min(all / 4).max(1),
            head: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            answers: 64 * 1024 * 1024,
        }
    }

    /// How many of them may be sockets: the others are left for requests.
    #[must_use]
    pub fn sockets(self) -> usize {
        self.all - self.all / 6
    }
}

/// The open connections of this process; cheap to clone.
#[derive(Clone)]
pub struct Connections {
    limits: Limits,
    open: Arc<Mutex<Register>>,
}

impl Connections {
    /// None yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, open: Arc::default() }
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Takes in a connection of this peer, which may be a proxy that stands for many. `None` when there is no place for it.
    pub(crate) fn admit(&self, tcp: TcpStream, peer: IpAddr, is_proxy: bool) -> Option<Stream> {
        static CROWDED: Seldom = Seldom::new();
        let share = if is_proxy { None } else { Some(self.share(peer)?) };
        let link = self.open.lock().admit(self.limits.all);
        if link.is_none() {
            CROWDED.tell(|before| tracing::warn!(limit = self.limits.all, before, "refused connections: all places are taken"));
        }
        Some(Stream::new(tcp, Place::new(self.open.clone(), link?, share), self.limits.stall))
    }

    /// One more of what an address may have. `None` when it has all of it.
    pub(crate) fn share(&self, address: IpAddr) -> Option<Share> {
        static GREEDY: Seldom = Seldom::new();
        let share = Share::of(&self.open, address, self.limits.per_address);
        if share.is_none() {
            let limit = self.limits.per_address;
            GREEDY.tell(|before| tracing::warn!(%address, limit, before, "refused connections: too many of one address"));
        }
        share
    }
}
