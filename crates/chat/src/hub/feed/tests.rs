#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use proptest::{prelude::*, sample::Index};
use protocol::RoomId;

use super::*;

fn event(seq: i64) -> Published {
    Published { room: RoomId::generate(), seq: Seq(seq), frame: seq.to_string().into(), bars: None }
}

const EVERYONE: std::ops::Range<u64> = 0..3;

/// Of three, none of whom has read the log yet, after a place.
fn feed_after(start: i64) -> (Feed, Vec<Arc<Mailbox>>) {
    let mut feed = Feed::after(Seq(start));
    let mailboxes: Vec<_> = EVERYONE.map(|_| Arc::new(Mailbox::new(1 << 20))).collect();
    for (id, mailbox) in EVERYONE.zip(&mailboxes) {
        feed.add(ConnectionId(id), None, mailbox.clone());
    }
    (feed, mailboxes)
}

/// Of three, all of whom have read the log up to a place.
fn feed_at(head: i64) -> (Feed, Vec<Arc<Mailbox>>) {
    let (mut feed, mailboxes) = feed_after(head);
    EVERYONE.for_each(|id| feed.join(ConnectionId(id), Seq(head), Vec::new()));
    (feed, mailboxes)
}

/// Places that were given; 0 for the end of a subscription.
fn given(mailbox: &Mailbox) -> Vec<i64> {
    std::iter::from_fn(|| mailbox.pop()).map(|frame| std::str::from_utf8(&frame.unwrap()).unwrap().parse().unwrap_or(0)).collect()
}

#[test]
fn what_happens_while_the_log_is_read_comes_after_it_and_once() {
    let (mut feed, mailboxes) = feed_after(3);
    feed.take(&[event(4), event(5), event(6)]);
    assert_eq!(given(&mailboxes[0]), [0; 0]);
    feed.join(ConnectionId(0), Seq(4), vec!["3".into(), "4".into()]);
    assert_eq!(given(&mailboxes[0]), [3, 4, 5, 6]);
    feed.take(&[event(7), event(8)]);
    feed.join(ConnectionId(1), Seq(6), Vec::new());
    assert_eq!(given(&mailboxes[1]), [7, 8]);
    // Read later than the broker brings it.
    feed.join(ConnectionId(2), Seq(9), Vec::new());
    feed.take(&[event(9), event(10)]);
    assert_eq!(given(&mailboxes[2]), [10]);
    assert_eq!(given(&mailboxes[1]), [9, 10]);
}

#[test]
fn who_read_less_than_another_misses_nothing() {
    let (mut feed, mailboxes) = feed_after(1);
    // The second has read later than the first, and joins before it.
    feed.join(ConnectionId(1), Seq(3), Vec::new());
    feed.join(ConnectionId(0), Seq(1), Vec::new());
    feed.take(&[event(2), event(3), event(4)]);
    assert_eq!(given(&mailboxes[0]), [2, 3, 4]);
    assert_eq!(given(&mailboxes[1]), [4]);
}

#[test]
fn an_early_event_waits_for_the_one_it_follows() {
    let (mut feed, mailboxes) = feed_at(1);
    feed.take(&[event(3)]);
    assert!(feed.has_gap());
    assert_eq!(given(&mailboxes[0]), [0; 0]);
    feed.take(&[event(2)]);
    assert!(!feed.has_gap());
    for mailbox in &mailboxes {
        assert_eq!(given(mailbox), [2, 3]);
    }
}

#[test]
fn who_left_gets_the_leaving_and_nothing_after_it() {
    let (mut feed, mailboxes) = feed_at(1);
    let eve = UserId::generate();
    let hers = Arc::new(Mailbox::new(1 << 20));
    feed.add(ConnectionId(9), Some(eve), hers.clone());
    feed.join(ConnectionId(9), Seq(1), Vec::new());
    let leaving = Published { bars: Some(eve), ..event(2) };
    feed.take(&[leaving, event(3)]);
    assert_eq!(given(&hers), [2, 0]);
    assert_eq!(given(&mailboxes[0]), [2, 3]);
}

#[test]
fn a_feed_is_quiet_when_nothing_came_between_two_looks() {
    let (mut feed, _mailboxes) = feed_at(1);
    assert!(!feed.is_quiet());
    assert!(feed.is_quiet());
    feed.take(&[event(2)]);
    assert!(!feed.is_quiet());
}

proptest! {
    /// Whatever the broker doubles, loses or mixes up, and whenever somebody reads the log and joins: each is given 1, 2, 3 … in
    /// order and once, and after a look into the log all of it.
    #[test]
    fn delivery_is_in_order_once_and_complete_after_a_look(
        brought in prop::collection::vec(prop::collection::vec(1_i64..60, 0..8), 1..60),
        joins in prop::collection::vec((any::<Index>(), any::<Index>()), 3),
    ) {
        let (mut feed, mailboxes) = feed_after(0);
        let (mut heads, mut committed) = (Vec::new(), 0);
        for (n, seqs) in brought.iter().enumerate() {
            // Only what is committed is brought.
            committed = committed.max(seqs.iter().copied().max().unwrap_or(0));
            heads.push(committed);
            feed.take(&seqs.iter().map(|seq| event(*seq)).collect::<Vec<_>>());
            for (id, (_, read)) in EVERYONE.zip(&joins).filter(|(_, (at, _))| at.index(brought.len()) == n) {
                // Some time before it joins.
                let head = heads[read.index(heads.len())];
                feed.join(ConnectionId(id), Seq(head), (1..=head).map(|seq| Bytes::from(seq.to_string())).collect());
            }
        }
        let last = feed.last().0;
        feed.take(&(last + 1..=60).map(event).collect::<Vec<_>>());
        prop_assert!(!feed.has_gap());
        for mailbox in &mailboxes {
            prop_assert_eq!(given(mailbox), (1..=60).collect::<Vec<i64>>());
        }
    }
}
