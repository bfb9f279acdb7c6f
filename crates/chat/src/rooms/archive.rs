//! Making a room read only and taking it out of the lists, and bringing it back.

use protocol::{Room, RoomRef, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::load::load;
use crate::{
    Chat, Result,
    db::{entity::room, now},
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Archives a room, or brings it back.
///
/// # Errors
/// `not_allowed` for whoever does not own the room; `not_found` also for what this actor may not know of; `not_a_member`,
/// `not_authenticated`, `throttled`, `unavailable`.
pub async fn archive(chat: &Chat, actor: Actor, room: &RoomRef, archived: bool) -> Result<Room> {
    let owner = actor.user()?;
    chat.deeds().by(owner, Deed::EditRoom)?;
    chat.writer().run(Archive { owner, room: room.clone(), archived }).await
}

struct Archive {
    owner: UserId,
    room: RoomRef,
    archived: bool,
}

impl Work for Archive {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.owner), &self.room).await?;
        found.access.permit(Action::Archive)?;
        if found.room.archived == self.archived {
            return Ok(found.room);
        }
        room::Entity::update_many()
            .col_expr(room::Column::ArchivedAt, Expr::value(self.archived.then(now)))
            .filter(room::Column::Id.eq(found.room.id.0))
            .exec(&**transaction)
            .await?;
        let room = Room { archived: self.archived, ..found.room };
        transaction.record(room.id, self.owner, room.changed()).await?;
        Ok(room)
    }
}
