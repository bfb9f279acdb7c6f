#![allow(clippy::unwrap_used)]

use protocol::{ClientId, Error, ErrorCode, Window};

use super::*;
use crate::state::{
    Outbox, Row, rows,
    testing::{Deed as Done, log, page, room_id, user},
};

/// A room as the first person sees it, where these things were done.
fn room(done: &[Done]) -> RoomState {
    let reader = user(1).id;
    RoomState::from_page(page(&log(done), done.len(), Some(reader), Window::Latest), Some(reader))
}

/// Reacts to the first message, of which the server has said nothing; answers with what is to be kept of it.
fn react(outbox: &mut Outbox, emoji: &str, on: bool) -> (Option<ClientId>, Vec<ClientId>) {
    let kept = outbox.react(room_id(), (Seq(1), emoji), (false, on), 0);
    (kept.keep.map(|pending| pending.client_id), kept.forget)
}

/// What stands under the first message: `👍1` is of others, `👍1*` the reader's too.
fn shown(state: &RoomState, outbox: &Outbox) -> String {
    let rows = rows(state, outbox.of_room(room_id()), Some(&user(1)), None, |at| at);
    let row = rows.iter().find_map(|row| if let Row::Message(row) = row { Some(row) } else { None });
    let draw = |chip: &Chip| format!("{}{}{}", chip.emoji, chip.count, if chip.own { "*" } else { "" });
    row.map(|row| row.reactions.iter().map(draw).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

#[test]
fn a_reaction_shows_at_once_and_is_not_counted_twice_when_it_has_come() {
    let done = [Done::Says(2), Done::Says(2), Done::Reacts(3, 0), Done::Says(2), Done::Says(2), Done::Reacts(1, 0)];
    let (before, after) = (room(&done[..5]), room(&done));
    let mut outbox = Outbox::default();
    assert_eq!(shown(&before, &outbox), "👍1");
    react(&mut outbox, "👍", true);
    assert_eq!((shown(&before, &outbox), shown(&after, &outbox)), ("👍2*".to_owned(), "👍2*".to_owned()));
    assert_eq!(shown(&after, &Outbox::default()), "👍2*");
    react(&mut outbox, "🌹", true);
    assert_eq!(shown(&before, &outbox), "👍2* 🌹1*");
}

#[test]
fn what_is_taken_back_before_it_went_out_is_nothing() {
    let state = room(&[Done::Says(2)]);
    let mut outbox = Outbox::default();
    let (first, _) = react(&mut outbox, "👍", true);
    assert!(reacts(&state, outbox.of_room(room_id()), Seq(1), "👍"));
    assert_eq!(react(&mut outbox, "👍", false), (None, first.into_iter().collect()), "nothing need go out");
    assert_eq!(outbox.of_room(room_id()).count(), 0);

    // What is under way is answered; what follows waits, and is the one that counts.
    react(&mut outbox, "👍", true);
    outbox.take_due(0);
    let (second, _) = react(&mut outbox, "👍", false);
    assert_eq!(shown(&state, &outbox), "");
    assert_eq!(react(&mut outbox, "👍", true), (None, second.into_iter().collect()));
    assert_eq!(shown(&state, &outbox), "👍1*");

    // Of what was cut off nobody knows whether it has come: it is said anew how it is to be.
    outbox.disconnected();
    let (last, forgotten) = react(&mut outbox, "👍", false);
    assert_eq!((last.is_some(), forgotten.len(), outbox.of_room(room_id()).count()), (true, 1, 1));
    assert_eq!(shown(&state, &outbox), "");
}

#[test]
fn whatever_is_said_of_one_that_may_have_come_the_last_word_goes_out() {
    let state = room(&[Done::Says(2)]);
    let mut outbox = Outbox::default();
    react(&mut outbox, "👍", true);
    outbox.take_due(0);
    outbox.disconnected();
    // It may have come or not: neither this nor what takes it back can be left out.
    for on in [false, true, false] {
        assert!(react(&mut outbox, "👍", on).0.is_some());
        assert_eq!((shown(&state, &outbox).is_empty(), outbox.of_room(room_id()).count()), (!on, 1));
    }

    // The first waits for another try, and the second behind it: the third is what counts, not the second.
    let mut outbox = Outbox::default();
    react(&mut outbox, "👍", true);
    let first = outbox.take_due(0).remove(0).client_id;
    react(&mut outbox, "👍", false);
    outbox.refuse(first, Error::from(ErrorCode::Unavailable), 0, 0.5);
    for on in [true, false] {
        react(&mut outbox, "👍", on);
        assert_eq!((shown(&state, &outbox).is_empty(), outbox.of_room(room_id()).count()), (!on, 1));
    }

    // Another device has said the same meanwhile: taking it back here has to be said.
    let done = [Done::Says(2), Done::Says(2), Done::Reacts(1, 0)];
    let mut outbox = Outbox::default();
    react(&mut outbox, "🎉", true);
    let emoji = room(&done).messages()[0].reactions[0].emoji.clone();
    react(&mut outbox, &emoji, true);
    outbox.react(room_id(), (Seq(1), &emoji), (true, false), 0);
    assert!(!shown(&room(&done), &outbox).contains(&emoji));
}

#[test]
fn a_refused_reaction_and_one_to_a_deleted_message_do_not_show() {
    let mut outbox = Outbox::default();
    react(&mut outbox, "👍", true);
    assert_eq!(shown(&room(&[Done::Says(2), Done::Deletes(2, 0)]), &outbox), "");
    let refused = outbox.of_room(room_id()).next().map(|pending| pending.client_id).unwrap();
    outbox.refuse(refused, Error::from(ErrorCode::Muted), 0, 0.5);
    assert_eq!(shown(&room(&[Done::Says(2)]), &outbox), "");
    assert_eq!(outbox.refused_reaction(room_id()).map(|(client_id, _)| client_id), Some(refused));
}

#[test]
fn a_reaction_that_could_not_go_out_for_hours_asks_nobody() {
    let mut outbox = Outbox::default();
    react(&mut outbox, "👍", true);
    outbox.look(10 * 60 * 60 * 1_000);
    assert_eq!(outbox.of_room(room_id()).next().map(|pending| &pending.status), Some(&Status::Waiting));
    assert_eq!(outbox.next_look(), None);
}
