#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use proptest::{prelude::*, sample::Index};
use protocol::{Change, ErrorCode, Event, Quote, Window};

use super::*;
use crate::state::{
    Outbox,
    testing::{id, message_event, page, room_id, thread_page, user},
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn state(log: &[Event]) -> RoomState {
    RoomState::from_page(page(log, log.len(), None, Window::Latest), None)
}

/// A log of messages by these authors at these times.
fn talk(messages: &[(u64, i64)]) -> Vec<Event> {
    (1..).zip(messages).map(|(seq, &(author, at))| message_event(seq, author, at)).collect()
}

/// `-` for a day line, `new` for that above what is new, the author's number for a message, with `'` when it is the first of its group.
fn drawn(rows: &[Row]) -> String {
    let draw = |row: &Row| match row {
        Row::Day { .. } => "-".to_owned(),
        Row::New => "new".to_owned(),
        Row::Message(row) => format!("{}{}", &row.message.author.username[1..], if row.first { "'" } else { "" }),
    };
    rows.iter().map(draw).collect::<Vec<_>>().join(" ")
}

fn draw(messages: &[(u64, i64)], zone: i32) -> String {
    drawn(&rows(&state(&talk(messages)), std::iter::empty(), None, None, |at| clock::to_local(at, zone)))
}

#[test]
fn one_author_within_five_minutes_is_one_group() {
    assert_eq!(
        draw(&[(1, 0), (1, 5 * MINUTE), (1, 10 * MINUTE + 1), (2, 10 * MINUTE + 2), (1, 10 * MINUTE + 3)], 0),
        "- 1' 1 1' 2' 1'"
    );
}

#[test]
fn the_message_that_the_address_names_carries_its_authors_name() {
    let room = state(&talk(&[(1, 0), (1, 1), (1, 2), (1, 3)]));
    let shown = rows(&room, std::iter::empty(), None, Some(Seq(3)), |at| at);
    assert_eq!(drawn(&shown), "- 1' 1 1' 1");
}

#[test]
fn a_day_begins_at_the_readers_midnight() {
    let around_midnight = [(1, DAY - MINUTE), (1, DAY + MINUTE)];
    assert_eq!(draw(&around_midnight, 0), "- 1' - 1'");
    assert_eq!(draw(&around_midnight, 60), "- 1' 1");
}

#[test]
fn a_clock_that_goes_back_makes_no_row_twice() {
    let messages = [(1, DAY + 1), (1, DAY - 1), (1, DAY + 2)];
    assert_eq!(draw(&messages, 0), "- 1' - 1' - 1'");
    let rows = rows(&state(&talk(&messages)), std::iter::empty(), None, None, |at| at);
    assert_eq!(rows.iter().map(Row::key).collect::<HashSet<_>>().len(), rows.len());
}

#[test]
fn a_sent_message_keeps_its_row() {
    let mut room = state(&talk(&[(2, 0)]));
    let mut outbox = Outbox::default();
    let pending = Pending::new(id(1_000_002), room_id(), "text 2".to_owned(), MINUTE);
    outbox.push(pending.clone());
    let me = user(1);
    let show = |room: &RoomState, outbox: &Outbox| rows(room, outbox.of_room(room_id()), Some(&me), None, |at| at);
    let last = |rows: &[Row]| match rows.last() {
        Some(Row::Message(row)) => (row.mark.clone(), row.message.seq, row.message.body.clone(), row.own),
        _ => unreachable!("a message"),
    };

    let written = show(&room, &outbox);
    assert_eq!(last(&written), (Mark::Pending, Seq::ZERO, "text 2".to_owned(), true));
    outbox.acknowledge(pending.client_id, Seq(2), 2 * MINUTE);
    let acknowledged = show(&room, &outbox);
    assert_eq!(last(&acknowledged), (Mark::Stored, Seq(2), "text 2".to_owned(), true));
    room.apply(message_event(2, 1, 2 * MINUTE));
    let with_event = show(&room, &outbox);
    outbox.remove(pending.client_id);
    assert_eq!(show(&room, &outbox), with_event);

    let keys = |rows: &[Row]| rows.iter().map(Row::key).collect::<Vec<_>>();
    assert_eq!(keys(&written), keys(&acknowledged));
    assert_eq!(keys(&written), keys(&with_event));
}

#[test]
fn a_refused_message_says_why() {
    let mut outbox = Outbox::default();
    outbox.push(Pending::new(id(9), room_id(), "x".to_owned(), 0));
    outbox.refuse(id(9), ErrorCode::NotAMember.into(), 0, 0.5);
    let rows = rows(&state(&[]), outbox.of_room(room_id()), Some(&user(1)), None, |at| at);
    assert!(matches!(&rows[1], Row::Message(row) if row.mark == Mark::Failed(ErrorCode::NotAMember.into())));
}

proptest! {
    /// Where a page ends does not show.
    #[test]
    fn groups_go_across_the_joins_of_pages(
        messages in prop::collection::vec((1u64..3, 0i64..3 * MINUTE), 51..120),
        zone in -840i32..=840,
    ) {
        let mut now = DAY - 60 * MINUTE;
        let messages: Vec<(u64, i64)> = messages.into_iter().map(|(author, pause)| { now += pause; (author, now) }).collect();
        let log = talk(&messages);
        let mut state = state(&log);
        while let (true, Some(first)) = (state.has_older(), state.first_seq()) {
            prop_assert!(state.merge_older(first, page(&log, log.len(), None, Window::Before(first))));
        }
        let shown = rows(&state, std::iter::empty(), None, None, |at| clock::to_local(at, zone));
        let mut expected = Vec::new();
        for (at, &(author, time)) in messages.iter().enumerate() {
            let day = |time| clock::day_number(clock::to_local(time, zone));
            let before = at.checked_sub(1).map(|before| messages[before]);
            if before.is_none_or(|(_, then)| day(then) != day(time)) {
                expected.push("-".to_owned());
            }
            let grouped = before.is_some_and(|(who, then)| who == author && time - then <= 5 * MINUTE && day(then) == day(time));
            expected.push(format!("{author}{}", if grouped { "" } else { "'" }));
        }
        prop_assert_eq!(drawn(&shown), expected.join(" "));
    }

    #[test]
    fn keys_are_unique(authors in prop::collection::vec((1u64..4, -DAY..DAY), 0..60), pick in any::<Index>()) {
        let mut outbox = Outbox::default();
        // One that is stored already, and one that is not.
        outbox.push(Pending::new(id(1_000_001 + pick.index(60) as u64), room_id(), "x".to_owned(), 0));
        outbox.push(Pending::new(id(5), room_id(), "y".to_owned(), 0));
        let rows = rows(&state(&talk(&authors)), outbox.of_room(room_id()), Some(&user(1)), None, |at| at);
        prop_assert_eq!(rows.iter().map(Row::key).collect::<HashSet<_>>().len(), rows.len());
    }
}

#[test]
fn a_tombstone_stays_as_long_as_something_hangs_on_it() {
    let deleted = |seq| Change::MessageDeleted { id: id(seq), seq: Seq(seq as i64), thread_of: None, thread: None };
    let happens = |seq, change| Event { room: room_id(), seq: Seq(seq), at: seq * 1_000, actor: user(1), change };
    let mut room = state(&talk(&[(1, 0), (1, 1), (2, 2)]));
    let shown = |room: &RoomState, focus| drawn(&rows(room, std::iter::empty(), Some(&user(1)), focus, |at| at));
    // Somebody answers the second.
    let Event { change: Change::MessageCreated { mut message }, .. } = message_event(4, 2, 4_000) else { unreachable!() };
    message.reply_to = Some(Box::new(Quote { seq: Seq(2), author: user(1), line: "text 2".to_owned(), deleted: false }));
    room.apply(Event { change: Change::MessageCreated { message }, ..message_event(4, 2, 4_000) });
    room.apply(happens(5, deleted(1)));
    assert_eq!(shown(&room, None), "- 1' 2' 2'", "nothing hangs on the first");
    assert_eq!(shown(&room, Some(Seq(1))), "- 1' 1 2' 2'", "the address names it");
    room.apply(happens(6, deleted(2)));
    assert_eq!(shown(&room, None), "- 1' 2' 2'", "it has an answer");
    room.apply(happens(7, deleted(4)));
    assert_eq!(shown(&room, None), "- 2'", "which has gone too");
}

#[test]
fn an_edit_is_shown_at_once_and_one_that_is_refused_keeps_its_text() {
    let mut room = state(&talk(&[(1, 0), (2, 1)]));
    let mut outbox = Outbox::default();
    let me = user(1);
    outbox.edit(room_id(), (Seq(1), 0), "another".to_owned(), 5_000);
    let first = |room: &RoomState, outbox: &Outbox| match &rows(room, outbox.of_room(room_id()), Some(&me), None, |at| at)[1] {
        Row::Message(row) => (row.message.body.clone(), row.edited, row.mark.clone()),
        row => unreachable!("{row:?}"),
    };
    assert_eq!(first(&room, &outbox), ("another".to_owned(), Some(5_000), Mark::Pending));
    let sent = outbox.take_due(5_000);
    let by = sent[0].client_id;
    outbox.acknowledge(by, Seq(3), 5_500);
    assert_eq!(first(&room, &outbox).2, Mark::Stored, "and its event has not come yet");
    // Another device was first, and this one hears of it now.
    let mut outbox = Outbox::default();
    outbox.edit(room_id(), (Seq(1), 0), "another".to_owned(), 5_000);
    let by = outbox.take_due(5_000)[0].client_id;
    outbox.refuse(by, ErrorCode::Changed.into(), 5_100, 0.5);
    let edited = Change::MessageEdited {
        id: id(1),
        seq: Seq(1),
        body: "of the phone".to_owned(),
        revision: 1,
        edited_at: 4_000,
        mentions: Vec::new(),
    };
    room.apply(Event { room: room_id(), seq: Seq(3), at: 4_000, actor: user(1), change: edited });
    let (body, _, mark) = first(&room, &outbox);
    assert_eq!(body, "of the phone");
    assert_eq!(mark, Mark::Unchanged { by, error: Some(ErrorCode::Changed.into()), text: Some("another".to_owned()) });
    // On top of that it goes.
    let kept = outbox.edit(room_id(), (Seq(1), 1), "another".to_owned(), 6_000);
    assert_eq!(kept.forget, [by]);
    assert_eq!(first(&room, &outbox).2, Mark::Pending);
}

#[test]
fn a_deletion_can_be_undone_until_it_goes_out() {
    let room = state(&talk(&[(1, 0), (2, 1)]));
    let mut outbox = Outbox::default();
    let me = user(1);
    let by = outbox.delete(room_id(), Seq(1), 1_000).keep.unwrap().client_id;
    let marks = |outbox: &Outbox| -> Vec<_> {
        let rows = rows(&room, outbox.of_room(room_id()), Some(&me), None, |at| at);
        rows.iter()
            .filter_map(|row| match row {
                Row::Message(row) => Some((row.message.body.clone(), row.mark.clone())),
                Row::Day { .. } | Row::New => None,
            })
            .collect()
    };
    assert_eq!(marks(&outbox)[0], (String::new(), Mark::Deleting(by)));
    assert!(outbox.take_due(5_999).is_empty());
    assert!(outbox.clone().undo(by), "it was here all the time");
    assert_eq!(outbox.next_due(), Some(6_000));
    assert_eq!(outbox.take_due(6_000).len(), 1);
    assert!(!outbox.undo(by), "too late");
    assert_eq!(marks(&outbox).len(), 1, "its row has gone");
    outbox.refuse(by, ErrorCode::Archived.into(), 6_100, 0.5);
    assert_eq!(
        marks(&outbox)[0],
        ("text 1".to_owned(), Mark::Unchanged { by, error: Some(ErrorCode::Archived.into()), text: None })
    );
}

#[test]
fn the_line_stands_above_the_first_new_message_of_somebody_else_and_its_day() {
    let shown = |after: Option<Seq>, reader: Option<&User>| {
        let talk = talk(&[(1, 0), (2, MINUTE), (2, 2 * MINUTE), (1, 24 * 60 * MINUTE)]);
        drawn(&with_new_line(rows(&state(&talk), std::iter::empty(), reader, None, |at| at), after))
    };
    assert_eq!(shown(None, None), "- 1' 2' 2 - 1'");
    assert_eq!(shown(Some(Seq(2)), None), "- 1' 2' new 2' - 1'");
    assert_eq!(shown(Some(Seq(3)), None), "- 1' 2' 2 new - 1'");
    assert_eq!(shown(Some(Seq(3)), Some(&user(1))), "- 1' 2' 2 - 1'", "one's own is not new");
    assert_eq!(shown(Some(Seq(4)), None), "- 1' 2' 2 - 1'");
}

#[test]
fn what_is_written_shows_what_it_answers_and_whom_it_calls_before_it_is_stored() {
    let room = state(&talk(&[(2, 0), (1, 1)]));
    let me = user(1);
    let answers = Answers { reply_to: Some(Seq(1)), ..Answers::default() };
    let pending = Pending::new(id(1_000_003), room_id(), "@u2 @u3 yes".to_owned(), MINUTE).answering(answers, None);
    let mut outbox = Outbox::default();
    outbox.push(pending.clone());
    let shown = rows(&room, outbox.of_room(room_id()), Some(&me), None, |at| at);
    let Some(Row::Message(last)) = shown.last() else { unreachable!("a message") };
    assert!(last.first, "what is answered stands under a name");
    assert_eq!(last.message.reply_to, Some(quote(room.message(Seq(1)).unwrap())));
    assert_eq!(last.message.mentions, [Mention { word: "u2".into(), user: Some(id(2)) }]);
    // Of what is not loaded, what was seen then is shown.
    let gone = Quote { seq: Seq(9), author: user(3), line: "long ago".into(), deleted: false };
    let answers = Answers { reply_to: Some(Seq(9)), ..answers };
    let mut outbox = Outbox::default();
    outbox.push(pending.answering(answers, Some(Box::new(gone.clone()))));
    let shown = rows(&room, outbox.of_room(room_id()), Some(&me), None, |at| at);
    let Some(Row::Message(last)) = shown.last() else { unreachable!("a message") };
    assert_eq!(last.message.reply_to.as_deref(), Some(&gone));
}

#[test]
fn what_is_written_in_a_thread_stands_there_and_in_the_room_where_it_is_to() {
    let log = talk(&[(2, 0), (1, 1)]);
    let room = state(&log);
    let thread = RoomState::from_page(thread_page(&log, 2, None, Seq(1), Window::Latest), None);
    let me = user(1);
    let count = |state: &RoomState, only_in_thread| {
        let mut outbox = Outbox::default();
        let answers = Answers { thread_of: Some(Seq(1)), only_in_thread, ..Answers::default() };
        let pending = Pending::new(id(1_000_003), room_id(), "yes".to_owned(), MINUTE);
        outbox.push(pending.answering(answers, None));
        let rows = rows(state, outbox.of_room(room_id()), Some(&me), None, |at| at);
        rows.iter().filter(|row| matches!(row, Row::Message(row) if row.mark == Mark::Pending)).count()
    };
    assert_eq!((count(&room, true), count(&thread, true)), (0, 1));
    assert_eq!((count(&room, false), count(&thread, false)), (1, 1));
    let rows = rows(&thread, std::iter::empty(), None, None, |at| at);
    let [Row::Day { .. }, Row::Message(first)] = &rows[..] else { unreachable!("what the thread stands under: {rows:?}") };
    assert_eq!((first.message.seq, first.first), (Seq(1), true));
}

mod own;
