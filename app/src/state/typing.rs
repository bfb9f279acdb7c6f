//! Who is typing. The word of it may be lost, and there is none for having stopped: everything in here passes by itself.

use protocol::{Change, Event, RoomId, User, limits};

/// How long one word of it is shown.
const SHOWN_MS: i64 = limits::TYPING_SHOWN_SECONDS as i64 * 1_000;
/// How often the reader's own typing is sent.
const EVERY_MS: i64 = limits::TYPING_EVERY_SECONDS as i64 * 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Typist {
    room: RoomId,
    user: User,
    /// When it was heard last (unix milliseconds, this device's clock).
    at: i64,
}

/// The people who are typing, in all rooms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typing {
    /// In the order in which they began.
    typists: Vec<Typist>,
}

impl Typing {
    /// Somebody types. `true` if that is news.
    pub fn note(&mut self, room: RoomId, user: User, now: i64) -> bool {
        let known = self.typists.iter_mut().find(|typist| typist.room == room && typist.user.id == user.id);
        match known {
            Some(typist) => {
                typist.at = now;
                false
            }
            None => {
                self.typists.push(Typist { room, user, at: now });
                true
            }
        }
    }

    /// Whose message has come, or who has left, is not typing it any more. `true` if somebody was.
    pub fn apply(&mut self, event: &Event) -> bool {
        match event.change {
            Change::MessageCreated { .. } | Change::MemberLeft => {
                self.keep(|typist| typist.room != event.room || typist.user.id != event.actor.id)
            }
            _ => false,
        }
    }

    /// Lets go of those who were not heard of for a while. `true` if there were any.
    pub fn expire(&mut self, now: i64) -> bool {
        // From both sides: the clock of a device may be put back.
        self.keep(|typist| is_within(SHOWN_MS, typist.at, now))
    }

    /// When the next one has to be let go, if nothing else happens.
    #[must_use]
    pub fn next_end(&self) -> Option<i64> {
        self.typists.iter().map(|typist| typist.at + SHOWN_MS).min()
    }

    /// What to show in a room.
    #[must_use]
    pub fn line(&self, room: RoomId) -> Option<String> {
        let mut names = self.typists.iter().filter(|typist| typist.room == room).map(|typist| typist.user.in_sentence());
        match (names.next(), names.next(), names.next()) {
            (None, ..) => None,
            (Some(one), None, _) => Some([&*one, " is typing…"].concat()),
            (Some(one), Some(other), None) => Some([&*one, " and ", &*other, " are typing…"].concat()),
            (Some(_), Some(_), Some(_)) => Some("Several people are typing…".to_owned()),
        }
    }

    fn keep(&mut self, wanted: impl FnMut(&Typist) -> bool) -> bool {
        let before = self.typists.len();
        self.typists.retain(wanted);
        self.typists.len() < before
    }
}

/// Lets the word that the reader is typing out now and then only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypingThrottle {
    last: Option<(RoomId, i64)>,
}

impl TypingThrottle {
    /// Whether to send it to a room now; if so, it counts as sent.
    pub fn is_due(&mut self, room: RoomId, now: i64) -> bool {
        let due = !self.last.is_some_and(|(sent, at)| sent == room && is_within(EVERY_MS, at, now));
        if due {
            self.last = Some((room, now));
        }
        due
    }

    /// A message went out there: what is typed after it is told at once.
    pub fn forget(&mut self, room: RoomId) {
        self.last.take_if(|(sent, _)| *sent == room);
    }
}

fn is_within(time: i64, since: i64, now: i64) -> bool {
    (since..since + time).contains(&now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::{Deed, id, log, message_event, room_id, user};

    fn heard(people: &[u64]) -> Typing {
        let mut typing = Typing::default();
        for &who in people {
            assert!(typing.note(room_id(), user(who), 0));
        }
        typing
    }

    fn line(typing: &Typing) -> String {
        typing.line(room_id()).unwrap_or_default()
    }

    #[test]
    fn it_says_who() {
        assert_eq!(heard(&[]).line(room_id()), None);
        assert_eq!(line(&heard(&[2])), "User 2 is typing…");
        assert_eq!(line(&heard(&[3, 2])), "User 3 and User 2 are typing…");
        assert_eq!(line(&heard(&[2, 3, 4])), "Several people are typing…");
        assert_eq!(line(&heard(&[2, 3, 4, 5])), "Several people are typing…");
        assert_eq!(heard(&[2]).line(id(99)), None, "somewhere else");
    }

    #[test]
    fn who_goes_on_typing_keeps_their_place() {
        let mut typing = heard(&[2, 3]);
        assert!(!typing.note(room_id(), user(2), SHOWN_MS - 1));
        assert_eq!(line(&typing), "User 2 and User 3 are typing…");
        assert!(typing.expire(SHOWN_MS));
        assert_eq!(line(&typing), "User 2 is typing…");
    }

    #[test]
    fn it_passes_by_itself() {
        let mut typing = heard(&[2]);
        typing.note(room_id(), user(3), 1_000);
        assert_eq!(typing.next_end(), Some(SHOWN_MS));
        assert!(!typing.expire(SHOWN_MS - 1));
        assert!(typing.expire(SHOWN_MS));
        assert_eq!((line(&typing).as_str(), typing.next_end()), ("User 3 is typing…", Some(SHOWN_MS + 1_000)));
        assert!(typing.expire(SHOWN_MS + 1_000));
        assert_eq!((typing.next_end(), typing), (None, Typing::default()));
    }

    #[test]
    fn a_clock_that_was_put_back_keeps_nobody_typing() {
        let mut typing = heard(&[2]);
        assert!(typing.expire(-3_600_000));
    }

    #[test]
    fn it_goes_with_the_message_of_that_person_in_that_room() {
        let mut typing = heard(&[2, 3]);
        typing.note(id(99), user(2), 0);
        assert!(typing.apply(&message_event(1, 2, 0)));
        assert!(!typing.apply(&message_event(2, 2, 0)));
        assert_eq!(line(&typing), "User 3 is typing…");
        assert!(typing.line(id(99)).is_some());
    }

    #[test]
    fn who_leaves_types_no_more() {
        let mut typing = heard(&[2, 3]);
        let events = log(&[Deed::Joins(2), Deed::Leaves(2)]);
        assert_eq!(events.iter().map(|event| typing.apply(event)).collect::<Vec<_>>(), [false, true]);
        assert_eq!(line(&typing), "User 3 is typing…");
    }

    #[test]
    fn the_readers_own_typing_is_told_now_and_then() {
        let (mut throttle, other) = (TypingThrottle::default(), id(99));
        let due: Vec<bool> = [0, 1, EVERY_MS - 1, EVERY_MS, EVERY_MS + 1].map(|now| throttle.is_due(room_id(), now)).into();
        assert_eq!(due, [true, false, false, true, false]);
        assert!(throttle.is_due(other, EVERY_MS + 1), "nobody there has heard of it");
        assert!(throttle.is_due(other, 0), "the clock was put back");
    }

    #[test]
    fn after_a_message_the_next_word_is_told_at_once() {
        let (mut throttle, other) = (TypingThrottle::default(), id(99));
        assert!(throttle.is_due(room_id(), 0));
        throttle.forget(other);
        assert!(!throttle.is_due(room_id(), 1));
        throttle.forget(room_id());
        assert!(throttle.is_due(room_id(), 1));
    }
}
