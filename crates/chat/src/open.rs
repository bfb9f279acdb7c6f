//! Opening a chat: the floors are put on each other, from the ground up.

use std::sync::Arc;

use hub::{Broker, Hub, RedisBroker, catch_up, heartbeat, in_process, presence};
use parking_lot::Mutex;
use tokio::task::JoinSet;

use crate::{
    Chat, Error, Result, accounts,
    chat::Inner,
    credentials::{Hasher, SigningKey, Tokens},
    db::Db,
    house, idempotency,
    kept::Kept,
    limits::Limits,
    marks::{self, Marks},
    messages, outgoing,
    readiness::Readiness,
    rooms, sessions,
    throttle::Floods,
    writer::Writer,
};

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

impl Chat {
    /// Connects, brings the schema up to date, makes sure that there is a lobby, and starts the writer and the hub.
    ///
    /// # Errors
    /// The database cannot be reached, opened or migrated.
    pub async fn open(options: Options) -> Result<Self> {
        let Options { database_url, redis_url, signing_key, limits } = options;
        let db = Db::open(&database_url).await?;
        let mut tasks = JoinSet::new();
        let (own, signals) = in_process();
        let (floods, seen) = Floods::new();
        let outbound = outbound::Client::new(&limits.outbound);
        let kept = Arc::new(Kept::new(limits, floods, own.commits(), db.clone()));
        let many_nodes = redis_url.is_some();
        let broker: Arc<dyn Broker> = match redis_url {
            Some(url) => {
                let (broker, work) = RedisBroker::new(&url, own).map_err(Error::unavailable)?;
                tasks.spawn(work);
                Arc::new(broker)
            }
            None => Arc::new(own),
        };
        let hub = Arc::new(Hub::new(db.epoch()));
        if many_nodes {
            hub.streams().connect(broker.clone());
        }
        tasks.spawn(hub.clone().run(signals));
        tasks.spawn(heartbeat::beat(hub.clone()));
        tasks.spawn(presence::keep(hub.clone(), broker.clone(), many_nodes));
        tasks.spawn(catch_up::watch(hub.clone(), Arc::new(db.clone()), many_nodes));
        kept.read(&db).await?;
        tasks.spawn(house::keep_up(db.clone(), kept.clone()));
        let writer = Arc::new(Writer::start(db.clone(), broker.clone()));
        tasks.spawn(house::tell_of_floods(writer.clone(), seen));
        let marks = Arc::<Marks>::default();
        tasks.spawn(marks::keep_writing(db.clone(), broker.clone(), marks.clone()));
        let chat = Self::from(Inner {
            writer,
            db,
            broker,
            hub,
            tokens: Tokens::new(&signing_key),
            hasher: Hasher::new(),
            readiness: Readiness::default(),
            kept,
            marks,
            outbound,
            tasks: Mutex::new(tasks),
        });
        accounts::fill_looks(&chat).await?;
        rooms::fill_looks(&chat).await?;
        rooms::ensure_lobby(&chat).await?;
        rooms::finish_deletions(&chat).await?;
        sessions::shorten(&chat).await?;
        messages::keep_no_longer(&chat);
        accounts::keep_seen(&chat);
        outgoing::keep_delivering(&chat);
        idempotency::keep_for_a_day(&chat);
        Ok(chat)
    }
}
