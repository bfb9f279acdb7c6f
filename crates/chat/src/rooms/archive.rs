//! Making a room read only and taking it out of the lists, and bringing it back.

use protocol::{Room, RoomRef};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::steward::Steward;
use crate::{
    Chat, Result,
    db::{entity::room, now},
    house::{self, By},
    policy::Action,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Archives a room, or brings it back.
///
/// # Errors
/// `not_allowed` for whoever neither owns the room nor sees to the house; `not_found` also for what this actor may not know of; `not_a_member`,
/// `not_authenticated`, `throttled`, `unavailable`.
pub async fn archive(chat: &Chat, by: impl Into<By>, room: &RoomRef, archived: bool) -> Result<Room> {
    let steward = Steward::new(chat, by.into(), room, Deed::EditRoom)?;
    chat.writer().run(Archive { steward, archived }).await
}

struct Archive {
    steward: Steward,
    archived: bool,
}

impl Work for Archive {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let charge = self.steward.take(&**transaction, Action::Archive).await?;
        if charge.room.archived == self.archived {
            return Ok(charge.room);
        }
        room::Entity::update_many()
            .col_expr(room::Column::ArchivedAt, Expr::value(self.archived.then(now)))
            .filter(room::Column::Id.eq(charge.room.id.0))
            .exec(&**transaction)
            .await?;
        let deed = if self.archived { house::Deed::ArchiveRoom } else { house::Deed::BringRoomBack };
        charge.audit(&**transaction, deed, String::new()).await?;
        let room = Room { archived: self.archived, ..charge.room };
        transaction.record(room.id, charge.actor, room.changed()).await?;
        Ok(room)
    }
}
