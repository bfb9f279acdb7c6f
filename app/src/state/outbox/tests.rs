#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use protocol::{Field, FieldError, Problem};

use super::*;
use crate::state::testing::id;

fn pending(n: u64, room: u64) -> Pending {
    Pending::new(id(n), id(room), format!("text {n}"), 0)
}

fn outbox(rooms: &[u64]) -> Outbox {
    let mut outbox = Outbox::default();
    (1..).zip(rooms).for_each(|(n, &room)| outbox.push(pending(n, room)));
    outbox
}

fn ids(list: &[Pending]) -> Vec<ClientId> {
    list.iter().map(|pending| pending.client_id).collect()
}

fn status(outbox: &Outbox, n: u64) -> Status {
    outbox.queue.iter().find(|pending| pending.client_id == id(n)).unwrap().status.clone()
}

#[test]
fn one_per_room_is_under_way() {
    let mut outbox = outbox(&[1, 1, 2]);
    assert_eq!(ids(&outbox.take_due(0)), [id(1), id(3)]);
    assert_eq!(ids(&outbox.take_due(0)), []);
    outbox.acknowledge(id(1), Seq(5), 7);
    assert_eq!(ids(&outbox.take_due(0)), [id(2)]);
    assert_eq!(status(&outbox, 1), Status::Stored { seq: Seq(5), at: 7 });
}

#[test]
fn what_was_stored_in_another_epoch_goes_out_again() {
    let mut outbox = outbox(&[1, 2, 1]);
    outbox.take_due(0);
    outbox.acknowledge(id(1), Seq(45), 7);
    outbox.acknowledge(id(2), Seq(9), 7);
    // The log of the room ends before that place now, and may get there with other messages.
    outbox.renewed(id(1));
    assert_eq!(ids(&outbox.take_due(0)), [id(1)], "in its turn, under the same id");
    assert_eq!(status(&outbox, 2), Status::Stored { seq: Seq(9), at: 7 }, "of another room");
}

#[test]
fn a_message_that_waits_for_its_next_try_is_not_overtaken() {
    let mut outbox = outbox(&[1, 1]);
    outbox.take_due(0);
    outbox.refuse(id(1), Error::throttled(4), 1_000, 0.5);
    assert_eq!((outbox.next_due(), ids(&outbox.take_due(4_999))), (Some(5_000), vec![]));
    assert_eq!(ids(&outbox.take_due(5_000)), [id(1)]);
}

/// However often it has to wait, it goes out when its time has come, and nobody is asked.
#[test]
fn what_comes_too_soon_goes_out_when_its_time_has_come() {
    let mut outbox = outbox(&[1, 1]);
    let mut now = 0;
    for _ in 0..3 * TRIES_MAX {
        assert_eq!(ids(&outbox.take_due(now)), [id(1)]);
        outbox.refuse(id(1), Error::throttled(2), now, 0.9);
        assert_eq!(
            (status(&outbox, 1), outbox.next_due()),
            (Status::Waiting, Some(now + 2_000)),
            "the seconds that the server said"
        );
        assert_eq!(ids(&outbox.take_due(now + 1_999)), []);
        now += 2_000;
    }
    assert_eq!(ids(&outbox.take_due(now)), [id(1)]);
    outbox.acknowledge(id(1), Seq(5), now);
    assert_eq!(ids(&outbox.take_due(now)), [id(2)], "in the order in which they were written");
}

#[test]
fn a_refused_message_asks_the_person_and_lets_the_next_one_go() {
    let mut outbox = outbox(&[1, 1]);
    outbox.take_due(0);
    let error = Error::from(FieldError { field: Field::Body, problem: Problem::Empty });
    outbox.refuse(id(1), error.clone(), 0, 0.5);
    assert_eq!(status(&outbox, 1), Status::Failed(error));
    assert_eq!(ids(&outbox.take_due(0)), [id(2)]);
}

#[test]
fn a_server_that_keeps_failing_ends_in_a_question() {
    let mut outbox = outbox(&[1]);
    let mut now = 0;
    for _ in 0..TRIES_MAX {
        assert_eq!(status(&outbox, 1), Status::Waiting);
        now = outbox.next_due().unwrap().max(now);
        assert_eq!(outbox.take_due(now).len(), 1);
        outbox.refuse(id(1), ErrorCode::Unavailable.into(), now, 0.9);
    }
    assert_eq!(status(&outbox, 1), Status::Failed(ErrorCode::Unavailable.into()));
    assert_eq!(outbox.next_due(), None);
    assert_eq!(outbox.retry(id(1), 0).unwrap().client_id, id(1), "a retry is the same message");
    assert_eq!(ids(&outbox.take_due(now)), [id(1)]);
}

#[test]
fn a_used_up_id_is_replaced_when_the_person_tries_again() {
    let mut outbox = outbox(&[1]);
    outbox.take_due(0);
    outbox.refuse(id(1), ErrorCode::Conflict.into(), 0, 0.5);
    let again = outbox.retry(id(1), 0).unwrap().clone();
    assert_ne!(again.client_id, id(1));
    assert_eq!(ids(&outbox.take_due(0)), [again.client_id]);
}

#[test]
fn only_a_failed_message_is_tried_again_by_hand() {
    let mut outbox = outbox(&[1]);
    assert_eq!(outbox.retry(id(1), 0), None);
    outbox.take_due(0);
    assert_eq!(outbox.retry(id(1), 0), None);
}

#[test]
fn what_was_under_way_goes_out_again() {
    let mut outbox = outbox(&[1, 1]);
    outbox.take_due(0);
    outbox.disconnected();
    assert_eq!(ids(&outbox.take_due(0)), [id(1)]);
}

#[test]
fn a_stored_message_goes_when_its_event_has_come() {
    let mut outbox = outbox(&[1, 1]);
    outbox.take_due(0);
    outbox.acknowledge(id(1), Seq(5), 7);
    outbox.settle(id(1), Seq(4));
    outbox.settle(id(2), Seq(9));
    assert_eq!(status(&outbox, 1), Status::Stored { seq: Seq(5), at: 7 });
    outbox.settle(id(1), Seq(5));
    assert_eq!(ids(&outbox.queue), [id(2)]);
}

#[test]
fn what_another_tab_has_settled_is_not_sent_from_here() {
    let mut outbox = outbox(&[1, 1, 2]);
    outbox.take_due(0);
    outbox.refuse(id(3), ErrorCode::NotAMember.into(), 0, 0.5);
    let settled = [1, 2, 3].map(|n| outbox.settled_elsewhere(id(n)));
    assert_eq!(settled, [false, true, true], "the first is under way");
    assert_eq!(ids(&outbox.queue), [id(1)]);
}

#[test]
fn what_takes_its_time_says_so() {
    let mut outbox = outbox(&[1, 1]);
    outbox.take_due(0);
    assert_eq!((outbox.next_look(), outbox.unanswered_since()), (Some(SLOW_MS), Some(0)));
    assert!(!outbox.look(SLOW_MS - 1));
    assert!(outbox.look(SLOW_MS));
    assert!(!outbox.look(SLOW_MS), "once");
    assert!(outbox.queue.iter().all(|pending| pending.slow));
    outbox.acknowledge(id(1), Seq(5), 7);
    assert_eq!(outbox.unanswered_since(), None);
    outbox.take_due(SLOW_MS + 1);
    assert_eq!((outbox.next_look(), outbox.unanswered_since()), (None, Some(SLOW_MS + 1)));
}

#[test]
fn what_could_not_be_sent_for_an_hour_asks_before_it_goes_out() {
    let mut outbox = outbox(&[1]);
    outbox.take_due(0);
    assert!(outbox.look(HELD_MS));
    assert_eq!(status(&outbox, 1), Status::Sent, "it may have arrived");
    outbox.disconnected();
    outbox.push(Pending::new(id(2), id(1), "just now".to_owned(), HELD_MS));
    assert_eq!(outbox.next_look(), Some(HELD_MS));
    assert!(outbox.look(HELD_MS));
    assert_eq!(status(&outbox, 1), Status::Held);
    assert_eq!(ids(&outbox.take_due(HELD_MS)), [id(2)], "it holds nothing up");
    outbox.acknowledge(id(2), Seq(5), 7);
    assert_eq!(outbox.retry(id(1), HELD_MS + 5).unwrap().at, HELD_MS + 5);
    assert!(!outbox.look(HELD_MS + 5));
    assert_eq!(ids(&outbox.take_due(HELD_MS + 5)), [id(1)]);
}

#[test]
fn left_over_messages_come_before_new_ones() {
    let mut outbox = outbox(&[1]);
    let stored = serde_json::to_string(&outbox.take_due(0)[0]).unwrap();
    let mut reloaded = Outbox::default();
    reloaded.push(pending(3, 1));
    reloaded.adopt(vec![pending(2, 1), serde_json::from_str(&stored).unwrap(), pending(3, 1)]);
    for n in 1..4 {
        assert_eq!(ids(&reloaded.take_due(0)), [id(n)], "in order, once, and waiting again");
        assert!(reloaded.remove(id(n)));
        assert!(!reloaded.remove(id(n)));
    }
    assert_eq!(reloaded, Outbox::default());
}

#[test]
fn a_deletion_waits_and_holds_nothing_up_and_another_page_does_it_at_the_same_time() {
    let mut outbox = Outbox::default();
    let kept = outbox.delete(id(1), Seq(3), 1_000).keep.unwrap();
    outbox.push(pending(2, 1));
    assert_eq!(ids(&outbox.take_due(1_000)), [id(2)]);
    assert_eq!(outbox.next_due(), Some(1_000 + UNDO_MS));
    let stored = serde_json::to_string(&kept).unwrap();
    let mut other = Outbox::default();
    other.adopt(vec![serde_json::from_str(&stored).unwrap()]);
    assert_eq!((ids(&other.take_due(999 + UNDO_MS)), other.next_due()), (vec![], Some(1_000 + UNDO_MS)));
    assert!(!other.look(1_000 + 2 * HELD_MS) || status_of(&other, kept.client_id) == Status::Waiting, "it does not ask");
    assert_eq!(ids(&other.take_due(1_000 + UNDO_MS)), [kept.client_id]);
    assert!(outbox.settled_elsewhere(kept.client_id));
}

fn status_of(outbox: &Outbox, client_id: ClientId) -> Status {
    outbox.queue.iter().find(|pending| pending.client_id == client_id).unwrap().status.clone()
}

#[test]
fn what_nobody_was_asked_for_is_another_text_at_once() {
    let mut outbox = outbox(&[1]);
    let kept = outbox.amend(id(1), "better".to_owned(), 1);
    assert_eq!(kept.keep.map(|kept| (kept.client_id, kept.body, kept.then)), Some((id(1), "better".to_owned(), None)));
    assert_eq!(outbox.take_due(1)[0].body, "better");
    // Now somebody was: the text comes after it, whoever sends it in the end.
    let kept = outbox.amend(id(1), "best".to_owned(), 2).keep.unwrap();
    assert_eq!((kept.body.as_str(), &kept.then), ("better", &Some(Then::Edit("best".to_owned()))));
    let mut reloaded = Outbox::default();
    reloaded.adopt(vec![serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap()]);
    for outbox in [&mut outbox, &mut reloaded] {
        outbox.disconnected();
        assert_eq!(outbox.take_due(3)[0].body, "better", "the same again, under the same id");
        let edit = outbox.acknowledge(id(1), Seq(7), 3).unwrap();
        assert_eq!((&edit.deed, edit.body.as_str()), (&Deed::Edit { seq: Seq(7), revision: 0 }, "best"));
        assert_eq!(ids(&outbox.take_due(3)), [edit.client_id]);
        assert_eq!(outbox.acknowledge(id(1), Seq(7), 3), None, "once");
    }
    // What was refused for good is nowhere.
    let mut refused = Outbox::default();
    refused.push(pending(4, 1));
    refused.take_due(0);
    refused.refuse(id(4), ErrorCode::Muted.into(), 0, 0.5);
    assert_eq!(refused.amend(id(4), "please".to_owned(), 5).keep.unwrap().body, "please");
    assert_eq!(refused.take_due(5)[0].body, "please");
}

#[test]
fn a_message_under_way_is_taken_back_once_it_is_stored() {
    let mut outbox = outbox(&[1, 1]);
    assert_eq!(outbox.take_back(id(2)).forget, [id(2)]);
    outbox.take_due(0);
    outbox.take_back(id(1));
    let next = outbox.arrived(id(1), Seq(7)).unwrap();
    assert_eq!((next.deed, ids(&outbox.queue)), (Deed::Delete { seq: Seq(7) }, vec![next.client_id]));
}

#[test]
fn a_second_edit_goes_on_from_the_first() {
    let mut outbox = Outbox::default();
    let room = id(1);
    let first = outbox.edit(room, (Seq(3), 0), "one".to_owned(), 0).keep.unwrap();
    assert_eq!(
        outbox.edit(room, (Seq(3), 0), "two".to_owned(), 1).keep.unwrap().client_id,
        first.client_id,
        "nobody was asked for it"
    );
    assert_eq!(outbox.take_due(1)[0].body, "two");
    let third = outbox.edit(room, (Seq(3), 0), "three".to_owned(), 2).keep.unwrap();
    assert_eq!(third.deed, Deed::Edit { seq: Seq(3), revision: 1 });
    // What is deleted is not edited before that.
    assert_eq!(outbox.delete(room, Seq(3), 3).forget, [third.client_id]);
}

#[test]
fn in_another_epoch_nothing_is_done_to_a_message_that_may_be_another_one() {
    let mut outbox = Outbox::default();
    let (edit, delete) = (outbox.edit(id(1), (Seq(3), 0), "one".to_owned(), 0), outbox.delete(id(1), Seq(4), 0));
    let other = outbox.delete(id(2), Seq(4), 0).keep.unwrap().client_id;
    assert_eq!(outbox.renewed(id(1)), [delete.keep.unwrap().client_id]);
    assert_eq!(status_of(&outbox, edit.keep.unwrap().client_id), Status::Failed(ErrorCode::Changed.into()));
    assert_eq!(ids(&outbox.take_due(UNDO_MS)), [other]);
}

proptest! {
    /// A server that stores, refuses for the moment, or vanishes with and without having stored: each message is stored, once, and
    /// each room in the order of writing.
    #[test]
    fn whatever_happens_each_message_arrives_once_and_in_order(
        rooms in prop::collection::vec(0u64..3, 1..12),
        answers in prop::collection::vec((0u8..5, any::<usize>()), 0..80),
    ) {
        let mut outbox = outbox(&rooms);
        let mut stored: Vec<Pending> = Vec::new();
        let mut under_way: Vec<Pending> = Vec::new();
        let mut now = 0;
        for (answer, which) in answers.into_iter().chain(std::iter::repeat_n((0, 0), 100)) {
            now = outbox.next_due().unwrap_or(now).max(now);
            under_way.extend(outbox.take_due(now));
            if under_way.is_empty() {
                continue;
            }
            let pending = under_way.remove(which % under_way.len());
            let store = |stored: &mut Vec<Pending>| if !ids(stored).contains(&pending.client_id) { stored.push(pending.clone()) };
            match answer {
                0 | 1 => {
                    store(&mut stored);
                    outbox.acknowledge(pending.client_id, Seq(1), now);
                }
                2 => {
                    outbox.refuse(pending.client_id, ErrorCode::Unavailable.into(), now, 0.5);
                    outbox.retry(pending.client_id, now);
                }
                _ => {
                    if answer == 3 {
                        store(&mut stored);
                    }
                    under_way.clear();
                    outbox.disconnected();
                }
            }
        }
        let all_stored = outbox.queue.iter().all(|pending| matches!(pending.status, Status::Stored { .. }));
        prop_assert!(all_stored);
        let mut by_room: BTreeMap<RoomId, Vec<ClientId>> = BTreeMap::new();
        stored.iter().for_each(|pending| by_room.entry(pending.room).or_default().push(pending.client_id));
        prop_assert_eq!(stored.len(), rooms.len());
        prop_assert!(by_room.values().all(|list| list.is_sorted()));
    }
}
