#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use proptest::prelude::*;
use protocol::RoomId;

use super::*;
use crate::hub::mailbox::Item;

fn event(seq: i64) -> Published {
    Published { room: RoomId::generate(), seq: Seq(seq), frame: Bytes::from_static(b"{}"), bars: None }
}

fn feed(subscribers: u64) -> (Feed, Vec<Arc<Mailbox>>) {
    let mut feed = Feed::default();
    let mailboxes: Vec<_> = (0..subscribers).map(|_| Arc::new(Mailbox::new(1 << 20))).collect();
    for (id, mailbox) in (0..).zip(&mailboxes) {
        feed.add(ConnectionId(id), None, mailbox.clone());
    }
    (feed, mailboxes)
}

fn given(mailbox: &Mailbox) -> Vec<i64> {
    std::iter::from_fn(|| mailbox.pop())
        .map(|item| match item.unwrap() {
            Item::Event(event) => event.seq.0,
            Item::Barred(..) => 0,
        })
        .collect()
}

#[test]
fn what_comes_before_the_first_head_is_known_waits_for_it() {
    let (mut feed, mailboxes) = feed(1);
    feed.take(&[event(4), event(5), event(6)]);
    assert_eq!(given(&mailboxes[0]), [0; 0]);
    feed.anchor(Seq(4));
    assert_eq!(given(&mailboxes[0]), [5, 6]);
    feed.anchor(Seq(5));
    assert_eq!(feed.last(), Some(Seq(6)));
}

#[test]
fn an_early_event_waits_for_the_one_it_follows() {
    let (mut feed, mailboxes) = feed(2);
    feed.anchor(Seq(1));
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
    let (mut feed, mailboxes) = feed(1);
    let eve = UserId::generate();
    let hers = Arc::new(Mailbox::new(1 << 20));
    feed.add(ConnectionId(9), Some(eve), hers.clone());
    feed.anchor(Seq(1));
    let leaving = Published { bars: Some(eve), ..event(2) };
    feed.take(&[leaving, event(3)]);
    assert_eq!(given(&hers), [2, 0]);
    assert_eq!(given(&mailboxes[0]), [2, 3]);
}

#[test]
fn a_feed_is_quiet_when_nothing_came_between_two_looks() {
    let (mut feed, _mailboxes) = feed(1);
    feed.anchor(Seq(1));
    assert!(!feed.is_quiet());
    assert!(feed.is_quiet());
    feed.take(&[event(2)]);
    assert!(!feed.is_quiet());
}

proptest! {
    /// Whatever the broker doubles, loses or mixes up: what is handed out is 1, 2, 3 … and after the log was read it is all of it.
    #[test]
    fn delivery_is_in_order_once_and_complete_after_a_look(
        brought in prop::collection::vec(prop::collection::vec(1_i64..60, 0..8), 0..60),
        anchored_after in 0_usize..20,
    ) {
        let (mut feed, mailboxes) = feed(3);
        for (n, seqs) in brought.iter().enumerate() {
            if n == anchored_after {
                feed.anchor(Seq(0));
            }
            feed.take(&seqs.iter().map(|seq| event(*seq)).collect::<Vec<_>>());
        }
        feed.anchor(Seq(0));
        let last = feed.last().unwrap().0;
        feed.take(&(last + 1..=60).map(event).collect::<Vec<_>>());
        prop_assert!(!feed.has_gap());
        for mailbox in &mailboxes {
            prop_assert_eq!(given(mailbox), (1..=60).collect::<Vec<i64>>());
        }
    }
}
