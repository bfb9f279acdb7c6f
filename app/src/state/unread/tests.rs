#![allow(clippy::unwrap_used)]

use std::collections::VecDeque;

use proptest::prelude::*;
use protocol::Level;

use super::*;
use crate::state::testing::{id, room_id};

const ME: u64 = 1;
const OTHER: u64 = 2;

/// What happens, at the server and on the way.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Somebody says something.
    Says(bool),
    /// Some message is deleted.
    Deletes(usize),
    /// Something that does not count.
    Joins,
    /// A message of another one that calls the reader.
    Calls,
    /// The reader reads here, up to some place.
    Reads(usize),
    /// Another device reads.
    ReadsElsewhere(usize),
    /// Another device marks it as unread.
    Unreads(usize),
    /// What is gathered is told.
    Tells,
    /// A frame arrives, of hints or of the account: these two come by different ways.
    Hint,
    Account,
    /// A hint is lost.
    Loses,
    /// A list is read; it arrives later.
    Asks,
    Answers,
}

/// A frame to the account's sockets.
#[derive(Clone)]
enum Frame {
    Mark(RoomUnread, i64),
    /// A message calls the reader.
    Call,
}

struct Server {
    /// Author, whether deleted, whether it calls the reader; nothing where it is no message.
    log: Vec<Option<(u64, bool, bool)>>,
    mark: usize,
    rev: i64,
    told: usize,
    gathered: Vec<News>,
    hints: VecDeque<(Seq, Seq, Vec<News>)>,
    account: VecDeque<Frame>,
}

impl Server {
    fn count(&self) -> RoomUnread {
        let new = self.log.iter().skip(self.mark).flatten().filter(|(author, deleted, _)| *author != ME && !deleted);
        let (unread, mentions) = (new.clone().count() as u64, new.filter(|(.., calls)| *calls).count() as u64);
        RoomUnread {
            room: room_id(),
            head: Seq(self.log.len() as i64),
            last_read: Seq(self.mark as i64),
            unread: unread.min(limits::UNREAD_MAX),
            mentions: mentions.min(limits::UNREAD_MAX),
            level: Level::Everything,
            quiet: false,
        }
    }

    fn list(&self) -> RoomsUnread {
        RoomsUnread { rev: self.rev, quiet: Quiet::default(), rooms: vec![self.count()] }
    }

    fn says(&mut self, author: u64, calls: bool) {
        self.log.push(Some((author, false, calls)));
        let seq = Seq(self.log.len() as i64);
        self.gathered.push(News { seq, author: id(author), deleted: None });
        if calls {
            self.rev += 1;
            self.account.push_back(Frame::Call);
        }
    }

    fn mark(&mut self, at: usize) {
        if at != self.mark {
            self.mark = at;
            self.rev += 1;
            self.account.push_back(Frame::Mark(self.count(), self.rev));
        }
    }

    fn tell(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let surplus = self.gathered.len().saturating_sub(limits::UNREAD_MAX as usize);
        let entries = self.gathered.drain(..).skip(surplus).collect();
        let head = self.log.len();
        self.hints.push_back((Seq(self.told as i64), Seq(head as i64), entries));
        self.told = head;
    }
}

/// A page, the server, and what is between them.
struct World {
    server: Server,
    page: Unread,
    stale: bool,
    answers: VecDeque<RoomsUnread>,
    /// What the page has said that it read.
    said: VecDeque<usize>,
}

impl World {
    fn new() -> Self {
        let log = vec![None, Some((OTHER, false, false)), Some((OTHER, false, true)), Some((ME, false, false))];
        let told = log.len();
        let server =
            Server { log, mark: 0, rev: 0, told, gathered: Vec::new(), hints: VecDeque::new(), account: VecDeque::new() };
        let page = Unread::new(Some(id(ME)), server.list());
        Self { server, page, stale: false, answers: VecDeque::new(), said: VecDeque::new() }
    }

    fn hint(&mut self) {
        if let Some((from, head, entries)) = self.server.hints.pop_front() {
            self.stale |= self.page.take_activity(room_id(), (from, head), entries);
        }
    }

    fn account(&mut self) {
        match self.server.account.pop_front() {
            Some(Frame::Mark(room, rev)) => self.stale |= self.page.take_mark(room, rev),
            Some(Frame::Call) => self.stale = true,
            None => {}
        }
    }

    fn answer(&mut self) {
        if let Some(list) = self.answers.pop_front() {
            self.stale |= self.page.take_list(list);
        }
    }

    fn ask(&mut self) {
        self.stale = false;
        self.answers.push_back(self.server.list());
    }

    fn step(&mut self, step: Step) {
        let len = self.server.log.len();
        match step {
            Step::Says(mine) => self.server.says(if mine { ME } else { OTHER }, false),
            Step::Calls => self.server.says(OTHER, true),
            Step::Joins => self.server.log.push(None),
            Step::Deletes(at) => {
                let at = at % len;
                if let Some((author, deleted @ false, _)) = &mut self.server.log[at] {
                    *deleted = true;
                    let author = id(*author);
                    self.server.log.push(None);
                    let (seq, deleted) = (Seq(self.server.log.len() as i64), Some(Seq(at as i64 + 1)));
                    self.server.gathered.push(News { seq, author, deleted });
                }
            }
            Step::Reads(at) => {
                let at = at % (len + 1);
                if self.page.read(room_id(), Seq(at as i64)) {
                    self.said.push_back(at);
                }
            }
            Step::ReadsElsewhere(at) => self.server.mark(self.server.mark.max(at % (len + 1))),
            Step::Unreads(at) => self.server.mark(self.server.mark.min(at % (len + 1))),
            Step::Tells => self.server.tell(),
            Step::Hint => self.hint(),
            Step::Account => self.account(),
            Step::Loses => _ = self.server.hints.pop_front(),
            Step::Asks => self.ask(),
            Step::Answers => self.answer(),
        }
        if let Some(at) = self.said.pop_front() {
            self.server.mark(self.server.mark.max(at));
        }
    }

    /// Everything arrives, and one more message shows what was lost before it.
    fn settle(&mut self) {
        self.server.says(OTHER, false);
        self.server.tell();
        while !self.server.hints.is_empty() {
            self.hint();
        }
        while !self.server.account.is_empty() {
            self.account();
        }
        while !self.answers.is_empty() {
            self.answer();
        }
        // A connection that is new tells what it has read.
        for (_, seq) in self.page.unconfirmed() {
            self.server.mark(self.server.mark.max(seq.0 as usize));
        }
        while !self.server.account.is_empty() {
            self.account();
        }
        for _ in 0..3 {
            if self.stale {
                self.ask();
                self.answer();
            }
        }
        assert!(!self.stale, "it does not come to rest");
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any::<bool>().prop_map(Step::Says),
        2 => (0..400_usize).prop_map(Step::Deletes),
        1 => Just(Step::Joins),
        1 => Just(Step::Calls),
        2 => (0..400_usize).prop_map(Step::Reads),
        1 => (0..400_usize).prop_map(Step::ReadsElsewhere),
        1 => (0..400_usize).prop_map(Step::Unreads),
        4 => Just(Step::Tells),
        4 => Just(Step::Hint),
        3 => Just(Step::Account),
        1 => Just(Step::Loses),
        1 => Just(Step::Asks),
        1 => Just(Step::Answers),
    ]
}

proptest! {
    /// Whatever comes in whatever order, twice or not at all: in the end the page shows what a fresh one would.
    #[test]
    fn any_interleaving_ends_in_what_a_fresh_list_says(steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.settle();
        prop_assert_eq!(world.page.of(room_id()), Some(world.server.count()));
    }
}

#[test]
fn many_new_messages_are_told_as_many_and_counted_again_when_some_go() {
    let mut world = World::new();
    for _ in 0..150 {
        world.step(Step::Says(false));
    }
    world.step(Step::Tells);
    world.step(Step::Hint);
    assert_eq!(world.page.of(room_id()).unwrap().unread, limits::UNREAD_MAX);
    world.step(Step::Deletes(140));
    world.settle();
    assert_eq!(world.page.of(room_id()), Some(world.server.count()));
}

#[test]
fn what_is_read_here_is_read_at_once_and_what_was_marked_as_unread_stays_so() {
    let mut world = World::new();
    assert_eq!(world.page.weight(), 2);
    assert!(world.page.read(room_id(), Seq(4)));
    assert_eq!((world.page.weight(), world.page.unconfirmed()), (0, vec![(room_id(), Seq(4))]));
    assert!(!world.page.read(room_id(), Seq(4)), "it was said");
    world.server.mark(4);
    world.account();
    assert!(world.page.unconfirmed().is_empty());
    // On another device.
    world.server.mark(1);
    world.account();
    assert_eq!(world.page.weight(), 2);
    assert!(!world.page.read(room_id(), Seq(4)), "it is not read by itself");
    world.page.release(room_id());
    assert!(world.page.read(room_id(), Seq(4)));
}

#[test]
fn the_list_that_was_read_last_says_when_nobody_is_to_be_disturbed() {
    let mut world = World::new();
    assert!(world.page.quiet().is_never());
    let quiet = Quiet { until: 7, ..Quiet::default() };
    for quiet in [quiet, Quiet::default()] {
        world.page.take_list(RoomsUnread { quiet, ..world.server.list() });
        assert_eq!(world.page.quiet(), quiet);
    }
}

#[test]
fn after_a_restore_a_list_of_an_earlier_place_is_taken() {
    let mut world = World::new();
    let backup = world.server.list();
    for _ in 0..3 {
        world.step(Step::Says(false));
        world.server.mark(world.server.log.len());
        world.account();
    }
    assert_eq!(world.page.of(room_id()).unwrap().last_read, Seq(7));
    // Without another epoch it is a late one.
    assert!(world.page.take_list(backup.clone()));
    world.page.begin_anew();
    assert_eq!((world.page.of(room_id()), world.page.unconfirmed()), (None, Vec::new()));
    assert!(!world.page.take_list(backup.clone()));
    assert_eq!(world.page.of(room_id()).as_ref(), backup.rooms.first());
}
