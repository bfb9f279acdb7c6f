//! Slow mode: when members wrote last in rooms where they have to wait, on this node.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use protocol::{ClientId, RoomId, UserId};

use super::buckets::throttled;

/// Members that are kept. When there are more, those go who have waited long enough for any room.
const KEPT_MAX: usize = 10_000;
/// The longest time that a room has them wait.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Who wrote last when.
#[derive(Default)]
pub(crate) struct SlowMode {
    last: Mutex<HashMap<(RoomId, UserId), (Instant, ClientId)>>,
}

impl SlowMode {
    /// Lets a message in, or says how long it has to wait. The same one again is let in: its transaction is run once more.
    pub(crate) fn admit(&self, at: (RoomId, UserId), message: ClientId, wait: Duration) -> Result<(), protocol::Error> {
        self.admit_at(Instant::now(), at, message, wait)
    }

    fn admit_at(&self, now: Instant, at: (RoomId, UserId), message: ClientId, wait: Duration) -> Result<(), protocol::Error> {
        let mut last = self.last.lock();
        if let Some((then, before)) = last.get(&at)
            && *before != message
            && let Some(left) = wait.checked_sub(now.duration_since(*then)).filter(|left| !left.is_zero())
        {
            return Err(throttled(left));
        }
        if last.len() >= KEPT_MAX {
            last.retain(|_, (then, _)| now.duration_since(*then) < WAIT_MAX);
            if last.len() >= KEPT_MAX {
                last.clear();
            }
        }
        last.insert(at, (now, message));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_member_waits_the_true_seconds_and_others_do_not() {
        let (slow, start, wait) = (SlowMode::default(), Instant::now(), Duration::from_secs(30));
        let (room, ada, bob) = (RoomId::generate(), UserId::generate(), UserId::generate());
        let first = ClientId::generate();
        let admit = |seconds, who, message| slow.admit_at(start + Duration::from_secs(seconds), (room, who), message, wait);
        admit(0, ada, first).unwrap();
        assert_eq!(admit(1, ada, ClientId::generate()).unwrap_err().retry_after, Some(29));
        admit(2, ada, first).unwrap();
        admit(2, bob, ClientId::generate()).unwrap();
        assert_eq!(admit(31, ada, ClientId::generate()).unwrap_err().retry_after, Some(1));
        admit(32, ada, ClientId::generate()).unwrap();
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let slow = SlowMode::default();
        for _ in 0..2 * KEPT_MAX {
            slow.admit((RoomId::generate(), UserId::generate()), ClientId::generate(), WAIT_MAX).unwrap();
            assert!(slow.last.lock().len() <= KEPT_MAX);
        }
    }
}
