//! Every decision of Snug. Server functions, REST and the socket are doors to the functions in here; what they all see of the
//! database is types of `protocol`.
//!
//! - [`accounts`], [`sessions`]: who you are
//! - [`rooms`], `policy`: what you may see and do
//! - [`messages`], `events`, `writer`: what was said, in which order
//! - [`hub`]: who hears it
//! - [`upkeep`]: what the operator does to the database from outside
//! - [`urls`]: where the database and Redis are

pub mod accounts;
mod db;
mod error;
mod events;
pub mod hub;
pub mod messages;
mod policy;
pub mod rooms;
pub mod sessions;
mod throttle;
pub mod upkeep;
pub mod urls;
mod writer;

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use sea_orm::ConnectionTrait;
use tokio::task::JoinSet;

use accounts::passwords::Hasher;
use db::Db;
use hub::{Broker, Connection, Hub, Mailbox, Outlet, RedisBroker, Signal};
use sessions::Tokens;
use throttle::Throttle;
use writer::Writer;

pub use error::{Error, Result};
pub use policy::Actor;
pub use sessions::{NotAKey, Session, SigningKey};
pub use throttle::Rate;

/// What a chat is opened with.
pub struct Options {
    /// `sqlite:///path/to/file` or `postgres://…`.
    pub database_url: String,
    /// Joins this node with others on the same database: `redis://…`.
    pub redis_url: Option<String>,
    /// Signs access tokens.
    pub signing_key: SigningKey,
    /// How much of what.
    pub limits: Limits,
}

/// How much of what is allowed on this node.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Tries to sign in or register per address (IPv6: per /64).
    pub per_address: Rate,
    /// Tries to sign in per account.
    pub per_account: Rate,
    /// Lifetime of an access token, in seconds.
    pub access_token_seconds: u64,
    /// Time in which a replaced refresh token still works, for a second tab or a lost answer, in milliseconds.
    pub refresh_grace_ms: i64,
    /// Bytes that may wait for a slow reader before its socket is closed.
    pub mailbox_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |burst: u32, seconds| Rate {
            burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
            each: Duration::from_secs(seconds),
        };
        Self {
            per_address: rate(20, 3),
            per_account: rate(10, 6),
            access_token_seconds: 15 * 60,
            refresh_grace_ms: 10_000,
            mailbox_bytes: 256 * 1024,
        }
    }
}

/// A running chat: one database, its writer, and the hub of this node. Cheap to clone.
#[derive(Clone)]
pub struct Chat {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    writer: Writer,
    broker: Arc<dyn Broker>,
    hub: Arc<Hub>,
    commits: Arc<AtomicU64>,
    tokens: Tokens,
    hasher: Hasher,
    throttle: Throttle,
    limits: Limits,
    /// What goes on beside the requests, until the chat is closed or gone.
    tasks: Mutex<JoinSet<()>>,
}

impl Chat {
    /// Connects, brings the schema up to date, makes sure that there is a lobby, and starts the writer and the hub.
    ///
    /// # Errors
    /// The database cannot be reached, opened or migrated.
    pub async fn open(options: Options) -> Result<Self> {
        let Options { database_url, redis_url, signing_key, limits } = options;
        let db = Db::open(&database_url).await?;
        let mut tasks = JoinSet::new();
        let (own, signals) = hub::in_process();
        let commits = own.commits();
        let many_nodes = redis_url.is_some();
        let broker: Arc<dyn Broker> = match redis_url {
            Some(url) => {
                let (broker, work) = RedisBroker::new(&url, own).map_err(Error::unavailable)?;
                tasks.spawn(work);
                Arc::new(broker)
            }
            None => Arc::new(own),
        };
        let hub = Arc::<Hub>::default();
        tasks.spawn(hub.clone().run(signals));
        tasks.spawn(hub::look::watch(hub.clone(), db.clone(), many_nodes));
        let chat = Self {
            inner: Arc::new(Inner {
                writer: Writer::start(db.clone(), broker.clone()),
                db,
                broker,
                hub,
                commits,
                tokens: Tokens::new(&signing_key),
                hasher: Hasher::new(),
                throttle: Throttle::new(limits.per_address, limits.per_account),
                limits,
                tasks: Mutex::new(tasks),
            }),
        };
        rooms::ensure_lobby(&chat).await?;
        Ok(chat)
    }

    /// A mailbox for a new socket, bounded as the limits say.
    #[must_use]
    pub fn mailbox(&self, outlet: impl Outlet) -> Arc<Mailbox> {
        Arc::new(Mailbox::new(self.limits().mailbox_bytes, outlet))
    }

    /// Opens the connection of a socket: of whoever holds this access token, or of a guest without one.
    ///
    /// # Errors
    /// `not_authenticated` when the token is wrong, expired, or its session was ended.
    pub async fn connect(&self, access_token: Option<&str>, mailbox: Arc<Mailbox>) -> Result<Connection> {
        Connection::open(self.clone(), access_token, mailbox).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `unavailable` when not.
    pub async fn ready(&self) -> Result<()> {
        self.inner.db.read().execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// A number that is another one after each commit: at once for those of this node, as soon as it is heard of them for others.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.inner.commits.load(Ordering::Acquire)
    }

    /// Finishes what is queued and closes the database. What comes later is refused as `unavailable`.
    pub async fn close(&self) {
        self.inner.writer.close().await;
        self.inner.tasks.lock().abort_all();
        if let Err(error) = self.inner.db.close().await {
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

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    pub(crate) async fn signal(&self, signal: Signal) {
        self.inner.broker.publish(vec![signal]).await;
    }
}
