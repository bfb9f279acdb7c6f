//! The handle that every use case is given: one database, its writer, the hub of this node.

use std::{
    net::IpAddr,
    sync::{Arc, Weak, atomic::Ordering},
};

use hub::{Broker, Hub, Mailbox, Outlet, Signal, Streams};
use parking_lot::Mutex;
use protocol::EpochId;
use tokio::task::JoinSet;

use crate::{
    counted::Counted,
    credentials::{Hasher, Tokens},
    db::Db,
    kept::Kept,
    limits::Limits,
    marks::{self, Marks},
    readiness::{self, NotReady, Readiness},
    recent::Recent,
    seats::Seats,
    settings::Settings,
    throttle::{Deed, Deeds, SignIns},
    writer::Writer,
};

/// A running chat. Cheap to clone.
#[derive(Clone)]
pub struct Chat {
    inner: Arc<Inner>,
}

/// What a chat is made of.
pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) writer: Arc<Writer>,
    pub(crate) broker: Arc<dyn Broker>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) tokens: Tokens,
    pub(crate) hasher: Hasher,
    pub(crate) readiness: Readiness,
    pub(crate) kept: Arc<Kept>,
    pub(crate) marks: Arc<Marks>,
    /// By which requests leave the house.
    pub(crate) outbound: outbound::Client,
    /// What goes on beside the requests, until the chat is closed or gone.
    pub(crate) tasks: Mutex<JoinSet<()>>,
}

impl From<Inner> for Chat {
    fn from(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

impl Chat {
    /// A mailbox for a new socket, bounded as the limits say.
    #[must_use]
    pub fn mailbox(&self, outlet: impl Outlet) -> Arc<Mailbox> {
        Arc::new(Mailbox::new(self.limits().mailbox_bytes, outlet))
    }

    /// The streams of events, which requests name.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        self.hub().streams()
    }

    /// Lets something in that comes from an address, or says how long it has to wait. A door asks this before it asks for the deed itself,
    /// which looks at the account.
    ///
    /// # Errors
    /// `throttled`.
    pub fn admit(&self, deed: Deed, from: IpAddr) -> crate::Result<()> {
        Ok(self.deeds().from(from, deed)?)
    }

    /// Whether messages can be stored now; answers within a second.
    ///
    /// # Errors
    /// Why not.
    pub async fn ready(&self) -> Result<(), NotReady> {
        if self.writer().has_written_within(readiness::HOLDS) {
            return Ok(());
        }
        let db = self.db().clone();
        self.inner.readiness.ask(|| async move { db.try_to_write().await }).await
    }

    /// A number that is another one after each commit: at once for those of this node, as soon as it is heard of them for others.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.inner.kept.commits.load(Ordering::Acquire)
    }

    /// The epoch of the logs, as this node delivers them.
    #[must_use]
    pub fn epoch(&self) -> EpochId {
        self.hub().epoch()
    }

    /// Until the database is found to be another one than the one that was opened: SQLite's file was replaced or moved away. From then on
    /// nothing is written any more.
    pub async fn lost(&self) {
        self.db().lost().await;
    }

    /// Finishes what is queued and closes the database. What comes later is refused as `unavailable`.
    pub async fn close(&self) {
        if let Err(error) = self.write_marks().await {
            tracing::warn!(%error, "what people have read last is not written");
        }
        self.writer().close().await;
        self.inner.tasks.lock().abort_all();
        if let Err(error) = self.db().close().await {
            tracing::warn!(%error, "the database did not close");
        }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.inner.db
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.inner.writer
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.inner.hasher
    }

    pub(crate) fn sign_ins(&self) -> &SignIns {
        &self.inner.kept.sign_ins
    }

    pub(crate) fn deeds(&self) -> &Deeds {
        &self.inner.kept.deeds
    }

    /// How much of what is allowed.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.kept.limits
    }

    /// How the house is run.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        self.inner.kept.settings()
    }

    /// Reads anew what is kept, after something of it has changed (`settings::mark_changed`): here at once, where it fails soon, as on
    /// other nodes.
    pub(crate) async fn renew(&self) {
        self.inner.kept.renew(self.db()).await;
    }

    pub(crate) fn marks(&self) -> &Arc<Marks> {
        &self.inner.marks
    }

    /// Writes what people have read and is not written yet.
    pub(crate) async fn write_marks(&self) -> crate::Result<()> {
        marks::write(self.db(), &*self.inner.broker, self.marks()).await
    }

    /// By which requests leave the house.
    pub(crate) fn outbound(&self) -> &outbound::Client {
        &self.inner.outbound
    }

    pub(crate) fn counted(&self) -> &Counted {
        &self.inner.kept.counted
    }

    pub(crate) fn recent(&self) -> &Recent {
        &self.inner.kept.recent
    }

    pub(crate) fn seats(&self) -> &Arc<Seats> {
        &self.inner.kept.seats
    }

    /// What finds it as long as it is there: for what goes on by itself, and must not keep it.
    pub(crate) fn weak(&self) -> WeakChat {
        WeakChat { inner: Arc::downgrade(&self.inner) }
    }

    /// Does something beside the requests, until the chat is closed.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.inner.tasks.lock();
        // What is done is forgotten.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    pub(crate) async fn signal(&self, signal: Signal) {
        self.inner.broker.publish(vec![signal]).await;
    }
}

/// A chat that may have gone.
pub(crate) struct WeakChat {
    inner: Weak<Inner>,
}

impl WeakChat {
    pub(crate) fn get(&self) -> Option<Chat> {
        Some(Chat { inner: self.inner.upgrade()? })
    }
}
