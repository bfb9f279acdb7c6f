//! Who wants what on this node, and giving it to them.

mod news;
mod people;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};
use protocol::{CloseCode, EpochId, RoomId, Seq, SessionId, UserId, limits};
use tokio::sync::{Notify, mpsc};

use crate::{
    Audience, ConnectionId, Frame, Mailbox, Published, Signal, Streams,
    accounts::Accounts,
    activity::{Activity, Watch},
    feed::Feed,
    presence::People,
};

/// Sockets that one task writes to: enough to be worth a task, few enough for other work to come in between.
const SOCKETS_AT_ONCE: usize = 64;

/// Who wants what on this node.
pub struct Hub {
    next_id: AtomicU64,
    connections: RwLock<HashMap<ConnectionId, Member>>,
    /// Each room has a lock of its own: a fan-out to thousands holds up nobody in another room. Lock `rooms` before a feed.
    rooms: RwLock<Rooms>,
    accounts: Accounts,
    /// Who is there, and who is told of it.
    pub(crate) people: People,
    /// Something happened in the logs of many accounts.
    many_accounts: Notify,
    activity: Activity,
    /// Accounts whose rooms are to be read anew.
    moved: Mutex<HashSet<UserId>>,
    /// Something is new in a room.
    news: Notify,
    /// An event came before the one that it follows, or somebody found the logs to be of another epoch.
    gap: Notify,
    streams: Streams,
}

/// The rooms that somebody hears.
struct Rooms {
    /// The epoch that the places of the feeds are of.
    epoch: EpochId,
    feeds: HashMap<RoomId, Arc<Mutex<Feed>>>,
}

/// Why a room is not delivered to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has as many rooms as a socket may have.
    Full,
    /// The logs are of another epoch than what is delivered here. That ends soon: see [`Hub::turn`].
    OtherEpoch,
}

struct Member {
    mailbox: Arc<Mailbox>,
    session: Option<SessionId>,
    /// Whose log it hears.
    account: OnceLock<UserId>,
    /// Whether it hears nothing but the rooms that it asks for.
    confined: AtomicBool,
    rooms: Mutex<HashSet<RoomId>>,
    watch: Mutex<Watch>,
}

impl Hub {
    /// Delivers what happens in this epoch of the logs.
    #[must_use]
    pub fn new(epoch: EpochId) -> Self {
        Self {
            next_id: AtomicU64::default(),
            connections: RwLock::default(),
            rooms: RwLock::new(Rooms { epoch, feeds: HashMap::new() }),
            accounts: Accounts::default(),
            people: People::default(),
            many_accounts: Notify::new(),
            activity: Activity::default(),
            moved: Mutex::default(),
            news: Notify::new(),
            gap: Notify::new(),
            streams: Streams::default(),
        }
    }

    /// The streams of events, which requests name.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The epoch of what is delivered.
    #[must_use]
    pub fn epoch(&self) -> EpochId {
        self.rooms.read().epoch
    }

    /// The logs are of this epoch now. If it is another one, a place that was delivered says nothing any more: every feed ends, and every
    /// socket is closed, so that its client comes back and is told.
    pub(crate) fn turn(&self, epoch: EpochId) {
        let mut rooms = self.rooms.write();
        if rooms.epoch == epoch {
            return;
        }
        *rooms = Rooms { epoch, feeds: HashMap::new() };
        drop(rooms);
        self.activity.clear();
        tracing::warn!(%epoch, "the logs are of another epoch now: a backup was restored, or the database moved");
        self.connections.read().values().for_each(|member| member.mailbox.close(CloseCode::Restart));
    }

    /// Delivers what the broker brings until it ends. What was committed together is delivered together, so that each socket is
    /// written to once for it.
    pub async fn run(self: Arc<Self>, mut signals: mpsc::Receiver<Vec<Signal>>) {
        while let Some(signals) = signals.recv().await {
            let mut events = Vec::with_capacity(signals.len());
            for signal in signals {
                match signal {
                    Signal::Event(event) => events.push(event),
                    Signal::Cut(session) => self.cut(session),
                    Signal::Account { user, rev, frame } => self.account(user, rev, &frame),
                    Signal::Accounts => self.many_accounts.notify_one(),
                    Signal::Rooms(user) => self.move_about(user),
                    Signal::Announce { to, frame } => self.announce(to, &frame),
                    Signal::Presence { node, people } => self.people.hear(node, people),
                    Signal::Seen { user, seen } => self.people.see(user, seen),
                    Signal::Typing { room, user, frame } => self.typing(room, user, &frame),
                    Signal::Call(call) => self.streams.take(call),
                    Signal::Answer { call, frame } => self.streams.answer(call, frame.as_ref()),
                }
            }
            self.deliver(events);
        }
    }

    /// Takes in a socket, of this session if it is no guest's.
    pub fn register(&self, mailbox: Arc<Mailbox>, session: Option<SessionId>) -> ConnectionId {
        let id = ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed));
        self.connections.write().insert(
            id,
            Member {
                mailbox,
                session,
                account: OnceLock::new(),
                confined: AtomicBool::new(false),
                rooms: Mutex::default(),
                watch: Mutex::default(),
            },
        );
        id
    }

    /// A socket hears nothing but the rooms that it asks for.
    pub fn confine(&self, id: ConnectionId) {
        if let Some(member) = self.connections.read().get(&id) {
            member.confined.store(true, Ordering::Relaxed);
        }
    }

    /// How many sockets there are.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.connections.read().len()
    }

    /// Forgets a socket and its subscriptions.
    pub fn unregister(&self, id: ConnectionId) {
        let member = self.connections.write().remove(&id);
        if let Some(member) = member {
            if let Some(user) = member.account.get() {
                self.accounts.remove(*user, id);
                self.people.leave(*user, id);
            }
            self.activity.remove(&member.mailbox, &member.watch.into_inner().rooms);
            member.rooms.into_inner().into_iter().for_each(|room| self.drop_subscriber(room, id));
        }
    }

    /// A socket hears from now on what happens in the log of its account. It was told of what happened there up to `rev`; what came in
    /// between is looked for soon.
    pub fn follow(&self, id: ConnectionId, user: UserId, rev: i64) {
        let connections = self.connections.read();
        let Some(member) = connections.get(&id) else { return };
        if member.account.set(user).is_ok() {
            self.accounts.add(user, rev, id, member.mailbox.clone());
        }
    }

    /// The accounts that are heard, with the last place that was delivered.
    pub(crate) fn accounts(&self) -> Vec<(UserId, i64)> {
        self.accounts.known()
    }

    pub(crate) fn account(&self, user: UserId, rev: i64, frame: &Frame) {
        send(self.accounts.tell(user, rev, frame));
    }

    /// Tells an account what stands for everything in its log up to there.
    pub(crate) fn account_up_to(&self, user: UserId, rev: i64, frame: &Frame) {
        send(self.accounts.tell_all_up_to(user, rev, frame));
    }

    /// Events of the room after a place that is committed, and its epoch, are kept for the connection until it [joins](Self::join).
    ///
    /// # Errors
    /// Why they are not.
    pub fn subscribe(
        &self,
        room: RoomId,
        (epoch, head): (EpochId, Seq),
        id: ConnectionId,
        user: Option<UserId>,
    ) -> Result<(), Refusal> {
        let connections = self.connections.read();
        let member = connections.get(&id).ok_or(Refusal::Full)?;
        let mut rooms = member.rooms.lock();
        if !rooms.contains(&room) && rooms.len() >= limits::SUBSCRIPTIONS_MAX {
            return Err(Refusal::Full);
        }
        let mut all = self.rooms.write();
        if all.epoch != epoch {
            // Whoever looks for gaps looks at the epoch first.
            self.gap.notify_one();
            return Err(Refusal::OtherEpoch);
        }
        rooms.insert(room);
        let feed = all.feeds.entry(room).or_insert_with(|| Arc::new(Mutex::new(Feed::after(head))));
        feed.lock().add(id, user, member.mailbox.clone());
        Ok(())
    }

    /// Gives a subscriber what it `found` in the log up to `head`, and from there on what happens.
    pub fn join(&self, room: RoomId, id: ConnectionId, head: Seq, found: Vec<Frame>) {
        let feed = self.feed(room);
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
        let Some(feed) = rooms.feeds.get(&room) else { return };
        if feed.lock().remove(id) {
            rooms.feeds.remove(&room);
        }
    }

    fn feed(&self, room: RoomId) -> Option<Arc<Mutex<Feed>>> {
        self.rooms.read().feeds.get(&room).cloned()
    }

    /// Delivers events of any rooms, those of one room in their order. Those of another epoch are not: a node that has not noticed yet, or one
    /// on a copy of the database, has published them.
    pub fn deliver(&self, mut events: Vec<Published>) {
        let epoch = self.epoch();
        events.retain(|event| event.epoch == epoch);
        events.sort_by_key(|event| event.room);
        let mut due = Vec::new();
        for events in events.chunk_by(|one, next| one.room == next.room) {
            let Some(room) = events.first().map(|event| event.room) else { continue };
            self.note(room, events);
            let Some(feed) = self.feed(room) else { continue };
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

    /// There is no such room any more: whoever hears it is told.
    pub(crate) fn end(&self, room: RoomId) {
        self.activity.end(room);
        let Some(feed) = self.feed(room) else { return };
        let mut due = Vec::new();
        feed.lock().end(room, &mut due);
        send(due);
    }

    /// Waits until something happens in the logs of many accounts.
    pub(crate) async fn many_accounts_changed(&self) {
        self.many_accounts.notified().await;
    }

    /// Waits until an event comes before the one that it follows, or the epoch is to be looked at.
    pub(crate) async fn gap_seen(&self) {
        self.gap.notified().await;
    }

    fn announce(&self, to: Audience, frame: &Frame) {
        let connections = self.connections.read();
        let heard = connections.values().filter(|member| to == Audience::Everyone || member.session.is_some());
        let heard = heard.filter(|member| !member.confined.load(Ordering::Relaxed));
        send(heard.filter(|member| member.mailbox.offer(frame)).map(|member| member.mailbox.clone()).collect());
    }

    fn typing(&self, room: RoomId, user: UserId, frame: &Frame) {
        let Some(feed) = self.feed(room) else { return };
        let mut due = Vec::new();
        feed.lock().typing(user, frame, &mut due);
        send(due);
    }

    /// Pings the sockets whose turn it is, of so many turns, and that are quiet.
    pub(crate) fn ping(&self, turn: u64, turns: u64) {
        let connections = self.connections.read();
        let due = connections.iter().filter(|(id, _)| id.0 % turns == turn).map(|(_, member)| &member.mailbox);
        send(due.filter(|mailbox| mailbox.ping_if_quiet()).cloned().collect());
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
        self.rooms.read().feeds.iter().map(|(room, feed)| (*room, feed.clone())).collect()
    }
}

/// Writes to the sockets of these mailboxes, on all cores.
pub(crate) fn send(due: Vec<Arc<Mailbox>>) {
    let due: Arc<[_]> = due.into();
    for start in (0..due.len()).step_by(SOCKETS_AT_ONCE) {
        let due = due.clone();
        tokio::spawn(async move { due[start..].iter().take(SOCKETS_AT_ONCE).for_each(|mailbox| mailbox.send()) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bars, Queue, mailbox::tests::Pipe};

    #[tokio::test]
    async fn feeds_of_one_epoch_take_no_place_of_another() {
        let (old, new, room) = (EpochId::generate(), EpochId::generate(), RoomId::generate());
        let hub = Hub::new(old);
        let mailboxes = [(); 2].map(|()| Arc::new(Mailbox::new(1_000, Pipe::wide())));
        let [stays, comes] = mailboxes.clone().map(|mailbox| hub.register(mailbox, None));
        assert_eq!(hub.subscribe(room, (old, Seq(40)), stays, None), Ok(()));
        assert_eq!(hub.subscribe(room, (new, Seq(20)), comes, None), Err(Refusal::OtherEpoch));
        // It is looked at soon.
        hub.gap_seen().await;
        hub.turn(old);
        assert!(mailboxes.iter().all(|mailbox| mailbox.flush() == Queue::Empty), "nothing has changed");

        hub.turn(new);
        assert!(mailboxes.iter().all(|mailbox| mailbox.flush() == Queue::Closed(CloseCode::Restart)));
        assert_eq!(hub.epoch(), new);
        let back = hub.register(Arc::new(Mailbox::new(1_000, Pipe::wide())), None);
        assert_eq!(hub.subscribe(room, (old, Seq(40)), back, None), Err(Refusal::OtherEpoch), "read before the turn");
        assert_eq!(hub.subscribe(room, (new, Seq(20)), back, None), Ok(()));
        let last = || hub.feed(room).map(|feed| feed.lock().last());
        assert_eq!(last(), Some(Seq(20)));
        // By a node on a copy of the database, say.
        let event = |epoch| Published { room, seq: Seq(21), epoch, frame: Frame::text("{}"), bars: Bars::Nobody, news: None };
        hub.deliver(vec![event(old)]);
        assert_eq!(last(), Some(Seq(20)));
        hub.deliver(vec![event(new)]);
        assert_eq!(last(), Some(Seq(21)));
    }
}
