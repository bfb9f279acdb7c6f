//! The newest messages of rooms that are read often.
//!
//! What stands in a room up to a head never changes in one epoch: whatever happens there raises the head. So messages that were read are
//! the right ones as long as the room has the head that it had before they were read, on whichever node it was raised.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use protocol::{EpochId, Message, RoomId, Seq};

/// Bytes that are kept, about. When there are more all go, and those that are read come back.
const KEPT_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a message beside its text, about.
const MESSAGE_BYTES: usize = 256;

/// Messages without a hole between them, and whether there are more on either side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) messages: Vec<Arc<Message>>,
    pub(crate) has_older: bool,
    pub(crate) has_newer: bool,
    /// What is pinned in the room, here and elsewhere.
    pub(crate) pinned: Vec<Seq>,
}

impl Stretch {
    fn bytes(&self) -> usize {
        let pinned = self.pinned.len() * size_of::<Seq>();
        self.messages.iter().map(|message| message.body.len() + MESSAGE_BYTES).sum::<usize>() + pinned
    }
}

/// A last place, and the epoch that it is of.
type Head = (EpochId, Seq);

/// Stretches that end with the newest message, each with the head that the room had before it was read.
#[derive(Default)]
pub(crate) struct Recent {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    rooms: HashMap<RoomId, (Head, Stretch)>,
    bytes: usize,
}

impl Recent {
    /// What was kept of a room that has this head now.
    pub(crate) fn of(&self, room: RoomId, head: Head) -> Option<Stretch> {
        self.kept.lock().rooms.get(&room).filter(|(read_at, _)| *read_at == head).map(|(_, stretch)| stretch.clone())
    }

    /// Keeps nothing any more.
    pub(crate) fn clear(&self) {
        *self.kept.lock() = Kept::default();
    }

    /// Keeps what was read of a room after its head was found to be this.
    pub(crate) fn keep(&self, room: RoomId, head: Head, stretch: &Stretch) {
        let mut kept = self.kept.lock();
        if kept.rooms.get(&room).is_some_and(|((epoch, read_at), _)| *epoch == head.0 && *read_at > head.1) {
            return;
        }
        if kept.bytes + stretch.bytes() > KEPT_MAX_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += stretch.bytes();
        if let Some((_, before)) = kept.rooms.insert(room, (head, stretch.clone())) {
            kept.bytes -= before.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use protocol::{ClientId, MessageId, NewMessage, User, UserId};

    use super::*;

    fn stretch(bytes: usize) -> Stretch {
        let author = User {
            id: UserId::generate(),
            username: "ada".into(),
            name: "Ada".into(),
            ambiguous: false,
            picture: None,
            bot: false,
        };
        let (id, client_id) = (MessageId::generate(), ClientId::generate());
        let message = NewMessage::plain(id, client_id, "x".repeat(bytes)).stored(Seq(1), author, 0);
        Stretch { messages: vec![Arc::new(message)], ..Stretch::default() }
    }

    #[test]
    fn what_was_read_at_another_head_is_not_given() {
        let (recent, room, read) = (Recent::default(), RoomId::generate(), stretch(5));
        let epoch = EpochId::generate();
        recent.keep(room, (epoch, Seq(7)), &read);
        assert_eq!(recent.of(room, (epoch, Seq(7))).unwrap(), read);
        assert!(recent.of(room, (epoch, Seq(8))).is_none() && recent.of(room, (epoch, Seq(6))).is_none());
        assert!(recent.of(RoomId::generate(), (epoch, Seq(7))).is_none());
        // Somebody who read earlier comes later.
        recent.keep(room, (epoch, Seq(6)), &stretch(6));
        assert_eq!(recent.of(room, (epoch, Seq(7))).unwrap(), read);
        // The same place, and another message in it.
        let restored = (EpochId::generate(), Seq(6));
        assert!(recent.of(room, (restored.0, Seq(7))).is_none());
        recent.keep(room, restored, &stretch(6));
        assert!(recent.of(room, restored).is_some() && recent.of(room, (epoch, Seq(7))).is_none());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let recent = Recent::default();
        for _ in 0..100 {
            recent.keep(RoomId::generate(), (EpochId::generate(), Seq(1)), &stretch(KEPT_MAX_BYTES / 10));
            let kept = recent.kept.lock();
            assert_eq!(kept.bytes, kept.rooms.values().map(|(_, stretch)| stretch.bytes()).sum::<usize>());
            assert!(kept.bytes <= KEPT_MAX_BYTES);
        }
    }
}
