//! Delivery: from a committed event to the sockets that want it.
//!
//! The writer hands what it committed to a [`Broker`], which carries it to the hub of every node; the hub puts it into the mailbox
//! of each connection that is subscribed to the room. An event is encoded once, whatever the number of readers. The broker may
//! lose something: each [`feed`] knows its last place, and [`look`] reads from the database what did not come (G5).

mod broker;
mod connection;
mod feed;
pub(crate) mod look;
mod mailbox;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use protocol::{CloseCode, RoomId, Seq, ServerFrame, SessionId, UserId, limits};
use tokio::sync::{Notify, mpsc};

pub(crate) use broker::{Broker, RedisBroker, in_process, probe_redis};
pub use connection::{Connection, Delivery};
use feed::Feed;
pub(crate) use mailbox::Mailbox;

/// A committed event, encoded for the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) room: RoomId,
    pub(crate) seq: Seq,
    pub(crate) frame: Bytes,
    /// Who may not read the room any longer from here on (G9).
    pub(crate) bars: Option<UserId>,
}

/// What nodes tell each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Something happened in a room.
    Event(Published),
    /// A session was ended: close its sockets (G9).
    Cut(SessionId),
}

/// One socket, as long as this process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ConnectionId(u64);

/// Who wants what on this node.
#[derive(Default)]
pub(crate) struct Hub {
    next_id: AtomicU64,
    connections: RwLock<HashMap<ConnectionId, Member>>,
    /// Each room has a lock of its own: a fan-out to thousands holds up nobody in another room. Lock `rooms` before a feed.
    rooms: RwLock<HashMap<RoomId, Arc<Mutex<Feed>>>>,
    /// An event came before the one that it follows.
    gap: Notify,
}

struct Member {
    mailbox: Arc<Mailbox>,
    session: Option<SessionId>,
    rooms: Mutex<HashSet<RoomId>>,
}

impl Hub {
    /// Delivers what the broker brings until it ends. What was committed together is delivered together, so that each socket wakes
    /// once for it.
    pub(crate) async fn run(self: Arc<Self>, mut signals: mpsc::Receiver<Vec<Signal>>) {
        while let Some(signals) = signals.recv().await {
            let mut events = Vec::with_capacity(signals.len());
            for signal in signals {
                match signal {
                    Signal::Event(event) => events.push(event),
                    Signal::Cut(session) => self.cut(session),
                }
            }
            self.deliver(events);
        }
    }

    fn register(&self, mailbox: Arc<Mailbox>, session: Option<SessionId>) -> ConnectionId {
        let id = ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed));
        self.connections.write().insert(id, Member { mailbox, session, rooms: Mutex::default() });
        id
    }

    fn unregister(&self, id: ConnectionId) {
        if let Some(member) = self.connections.write().remove(&id) {
            member.rooms.into_inner().into_iter().for_each(|room| self.drop_subscriber(room, id));
        }
    }

    /// Events of the room after `head`, a place that is committed, are kept for the connection until it [joins](Self::join). `false`
    /// when it has as many rooms as a socket may have.
    fn subscribe(&self, room: RoomId, head: Seq, id: ConnectionId, user: Option<UserId>) -> bool {
        let connections = self.connections.read();
        let Some(member) = connections.get(&id) else { return false };
        let mut rooms = member.rooms.lock();
        if !rooms.contains(&room) && rooms.len() >= limits::SUBSCRIPTIONS_MAX {
            return false;
        }
        rooms.insert(room);
        let mut feeds = self.rooms.write();
        let feed = feeds.entry(room).or_insert_with(|| Arc::new(Mutex::new(Feed::after(head))));
        feed.lock().add(id, user, member.mailbox.clone());
        true
    }

    /// Gives a subscriber what it `found` in the log up to `head`, and from there on what happens.
    fn join(&self, room: RoomId, id: ConnectionId, head: Seq, found: Vec<Bytes>) {
        let feed = self.rooms.read().get(&room).cloned();
        if let Some(feed) = feed {
            feed.lock().join(id, head, found);
        }
    }

    fn unsubscribe(&self, room: RoomId, id: ConnectionId) {
        if let Some(member) = self.connections.read().get(&id) {
            member.rooms.lock().remove(&room);
        }
        self.drop_subscriber(room, id);
    }

    fn drop_subscriber(&self, room: RoomId, id: ConnectionId) {
        let mut rooms = self.rooms.write();
        let Some(feed) = rooms.get(&room) else { return };
        if feed.lock().remove(id) {
            rooms.remove(&room);
        }
    }

    /// Delivers events of any rooms, those of one room in their order.
    pub(crate) fn deliver(&self, mut events: Vec<Published>) {
        events.sort_by_key(|event| event.room);
        for events in events.chunk_by(|one, next| one.room == next.room) {
            let Some(room) = events.first().map(|event| event.room) else { continue };
            let Some(feed) = self.rooms.read().get(&room).cloned() else { continue };
            let mut feed = feed.lock();
            let delivered = feed.take(events);
            if feed.has_gap() {
                self.gap.notify_one();
            }
            drop(feed);
            metrics::counter!("snug_deliveries_total").increment(delivered);
        }
    }

    fn cut(&self, session: SessionId) {
        for member in self.connections.read().values().filter(|member| member.session == Some(session)) {
            member.mailbox.close(CloseCode::SignIn);
        }
    }

    /// The sessions that have a socket here.
    fn sessions(&self) -> HashSet<SessionId> {
        self.connections.read().values().filter_map(|member| member.session).collect()
    }

    fn feeds(&self) -> Vec<(RoomId, Arc<Mutex<Feed>>)> {
        self.rooms.read().iter().map(|(room, feed)| (*room, feed.clone())).collect()
    }
}

/// A frame as it goes over the wire.
pub(crate) fn encode(frame: &ServerFrame) -> Bytes {
    // Only maps with keys that are no strings, or a failing writer, make serialising fail; frames have neither.
    serde_json::to_vec(frame).unwrap_or_default().into()
}
