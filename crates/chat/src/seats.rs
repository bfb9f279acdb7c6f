//! Members who write, as they were found in their rooms.
//!
//! Whatever changes who may write in a room stands in its log, and so raises the head. What was found at a head is right as long as the room
//! has it, and the transaction that goes by it makes sure of that (`log::raise_heads`).

use std::collections::HashMap;

use parking_lot::Mutex;
use protocol::{EpochId, RoomId, RoomRef, RoomRole, Seq, User, UserId, Visibility};

use crate::throttle::SlowMode;

/// Members that are kept. When there are more all go, and those who write come back.
const KEPT_MAX: usize = 10_000;

/// A room that is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) id: RoomId,
    pub(crate) slug: String,
    pub(crate) visibility: Visibility,
    pub(crate) archived: bool,
    /// Seconds that a member has to wait between two messages.
    pub(crate) slow_seconds: u32,
    /// Somebody has it not in their list, a conversation, and gets it back with the next message.
    pub(crate) hidden: bool,
    pub(crate) head: Seq,
}

/// A member of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) user: User,
    pub(crate) role: RoomRole,
    /// Whether it is a program.
    pub(crate) bot: bool,
    /// Until then they may not write.
    pub(crate) muted_until: Option<i64>,
}

/// The members who wrote last.
#[derive(Default)]
pub(crate) struct Seats {
    kept: Mutex<Kept>,
    /// When they wrote where one has to wait.
    pub(crate) slow: SlowMode,
}

#[derive(Default)]
struct Kept {
    rooms: HashMap<RoomId, (Room, HashMap<UserId, Member>)>,
    ids: HashMap<String, RoomId>,
    members: usize,
    /// What the heads are of.
    epoch: Option<EpochId>,
}

impl Seats {
    /// What was kept of a room and a member in this epoch.
    pub(crate) fn of(&self, epoch: EpochId, room: &RoomRef, user: UserId) -> Option<(Room, Member)> {
        let kept = self.kept.lock();
        if kept.epoch != Some(epoch) {
            return None;
        }
        let id = match room {
            RoomRef::Id(id) => id,
            RoomRef::Slug(slug) => kept.ids.get(slug)?,
        };
        let (room, members) = kept.rooms.get(id)?;
        Some((room.clone(), members.get(&user)?.clone()))
    }

    /// Keeps nothing any more.
    pub(crate) fn clear(&self) {
        *self.kept.lock() = Kept::default();
    }

    /// Keeps what was found: a room with the head that it has, and perhaps a member.
    pub(crate) fn keep(&self, epoch: EpochId, room: &Room, member: Option<Member>) {
        let mut kept = self.kept.lock();
        if kept.epoch != Some(epoch) {
            *kept = Kept { epoch: Some(epoch), ..Kept::default() };
        }
        if kept.rooms.get(&room.id).is_some_and(|(known, _)| known != room) {
            kept.forget(room.id);
        }
        let Some(member) = member else { return };
        if kept.members >= KEPT_MAX {
            *kept = Kept { epoch: Some(epoch), ..Kept::default() };
        }
        kept.ids.insert(room.slug.clone(), room.id);
        let (_, members) = kept.rooms.entry(room.id).or_insert_with(|| (room.clone(), HashMap::new()));
        let is_new = members.insert(member.user.id, member).is_none();
        kept.members += usize::from(is_new);
    }

    /// A message that is committed has raised the head of a room by one, and nothing else: its members are those that they were.
    pub(crate) fn raise(&self, room: RoomId, head: Seq) {
        if let Some((room, _)) = self.kept.lock().rooms.get_mut(&room)
            && room.head < head
        {
            room.head = head;
        }
    }
}

impl Kept {
    fn forget(&mut self, room: RoomId) {
        if let Some((room, members)) = self.rooms.remove(&room) {
            self.ids.remove(&room.slug);
            self.members -= members.len();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn room(head: i64) -> Room {
        Room {
            id: RoomId::generate(),
            slug: "garden".into(),
            visibility: Visibility::Public,
            archived: false,
            slow_seconds: 0,
            hidden: false,
            head: Seq(head),
        }
    }

    fn member(name: &str) -> Member {
        Member {
            user: User { id: UserId::generate(), username: name.into(), name: name.into(), ambiguous: false, picture: None },
            role: RoomRole::Member,
            bot: false,
            muted_until: None,
        }
    }

    #[test]
    fn members_are_found_by_id_and_by_slug_until_the_room_is_found_at_another_head() {
        let (seats, ada, bob) = (Seats::default(), member("ada"), member("bob"));
        let (mut garden, epoch) = (room(7), EpochId::generate());
        let [by_id, by_slug] = [RoomRef::Id(garden.id), RoomRef::Slug("garden".into())];
        seats.keep(epoch, &garden, Some(ada.clone()));
        for name in [&by_id, &by_slug] {
            assert_eq!(seats.of(epoch, name, ada.user.id), Some((garden.clone(), ada.clone())));
            assert_eq!(seats.of(epoch, name, bob.user.id), None);
        }
        garden.head = Seq(9);
        seats.raise(garden.id, Seq(9));
        assert_eq!(seats.of(epoch, &by_slug, ada.user.id), Some((garden.clone(), ada.clone())));
        // Somebody left at 10, perhaps.
        garden.head = Seq(10);
        seats.keep(epoch, &garden, Some(bob.clone()));
        assert_eq!(seats.of(epoch, &by_id, ada.user.id), None);
        assert_eq!(seats.of(epoch, &by_id, bob.user.id), Some((garden.clone(), bob.clone())));
        assert_eq!(seats.of(EpochId::generate(), &by_id, bob.user.id), None, "a backup was restored");
        garden.head = Seq(11);
        seats.keep(epoch, &garden, None);
        assert_eq!(seats.of(epoch, &by_id, bob.user.id), None);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (seats, garden, epoch) = (Seats::default(), room(1), EpochId::generate());
        for n in 0..2 * KEPT_MAX {
            seats.keep(epoch, &if n % 2 == 0 { garden.clone() } else { room(1) }, Some(member("ada")));
            let kept = seats.kept.lock();
            assert!(kept.members <= KEPT_MAX);
        }
        let kept = seats.kept.lock();
        assert_eq!(kept.members, kept.rooms.values().map(|(_, members)| members.len()).sum::<usize>());
    }
}
