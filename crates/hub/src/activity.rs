//! What is new in rooms, for those who are in them and do not have them before them: lists of rooms count with it.
//!
//! What happens in a room is gathered, so that a busy room costs each of its people one frame a second. A frame says from which place of the
//! log on it tells: a client that knows another one has missed something, and reads its list anew.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use protocol::{News, RoomId, Seq, ServerFrame, limits};

use crate::{Frame, Mailbox, Published};

/// A room rests so long after it was told of.
const REST: Duration = Duration::from_secs(limits::ACTIVITY_SECONDS);
/// Places that are kept while one before them is missing. When there are more, clients are told to read anew.
const EARLY_MAX: usize = 256;

/// A room that sockets hear the news of.
pub(crate) type Shared = Arc<Mutex<Watched>>;

/// The rooms of all people who are here.
#[derive(Default)]
pub(crate) struct Activity {
    rooms: Mutex<HashMap<RoomId, Shared>>,
    /// Those in which something is to be told.
    due: Mutex<Vec<Shared>>,
}

/// The rooms that a socket hears the news of.
#[derive(Default)]
pub(crate) struct Watch {
    /// Counts the times that they were about to be read: what was read before the last one is old.
    pub(crate) turn: u64,
    /// Rooms that its person was barred from since then.
    pub(crate) barred: Vec<RoomId>,
    pub(crate) rooms: Box<[Shared]>,
}

/// A room, and what is to be told of it.
pub(crate) struct Watched {
    room: RoomId,
    sockets: Vec<Arc<Mailbox>>,
    /// Up to here it was told.
    told: Seq,
    /// Up to here everything is taken in.
    known: Seq,
    /// The newest of what is to be told.
    ready: VecDeque<News>,
    /// What came before the places that it follows.
    early: BTreeMap<Seq, Option<News>>,
    /// Whether it has been waited for these.
    waited: bool,
    /// Up to here the log was found to reach when it was looked at last.
    looked: Seq,
    /// Whether some of what happened is not known.
    lost: bool,
    /// Whether it stands among those that are due.
    is_due: bool,
    /// Not before then.
    rests_until: Option<Instant>,
    /// Whether anything came since this was asked before.
    heard: bool,
}

/// Those rooms that are not among the others.
pub(crate) fn without(rooms: &[Shared], others: &[Shared]) -> Vec<Shared> {
    let others: HashSet<_> = others.iter().map(Arc::as_ptr).collect();
    rooms.iter().filter(|room| !others.contains(&Arc::as_ptr(room))).cloned().collect()
}

/// What sockets are to be given.
pub(crate) struct Told {
    pub(crate) frame: Frame,
    pub(crate) sockets: Vec<Arc<Mailbox>>,
}

impl Activity {
    /// A socket hears of these rooms from now on, of which the log was read up to these heads, and of no others.
    pub(crate) fn set(&self, mailbox: &Arc<Mailbox>, before: &[Shared], rooms: &[(RoomId, Seq)]) -> Box<[Shared]> {
        let mut all = self.rooms.lock();
        let watch = |(room, head): &(RoomId, Seq)| {
            let watched = all.entry(*room).or_insert_with(|| Arc::new(Mutex::new(Watched::new(*room, *head)))).clone();
            watched.lock().add_socket(mailbox);
            watched
        };
        let now: Box<[Shared]> = rooms.iter().map(watch).collect();
        drop(all);
        // Only now: a room that somebody goes on hearing keeps what is to be told of it.
        self.remove(mailbox, &without(before, &now));
        now
    }

    /// A socket hears of these rooms no longer.
    pub(crate) fn remove(&self, mailbox: &Arc<Mailbox>, rooms: &[Shared]) {
        let mut all = self.rooms.lock();
        for shared in rooms {
            let mut watched = shared.lock();
            watched.drop_socket(mailbox);
            // One of the same room that was made since stays.
            if watched.sockets.is_empty() && all.get(&watched.room).is_some_and(|known| Arc::ptr_eq(known, shared)) {
                all.remove(&watched.room);
            }
        }
    }

    /// These sockets may not hear of a room any more.
    pub(crate) fn bar(&self, room: RoomId, mailboxes: &[Arc<Mailbox>]) {
        let Some(shared) = self.rooms.lock().get(&room).cloned() else { return };
        let mut watched = shared.lock();
        mailboxes.iter().for_each(|mailbox| watched.drop_socket(mailbox));
    }

    /// There is no such room any more.
    pub(crate) fn end(&self, room: RoomId) {
        self.rooms.lock().remove(&room);
    }

    /// What was told is of another epoch: nothing of it counts.
    pub(crate) fn clear(&self) {
        self.rooms.lock().clear();
    }

    /// Takes in what happened in one room.
    pub(crate) fn note(&self, room: RoomId, events: &[Published]) {
        let Some(shared) = self.rooms.lock().get(&room).cloned() else { return };
        let mut watched = shared.lock();
        for event in events {
            watched.take(event.seq, event.news);
        }
        self.enqueue(&shared, &mut watched);
    }

    /// A room's log is found to reach up to here. What has not come by the next look is not known.
    pub(crate) fn missed(&self, room: RoomId, head: Seq) {
        let Some(shared) = self.rooms.lock().get(&room).cloned() else { return };
        let mut watched = shared.lock();
        // What was committed a moment ago is on its way; what the log had at the look before has been lost.
        let due = mem::replace(&mut watched.looked, head);
        if watched.head() < due {
            watched.lose(head);
            self.enqueue(&shared, &mut watched);
        }
    }

    /// The rooms of which nothing was heard since this was asked before.
    pub(crate) fn quiet(&self) -> Vec<RoomId> {
        let rooms = self.rooms.lock();
        rooms.iter().filter(|(_, shared)| !mem::take(&mut shared.lock().heard)).map(|(room, _)| *room).collect()
    }

    fn enqueue(&self, shared: &Shared, watched: &mut Watched) {
        if watched.has_news() && !mem::replace(&mut watched.is_due, true) {
            self.due.lock().push(shared.clone());
        }
    }

    /// Whether something is to be told, now or later.
    pub(crate) fn is_due(&self) -> bool {
        !self.due.lock().is_empty()
    }

    /// What is to be told now.
    pub(crate) fn tell(&self, now: Instant) -> Vec<Told> {
        let due = mem::take(&mut *self.due.lock());
        let mut told = Vec::new();
        for shared in due {
            let mut watched = shared.lock();
            watched.is_due = false;
            told.extend(watched.tell(now));
            self.enqueue(&shared, &mut watched);
        }
        told
    }
}

impl Watched {
    fn new(room: RoomId, head: Seq) -> Self {
        Self {
            room,
            sockets: Vec::new(),
            told: head,
            known: head,
            ready: VecDeque::new(),
            early: BTreeMap::new(),
            waited: false,
            looked: head,
            lost: false,
            is_due: false,
            rests_until: None,
            heard: true,
        }
    }

    fn add_socket(&mut self, mailbox: &Arc<Mailbox>) {
        if !self.sockets.iter().any(|known| Arc::ptr_eq(known, mailbox)) {
            self.sockets.push(mailbox.clone());
        }
    }

    fn drop_socket(&mut self, mailbox: &Arc<Mailbox>) {
        if let Some(place) = self.sockets.iter().position(|known| Arc::ptr_eq(known, mailbox)) {
            self.sockets.swap_remove(place);
        }
    }

    /// Says where it begins to somebody who hears of it from now on: a client whose list is older reads that again.
    pub(crate) fn beginning(&self) -> Frame {
        let (from, head) = (self.known, self.known);
        Frame::of(&ServerFrame::Activity { room: self.room, from, head, entries: Vec::new() })
    }

    /// The last place that was heard of.
    fn head(&self) -> Seq {
        self.early.last_key_value().map_or(self.known, |(seq, _)| *seq)
    }

    fn has_news(&self) -> bool {
        self.lost || !self.ready.is_empty() || !self.early.is_empty()
    }

    fn take(&mut self, seq: Seq, news: Option<News>) {
        self.heard = true;
        if seq > self.known {
            self.early.insert(seq, news);
        }
        while let Some(news) = self.early.remove(&self.known.next()) {
            self.known = self.known.next();
            self.ready.extend(news);
            if self.ready.len() > limits::UNREAD_MAX as usize {
                self.ready.pop_front();
            }
        }
        if self.early.len() > EARLY_MAX {
            self.lose(self.head());
        }
    }

    /// The log reaches up to here, and not all of it is known.
    fn lose(&mut self, head: Seq) {
        (self.known, self.lost) = (head, true);
        self.early.clear();
        self.ready.clear();
    }

    fn tell(&mut self, now: Instant) -> Option<Told> {
        if self.rests_until.is_some_and(|until| until > now) {
            return None;
        }
        if !self.early.is_empty() && !mem::replace(&mut self.waited, true) {
            // Of two nodes that write at the same moment, the later may be heard first.
            self.rests_until = Some(now + REST);
            return None;
        }
        if !self.early.is_empty() {
            self.lose(self.head());
        }
        self.waited = false;
        // What does not count goes along with what does.
        if !self.lost && self.ready.is_empty() {
            return None;
        }
        self.rests_until = Some(now + REST);
        let told = mem::replace(&mut self.told, self.known);
        let from = if mem::take(&mut self.lost) { self.known } else { told };
        let entries = mem::take(&mut self.ready).into();
        let frame = Frame::of(&ServerFrame::Activity { room: self.room, from, head: self.known, entries });
        Some(Told { frame, sockets: self.sockets.clone() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use protocol::{EpochId, UserId};

    use super::*;
    use crate::{Bars, mailbox::tests::Pipe};

    fn event(room: RoomId, seq: i64, author: Option<UserId>) -> Published {
        let news = author.map(|author| News { seq: Seq(seq), author, deleted: None });
        Published { room, seq: Seq(seq), epoch: EpochId::generate(), frame: Frame::text("{}"), bars: Bars::Nobody, news }
    }

    fn frames(told: Vec<Told>) -> Vec<(i64, i64, Vec<i64>, usize)> {
        let read = |told: Told| match serde_json::from_slice(told.frame.json()).unwrap() {
            ServerFrame::Activity { from, head, entries, .. } => {
                (from.0, head.0, entries.iter().map(|entry| entry.seq.0).collect(), told.sockets.len())
            }
            other => panic!("{other:?}"),
        };
        told.into_iter().map(read).collect()
    }

    fn mailbox() -> Arc<Mailbox> {
        Arc::new(Mailbox::new(1_000, Pipe::wide()))
    }

    #[test]
    fn a_busy_room_is_told_of_once_a_second_and_nothing_is_left_out() {
        let (activity, room, ada, start) = (Activity::default(), RoomId::generate(), UserId::generate(), Instant::now());
        let (one, two) = (mailbox(), mailbox());
        activity.note(room, &[event(room, 1, Some(ada))]);
        assert!(activity.tell(start).is_empty(), "nobody is here");
        activity.set(&one, &[], &[(room, Seq(7))]);
        let his = activity.set(&two, &[], &[(room, Seq(9))]);
        activity.note(room, &[event(room, 7, Some(ada)), event(room, 8, Some(ada)), event(room, 9, None)]);
        assert_eq!(frames(activity.tell(start)), [(7, 9, vec![8], 2)]);
        assert!(activity.tell(start + REST).is_empty());
        // What does not count is no reason for a frame, and goes along.
        activity.note(room, &[event(room, 10, None)]);
        assert!(activity.tell(start + REST).is_empty());
        activity.note(room, &[event(room, 11, Some(ada))]);
        assert_eq!(frames(activity.tell(start + REST)), [(9, 11, vec![11], 2)]);
        for seq in 12..=400 {
            activity.note(room, &[event(room, seq, Some(ada))]);
        }
        assert!(activity.tell(start + REST).is_empty(), "it rests");
        activity.bar(room, std::slice::from_ref(&one));
        let newest: Vec<_> = (301..=400).collect();
        assert_eq!(frames(activity.tell(start + 2 * REST)), [(11, 400, newest, 1)]);
        activity.remove(&two, &his);
        assert!(activity.rooms.lock().is_empty());
    }

    #[test]
    fn what_is_missing_is_waited_for_once_and_then_told_as_missing() {
        let (activity, room, ada, start) = (Activity::default(), RoomId::generate(), UserId::generate(), Instant::now());
        activity.set(&mailbox(), &[], &[(room, Seq(1))]);
        activity.note(room, &[event(room, 3, Some(ada))]);
        assert!(activity.tell(start).is_empty());
        activity.note(room, &[event(room, 2, Some(ada))]);
        assert_eq!(frames(activity.tell(start + REST)), [(1, 3, vec![2, 3], 1)]);
        activity.note(room, &[event(room, 5, Some(ada))]);
        assert!(activity.tell(start + 2 * REST).is_empty());
        assert_eq!(frames(activity.tell(start + 3 * REST)), [(5, 5, vec![], 1)]);
        activity.note(room, &[event(room, 4, Some(ada))]);
        assert!(activity.tell(start + 4 * REST).is_empty(), "it is behind that");
        // What the broker lost is found when the room is quiet.
        assert_eq!((activity.quiet(), activity.quiet()), (vec![], vec![room]));
        activity.missed(room, Seq(5));
        assert!(activity.tell(start + 5 * REST).is_empty());
        activity.missed(room, Seq(8));
        assert!(activity.tell(start + 5 * REST).is_empty(), "it may be on its way");
        activity.missed(room, Seq(9));
        assert_eq!(frames(activity.tell(start + 5 * REST)), [(9, 9, vec![], 1)]);
        activity.missed(room, Seq(10));
        activity.note(room, &[event(room, 10, Some(ada))]);
        activity.missed(room, Seq(10));
        assert_eq!(frames(activity.tell(start + 6 * REST)), [(9, 10, vec![10], 1)]);
    }

    #[test]
    fn what_is_to_be_told_is_kept_when_the_rooms_of_a_socket_are_read_anew() {
        let (activity, ada, start) = (Activity::default(), UserId::generate(), Instant::now());
        let [stays, left, new] = [(); 3].map(|()| RoomId::generate());
        let his = mailbox();
        let before = activity.set(&his, &[], &[(stays, Seq(1)), (left, Seq(1))]);
        for room in [stays, left] {
            activity.note(room, &[event(room, 2, Some(ada))]);
        }
        let now = activity.set(&his, &before, &[(stays, Seq(2)), (new, Seq(7))]);
        assert!(Arc::ptr_eq(&now[0], &before[0]) && without(&now, &before).len() == 1);
        let told = frames(activity.tell(start));
        assert_eq!(told.iter().filter(|told| told.3 > 0).collect::<Vec<_>>(), [&(1, 2, vec![2], 1)]);
        activity.remove(&his, &now);
        assert!(activity.rooms.lock().is_empty());
    }
}
