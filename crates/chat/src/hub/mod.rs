//! Delivery: from a committed event to the sockets that want it.
//!
//! The writer hands what it committed to a [`Broker`], which carries it to the hub of every node; the hub puts it into the mailbox
//! of each connection that is subscribed to the room. An event is encoded once, whatever the number of readers.

mod broker;
mod connection;
mod mailbox;

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use parking_lot::Mutex;
use protocol::{CloseCode, RoomId, Seq, ServerFrame, SessionId, UserId};

pub(crate) use broker::{Broker, in_process};
pub use connection::{Connection, Delivery, Subscription};
pub(crate) use mailbox::Mailbox;

/// A committed event, encoded for the wire.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) room: RoomId,
    pub(crate) seq: Seq,
    pub(crate) frame: Bytes,
}

/// What nodes tell each other.
#[derive(Clone, Debug)]
pub(crate) enum Signal {
    /// Something happened in a room.
    Event(Published),
    /// A session was ended: close its sockets (G9).
    Cut { session: SessionId, code: CloseCode },
    /// A person may not read a room any longer (G9).
    Bar { room: RoomId, user: UserId },
}

/// One socket, as long as this process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ConnectionId(u64);

/// Who wants what on this node.
#[derive(Default)]
pub(crate) struct Hub {
    next_id: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connections: HashMap<ConnectionId, Member>,
    rooms: HashMap<RoomId, HashMap<ConnectionId, Arc<Mailbox>>>,
}

struct Member {
    mailbox: Arc<Mailbox>,
    session: Option<(SessionId, UserId)>,
    rooms: HashSet<RoomId>,
}

impl Hub {
    /// Delivers what the broker brings until it ends.
    pub(crate) async fn run(self: Arc<Self>, mut signals: impl Stream<Item = Signal> + Unpin) {
        while let Some(signal) = signals.next().await {
            match signal {
                Signal::Event(event) => self.deliver(event),
                Signal::Cut { session, code } => self.cut(session, code),
                Signal::Bar { room, user } => self.bar(room, user),
            }
        }
    }

    fn register(&self, mailbox: Arc<Mailbox>, session: Option<(SessionId, UserId)>) -> ConnectionId {
        let id = ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed));
        self.state.lock().connections.insert(id, Member { mailbox, session, rooms: HashSet::new() });
        id
    }

    fn unregister(&self, id: ConnectionId) {
        let mut state = self.state.lock();
        if let Some(member) = state.connections.remove(&id) {
            member.rooms.into_iter().for_each(|room| state.remove(room, id));
        }
    }

    fn subscribe(&self, room: RoomId, id: ConnectionId) {
        let mut state = self.state.lock();
        let State { connections, rooms } = &mut *state;
        if let Some(member) = connections.get_mut(&id) {
            member.rooms.insert(room);
            rooms.entry(room).or_default().insert(id, member.mailbox.clone());
        }
    }

    fn unsubscribe(&self, room: RoomId, id: ConnectionId) {
        let mut state = self.state.lock();
        if let Some(member) = state.connections.get_mut(&id) {
            member.rooms.remove(&room);
        }
        state.remove(room, id);
    }

    fn deliver(&self, event: Published) {
        let state = self.state.lock();
        let Some(subscribers) = state.rooms.get(&event.room) else { return };
        for mailbox in subscribers.values() {
            mailbox.push_event(event.clone());
        }
        metrics::counter!("snug_deliveries_total").increment(subscribers.len() as u64);
    }

    fn cut(&self, session: SessionId, code: CloseCode) {
        for member in self.state.lock().connections.values() {
            if member.session.is_some_and(|(id, _)| id == session) {
                member.mailbox.close(code);
            }
        }
    }

    fn bar(&self, room: RoomId, user: UserId) {
        let mut state = self.state.lock();
        let State { connections, rooms } = &mut *state;
        let Some(subscribers) = rooms.get_mut(&room) else { return };
        subscribers.retain(|id, mailbox| {
            let theirs = connections.get(id).and_then(|member| member.session).is_some_and(|(_, who)| who == user);
            if theirs {
                mailbox.push_barred(room, encode(&ServerFrame::Unsubscribed { room }));
            }
            !theirs
        });
    }
}

impl State {
    fn remove(&mut self, room: RoomId, id: ConnectionId) {
        if let Entry::Occupied(mut subscribers) = self.rooms.entry(room) {
            subscribers.get_mut().remove(&id);
            if subscribers.get().is_empty() {
                subscribers.remove();
            }
        }
    }
}

/// A frame as it goes over the wire.
pub(crate) fn encode(frame: &ServerFrame) -> Bytes {
    // Only maps with keys that are no strings, or a failing writer, make serialising fail; frames have neither.
    serde_json::to_vec(frame).unwrap_or_default().into()
}
