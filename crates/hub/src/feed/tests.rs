#![allow(clippy::unwrap_used)]

use proptest::{prelude::*, sample::Index};
use protocol::{EpochId, RoomId};

use super::*;
use crate::mailbox::tests::Pipe;

fn event(seq: i64) -> Published {
    Published {
        room: RoomId::generate(),
        seq: Seq(seq),
        epoch: EpochId::generate(),
        frame: frame(seq),
        bars: Bars::Nobody,
        news: None,
    }
}

fn frame(seq: i64) -> Frame {
    Frame::text(seq.to_string())
}

const EVERYONE: std::ops::Range<u64> = 0..3;

/// A subscriber, and what its socket was written.
struct Reader {
    mailbox: Arc<Mailbox>,
    pipe: Pipe,
}

impl Reader {
    fn new() -> Self {
        let pipe = Pipe::wide();
        Self { mailbox: Arc::new(Mailbox::new(1 << 20, pipe.clone())), pipe }
    }

    /// Places that were given; 0 for the end of a subscription.
    fn given(&self) -> Vec<i64> {
        self.pipe.texts().iter().map(|text| text.parse().unwrap_or(0)).collect()
    }
}

/// Of three, none of whom has read the log yet, after a place.
fn feed_after(start: i64) -> (Feed, Vec<Reader>) {
    let mut feed = Feed::after(Seq(start));
    let readers: Vec<_> = EVERYONE.map(|_| Reader::new()).collect();
    for (id, reader) in EVERYONE.zip(&readers) {
        feed.add(ConnectionId(id), None, reader.mailbox.clone());
    }
    (feed, readers)
}

/// Of three, all of whom have read the log up to a place.
fn feed_at(head: i64) -> (Feed, Vec<Reader>) {
    let (mut feed, readers) = feed_after(head);
    EVERYONE.for_each(|id| feed.join(ConnectionId(id), Seq(head), Vec::new()));
    (feed, readers)
}

/// Takes events as the hub does.
fn take(feed: &mut Feed, events: &[Published]) {
    let mut unsent = Vec::new();
    feed.take(events, &mut unsent);
    unsent.iter().for_each(|mailbox| mailbox.send());
}

/// Lets somebody type, as the hub does. Shown as 77.
fn typing(feed: &Feed, user: UserId) {
    let mut unsent = Vec::new();
    feed.typing(user, &frame(77), &mut unsent);
    unsent.iter().for_each(|mailbox| mailbox.send());
}

/// Joins as the task of a socket does.
fn join(feed: &mut Feed, id: u64, reader: &Reader, head: i64, found: Vec<Frame>) {
    feed.join(ConnectionId(id), Seq(head), found);
    reader.mailbox.flush();
}

#[test]
fn what_happens_while_the_log_is_read_comes_after_it_and_once() {
    let (mut feed, readers) = feed_after(3);
    take(&mut feed, &[event(4), event(5), event(6)]);
    assert_eq!(readers[0].given(), [0; 0]);
    join(&mut feed, 0, &readers[0], 4, vec![frame(3), frame(4)]);
    assert_eq!(readers[0].given(), [3, 4, 5, 6]);
    take(&mut feed, &[event(7), event(8)]);
    join(&mut feed, 1, &readers[1], 6, Vec::new());
    assert_eq!(readers[1].given(), [7, 8]);
    // Read later than the broker brings it.
    join(&mut feed, 2, &readers[2], 9, Vec::new());
    take(&mut feed, &[event(9), event(10)]);
    assert_eq!(readers[2].given(), [10]);
    assert_eq!(readers[1].given(), [9, 10]);
}

#[test]
fn who_read_less_than_another_misses_nothing() {
    let (mut feed, readers) = feed_after(1);
    // The second has read later than the first, and joins before it.
    join(&mut feed, 1, &readers[1], 3, Vec::new());
    join(&mut feed, 0, &readers[0], 1, Vec::new());
    take(&mut feed, &[event(2), event(3), event(4)]);
    assert_eq!(readers[0].given(), [2, 3, 4]);
    assert_eq!(readers[1].given(), [4]);
}

#[test]
fn an_early_event_waits_for_the_one_it_follows() {
    let (mut feed, readers) = feed_at(1);
    take(&mut feed, &[event(3)]);
    assert!(feed.has_gap());
    assert_eq!(readers[0].given(), [0; 0]);
    take(&mut feed, &[event(2)]);
    assert!(!feed.has_gap());
    for reader in &readers {
        assert_eq!(reader.given(), [2, 3]);
    }
}

#[test]
fn who_left_gets_the_leaving_and_nothing_after_it() {
    let (mut feed, readers) = feed_at(1);
    let eve = UserId::generate();
    let hers = Reader::new();
    feed.add(ConnectionId(9), Some(eve), hers.mailbox.clone());
    join(&mut feed, 9, &hers, 1, Vec::new());
    let leaving = Published { bars: Bars::One(eve), ..event(2) };
    take(&mut feed, &[leaving, event(3)]);
    assert_eq!(hers.given(), [2, 0]);
    assert_eq!(readers[0].given(), [2, 3]);
}

#[test]
fn where_strangers_may_read_no_longer_everybody_asks_again_before_the_event_is_given() {
    let (mut feed, readers) = feed_at(1);
    let hidden = Published { bars: Bars::Strangers, ..event(3) };
    take(&mut feed, &[event(2), hidden, event(4)]);
    for reader in &readers {
        assert_eq!(reader.given(), [2, 0], "nothing of it");
    }
    assert_eq!(feed.last(), Seq(4));
    // A member comes back for what was not given.
    feed.add(ConnectionId(9), Some(UserId::generate()), readers[0].mailbox.clone());
    join(&mut feed, 9, &readers[0], 4, vec![frame(3), frame(4)]);
    assert_eq!(readers[0].given(), [3, 4]);
}

#[test]
fn a_feed_is_quiet_when_nothing_came_between_two_looks() {
    let (mut feed, _readers) = feed_at(1);
    assert!(!feed.is_quiet());
    assert!(feed.is_quiet());
    take(&mut feed, &[event(2)]);
    assert!(!feed.is_quiet());
}

#[test]
fn typing_is_heard_by_those_who_listen_and_not_by_who_types() {
    let (mut feed, readers) = feed_after(1);
    let ada = UserId::generate();
    let (hers, bobs) = (Reader::new(), Reader::new());
    for (id, user, reader) in [(8, ada, &hers), (9, UserId::generate(), &bobs)] {
        feed.add(ConnectionId(id), Some(user), reader.mailbox.clone());
        join(&mut feed, id, reader, 1, Vec::new());
    }
    join(&mut feed, 0, &readers[0], 1, Vec::new());
    typing(&feed, ada);
    assert_eq!((readers[0].given(), bobs.given()), (vec![77], vec![77]));
    assert_eq!(hers.given(), [0; 0]);
    // Still reads the log, and gets nothing but it.
    join(&mut feed, 1, &readers[1], 1, Vec::new());
    assert_eq!(readers[1].given(), [0; 0]);
}

#[test]
fn typing_takes_no_place_and_is_no_sign_that_all_is_heard() {
    let (mut feed, readers) = feed_at(1);
    feed.is_quiet();
    typing(&feed, UserId::generate());
    assert!(feed.is_quiet(), "a look into the log would be put off for as long as somebody types");
    assert_eq!((feed.last(), feed.has_gap()), (Seq(1), false));
    take(&mut feed, &[event(2)]);
    assert_eq!(readers[0].given(), [77, 2]);
}

proptest! {
    /// Whatever the broker doubles, loses or mixes up, and whenever somebody reads the log and joins: each is given 1, 2, 3 … in
    /// order and once, and after a look into the log all of it.
    #[test]
    fn delivery_is_in_order_once_and_complete_after_a_look(
        brought in prop::collection::vec(prop::collection::vec(1_i64..60, 0..8), 1..60),
        joins in prop::collection::vec((any::<Index>(), any::<Index>()), 3),
    ) {
        let (mut feed, readers) = feed_after(0);
        let (mut heads, mut committed) = (Vec::new(), 0);
        for (n, seqs) in brought.iter().enumerate() {
            // Only what is committed is brought.
            committed = committed.max(seqs.iter().copied().max().unwrap_or(0));
            heads.push(committed);
            take(&mut feed, &seqs.iter().map(|seq| event(*seq)).collect::<Vec<_>>());
            for (id, (_, read)) in EVERYONE.zip(&joins).filter(|(_, (at, _))| at.index(brought.len()) == n) {
                // Some time before it joins.
                let head = heads[read.index(heads.len())];
                join(&mut feed, id, &readers[id as usize], head, (1..=head).map(frame).collect());
            }
        }
        let last = feed.last().0;
        take(&mut feed, &(last + 1..=60).map(event).collect::<Vec<_>>());
        prop_assert!(!feed.has_gap());
        for reader in &readers {
            prop_assert_eq!(reader.given(), (1..=60).collect::<Vec<i64>>());
        }
    }
}
