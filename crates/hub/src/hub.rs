//! Who wants what on this node, and giving it to them.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};
use protocol::{CloseCode, RoomId, Seq, SessionId, UserId, limits};
use tokio::sync::{Notify, mpsc};

use crate::{Audience, ConnectionId, Frame, Mailbox, Published, Signal, feed::Feed};

/// Sockets that one task writes to: enough to be worth a task, few enough for other work to come in between.
const SOCKETS_AT_ONCE: usize = 64;

/// Who wants what on this node.
#[derive(Default)]
pub struct Hub {
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
    /// Delivers what the broker brings until it ends. What was committed together is delivered together, so that each socket is
    /// written to once for it.
    pub async fn run(self: Arc<Self>, mut signals: mpsc::Receiver<Vec<Signal>>) {
        while let Some(signals) = signals.recv().await {
            let mut events = Vec::with_capacity(signals.len());
            for signal in signals {
                match signal {
                    Signal::Event(event) => events.push(event),
                    Signal::Cut(session) => self.cut(session),
                    Signal::Announce { to, frame } => self.announce(to, &frame),
                    Signal::Typing { room, user, frame } => self.typing(room, user, &frame),
                }
            }
            self.deliver(events);
        }
    }

    /// Takes in a socket, of this session if it is no guest's.
    pub fn register(&self, mailbox: Arc<Mailbox>, session: Option<SessionId>) -> ConnectionId {
        let id = ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed));
        self.connections.write().insert(id, Member { mailbox, session, rooms: Mutex::default() });
        id
    }

    /// Forgets a socket and its subscriptions.
    pub fn unregister(&self, id: ConnectionId) {
        if let Some(member) = self.connections.write().remove(&id) {
            member.rooms.into_inner().into_iter().for_each(|room| self.drop_subscriber(room, id));
        }
    }

    /// Events of the room after `head`, a place that is committed, are kept for the connection until it [joins](Self::join). `false`
    /// when it has as many rooms as a socket may have.
    pub fn subscribe(&self, room: RoomId, head: Seq, id: ConnectionId, user: Option<UserId>) -> bool {
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
    pub fn join(&self, room: RoomId, id: ConnectionId, head: Seq, found: Vec<Frame>) {
        let feed = self.rooms.read().get(&room).cloned();
        if let Some(feed) = feed {
            feed.lock().join(id, head, found);
        }
    }

    /// Delivers a room to a socket no longer.
    pub fn unsubscribe(&self, room: RoomId, id: ConnectionId) {
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
    pub fn deliver(&self, mut events: Vec<Published>) {
        events.sort_by_key(|event| event.room);
        let mut due = Vec::new();
        for events in events.chunk_by(|one, next| one.room == next.room) {
            let Some(room) = events.first().map(|event| event.room) else { continue };
            let Some(feed) = self.rooms.read().get(&room).cloned() else { continue };
            let mut feed = feed.lock();
            let delivered = feed.take(events, &mut due);
            if feed.has_gap() {
                self.gap.notify_one();
            }
            drop(feed);
            metrics::counter!("snug_deliveries_total").increment(delivered);
        }
        send(due);
    }

    /// Waits until an event comes before the one that it follows.
    pub(crate) async fn gap_seen(&self) {
        self.gap.notified().await;
    }

    fn announce(&self, to: Audience, frame: &Frame) {
        let connections = self.connections.read();
        let heard = connections.values().filter(|member| to == Audience::Everyone || member.session.is_some());
        send(heard.filter(|member| member.mailbox.offer(frame)).map(|member| member.mailbox.clone()).collect());
    }

    fn typing(&self, room: RoomId, user: UserId, frame: &Frame) {
        let Some(feed) = self.rooms.read().get(&room).cloned() else { return };
        let mut due = Vec::new();
        feed.lock().typing(user, frame, &mut due);
        send(due);
    }

    /// Closes the sockets of a session.
    pub(crate) fn cut(&self, session: SessionId) {
        for member in self.connections.read().values().filter(|member| member.session == Some(session)) {
            member.mailbox.close(CloseCode::SignIn);
        }
    }

    /// The sessions that have a socket here.
    pub(crate) fn sessions(&self) -> HashSet<SessionId> {
        self.connections.read().values().filter_map(|member| member.session).collect()
    }

    pub(crate) fn feeds(&self) -> Vec<(RoomId, Arc<Mutex<Feed>>)> {
        self.rooms.read().iter().map(|(room, feed)| (*room, feed.clone())).collect()
    }
}

/// Writes to the sockets of these mailboxes, on all cores.
fn send(due: Vec<Arc<Mailbox>>) {
    let due: Arc<[_]> = due.into();
    for start in (0..due.len()).step_by(SOCKETS_AT_ONCE) {
        let due = due.clone();
        tokio::spawn(async move { due[start..].iter().take(SOCKETS_AT_ONCE).for_each(|mailbox| mailbox.send()) });
    }
}
