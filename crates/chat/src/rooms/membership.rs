//! Joining and leaving a room.

use protocol::{Change, ErrorCode, Room, RoomId, RoomRef, RoomRole, UserId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::{
    bounds::may_join,
    load::load,
    people::{is_last_owner, lock},
};
use crate::{
    Chat, Result,
    db::{
        entity::membership::{self, Role},
        now,
    },
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Joins a room. Joining again changes nothing.
///
/// # Errors
/// `not_found` also for what this actor may not know of, `not_authenticated`, `limit_reached`, `throttled`, `unavailable`.
pub async fn join(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Room> {
    let user = actor.user()?;
    chat.deeds().by(user, Deed::Join)?;
    let rooms_max = chat.limits().rooms_joined;
    chat.writer().run(Join { user, room: room.clone(), rooms_max }).await
}

/// Leaves a room. Leaving again changes nothing.
///
/// # Errors
/// `last_owner` when nobody would own the room; otherwise as [`join`].
pub async fn leave(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Room> {
    let user = actor.user()?;
    chat.deeds().by(user, Deed::Join)?;
    chat.writer().run(Leave { user, room: room.clone() }).await
}

struct Join {
    user: UserId,
    room: RoomRef,
    /// Rooms that the account may be in.
    rooms_max: u32,
}

impl Work for Join {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.user), &self.room).await?;
        found.access.permit(Action::Join)?;
        if !found.access.is_member() {
            let_in(transaction, self.user, found.room.id, self.rooms_max).await?;
            transaction.moved(self.user).await?;
        }
        Ok(found.room)
    }
}

struct Leave {
    user: UserId,
    room: RoomRef,
}

impl Work for Leave {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.user), &self.room).await?;
        found.access.permit(Action::Leave)?;
        let id = found.room.id;
        if found.access.role() == Some(RoomRole::Owner) {
            lock(&**transaction, id).await?;
            if is_last_owner(&**transaction, id, self.user).await? {
                return Err(ErrorCode::LastOwner.into());
            }
        }
        let left = membership::Entity::delete_by_id((id.0, self.user.0)).exec(&**transaction).await?;
        if left.rows_affected > 0 {
            transaction.record(id, self.user, Change::MemberLeft).await?;
            transaction.moved(self.user).await?;
        }
        Ok(found.room)
    }
}

/// Makes somebody a member who may join, unless they are in too many rooms.
pub(crate) async fn let_in(transaction: &mut Transaction, user: UserId, room: RoomId, rooms_max: u32) -> Result<()> {
    may_join(&**transaction, user, rooms_max).await?;
    enter(transaction, room, user, Role::Member).await
}

/// Makes somebody a member.
pub(super) async fn enter(transaction: &mut Transaction, room: RoomId, user: UserId, role: Role) -> Result<()> {
    let row = membership::ActiveModel {
        room_id: Set(room.0),
        user_id: Set(user.0),
        role: Set(role),
        joined_at: Set(now()),
        ..Default::default()
    };
    row.insert(&**transaction).await?;
    let joined = transaction.record(room, user, Change::MemberJoined).await?;
    transaction.read_up_to(room, user, joined.seq);
    Ok(())
}
