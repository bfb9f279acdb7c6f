//! How often one connection may say that somebody is typing.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::{Duration, Instant},
};

use protocol::{RoomRef, limits};

/// A room of which it was said rests so long.
const REST: Duration = Duration::from_secs(limits::TYPING_REST_SECONDS as u64);
/// Rooms that may rest at the same time. Nobody types in more of them at once.
const RESTING_MAX: usize = 8;

/// Marks that one connection may move at once.
const MARKS_MAX: u32 = 20;
/// One more each time.
const MARK_EVERY: Duration = Duration::from_millis(100);

/// How often a connection may say what was read: a client says it once in a while.
pub(super) struct Drops {
    left: u32,
    since: Option<Instant>,
}

impl Default for Drops {
    fn default() -> Self {
        Self { left: MARKS_MAX, since: None }
    }
}

impl Drops {
    /// Takes one, if there is one left.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let since = *self.since.get_or_insert(now);
        let come = now.duration_since(since).as_millis() / MARK_EVERY.as_millis();
        if come > 0 {
            self.left = self.left.saturating_add(u32::try_from(come).unwrap_or(MARKS_MAX)).min(MARKS_MAX);
            self.since = Some(now);
        }
        let some = self.left > 0;
        self.left = self.left.saturating_sub(1);
        some
    }
}

/// The rooms that rest.
#[derive(Default)]
pub(super) struct Pace {
    /// By the hash of the name that the client gave them, so that long names take no memory. Two that share one only lose a hint.
    resting: Vec<(u64, Instant)>,
}

impl Pace {
    /// Whether it may be said of a room now; if so, the room rests from now on.
    pub(super) fn allows(&mut self, room: &RoomRef, now: Instant) -> bool {
        self.resting.retain(|(_, since)| now.duration_since(*since) < REST);
        let room = key(room);
        let allowed = self.resting.len() < RESTING_MAX && self.resting.iter().all(|(resting, _)| *resting != room);
        if allowed {
            self.resting.push((room, now));
        }
        allowed
    }

    /// A message came from there: whoever goes on typing says something new.
    pub(super) fn forget(&mut self, room: &RoomRef) {
        let room = key(room);
        self.resting.retain(|(resting, _)| *resting != room);
    }
}

fn key(room: &RoomRef) -> u64 {
    let mut hasher = DefaultHasher::new();
    room.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(name: &str) -> RoomRef {
        RoomRef::Slug(name.to_owned())
    }

    #[test]
    fn each_room_rests_for_a_while() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        assert!(pace.allows(&room("garden"), start));
        assert!(!pace.allows(&room("garden"), start + REST / 2));
        assert!(pace.allows(&room("shed"), start + REST / 2));
        assert!(pace.allows(&room("garden"), start + REST), "what was dropped does not make the rest longer");
    }

    #[test]
    fn after_a_message_a_room_rests_no_more() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        assert!(pace.allows(&room("garden"), now) && pace.allows(&room("shed"), now));
        pace.forget(&room("garden"));
        assert!(pace.allows(&room("garden"), now) && !pace.allows(&room("shed"), now));
    }

    #[test]
    fn a_client_that_says_it_without_end_is_passed_over() {
        let (mut drops, start) = (Drops::default(), Instant::now());
        let taken = |drops: &mut Drops, now| (0..1_000).filter(|_| drops.take(now)).count();
        assert_eq!(taken(&mut drops, start), 20);
        assert_eq!(taken(&mut drops, start + MARK_EVERY * 3), 3);
        assert_eq!(taken(&mut drops, start + MARK_EVERY * 1_000), 20);
    }

    #[test]
    fn names_that_a_client_thinks_up_take_no_memory() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        let allowed = (0..1_000).filter(|n| pace.allows(&room(&n.to_string()), now)).count();
        assert_eq!((allowed, pace.resting.len()), (RESTING_MAX, RESTING_MAX));
        assert!(pace.allows(&room("garden"), now + REST));
    }
}
