//! Counts that were made before.
//!
//! What is new in a room after a mark changes with the room's head only, in one epoch: whatever happens there raises it, on whichever node. So
//! what was counted is right as long as head and mark are the same.

use std::collections::HashMap;

use parking_lot::Mutex;
use protocol::{EpochId, RoomId, RoomUnread, Seq, UserId};

/// Counts that are kept: some megabytes. When there are more all go, and those that are asked for come back.
const KEPT_MAX: usize = 50_000;

/// The epoch, the room's last place, and the mark.
type Places = (EpochId, Seq, Seq);
/// Unread messages, and mentions.
type Counts = (u64, u64);

/// What was counted last, for whom and where.
#[derive(Default)]
pub(crate) struct Counted {
    kept: Mutex<HashMap<(UserId, RoomId), (Places, Counts)>>,
}

impl Counted {
    /// Fills in what is new in a room, if it was counted for this head and this mark. `false` if not.
    pub(crate) fn fill(&self, (epoch, user): (EpochId, UserId), room: &mut RoomUnread) -> bool {
        let places = (epoch, room.head, room.last_read);
        let known =
            self.kept.lock().get(&(user, room.room)).filter(|(counted_at, _)| *counted_at == places).map(|(_, counts)| *counts);
        if let Some(counts) = known {
            (room.unread, room.mentions) = counts;
        }
        known.is_some()
    }

    /// Keeps what was counted in one question: head, mark and counts are of one moment.
    pub(crate) fn keep(&self, (epoch, user): (EpochId, UserId), room: &RoomUnread) {
        let mut kept = self.kept.lock();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert((user, room.room), ((epoch, room.head, room.last_read), (room.unread, room.mentions)));
    }
}

#[cfg(test)]
mod tests {
    use protocol::Level;

    use super::*;

    fn room(head: i64, last_read: i64, unread: u64) -> RoomUnread {
        let (room, head, last_read) = (RoomId(uuid::Uuid::nil()), Seq(head), Seq(last_read));
        RoomUnread { room, head, last_read, unread, mentions: unread / 2, level: Level::Everything, quiet: false }
    }

    #[test]
    fn a_count_is_known_for_its_head_its_mark_its_epoch_and_its_person() {
        let counted = Counted::default();
        let (epoch, user) = (EpochId(uuid::Uuid::from_u128(1)), UserId(uuid::Uuid::from_u128(2)));
        let filled = |whose, head, last_read| {
            let mut asked = room(head, last_read, 0);
            counted.fill(whose, &mut asked).then_some((asked.unread, asked.mentions))
        };
        assert_eq!(filled((epoch, user), 9, 4), None);
        counted.keep((epoch, user), &room(9, 4, 5));
        assert_eq!(filled((epoch, user), 9, 4), Some((5, 2)));
        assert_eq!(filled((epoch, user), 10, 4), None);
        assert_eq!(filled((epoch, user), 9, 5), None);
        assert_eq!(filled((EpochId(uuid::Uuid::nil()), user), 9, 4), None);
        assert_eq!(filled((epoch, UserId(uuid::Uuid::nil())), 9, 4), None);
    }
}
