//! Coming in by an invite. Its uses are counted in the transaction that lets somebody in, so that of many who race for one use one gets it.

use protocol::{ErrorCode, Room, RoomId, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait},
};

use super::{
    list::holds,
    show::{holding, registers},
};
use crate::{
    Chat, Error, Result,
    db::entity::invite,
    policy::{Action, Actor},
    rooms,
    settings::Settings,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Joins the room of an invite; nothing for one into the house alone, which somebody with an account is in. Who is a member already uses
/// nothing up.
///
/// # Errors
/// `not_found` for an invite that does not hold, `banned`, `archived`, `not_authenticated`, `limit_reached`, `throttled`, `unavailable`.
pub async fn accept(chat: &Chat, actor: Actor, code: &str) -> Result<Option<Room>> {
    let user = actor.user()?;
    chat.deeds().by(user, Deed::Join)?;
    chat.writer().run(Accept { user, code: code.to_owned(), rooms_max: chat.limits().rooms_joined }).await
}

struct Accept {
    user: UserId,
    code: String,
    /// Rooms that the account may be in.
    rooms_max: u32,
}

impl Work for Accept {
    type Answer = Option<Room>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Option<Room>> {
        let invite = holding(&**transaction, &self.code).await?;
        let Some(room) = invite.room_id else { return Ok(None) };
        let found = rooms::load_invited(&**transaction, self.user, RoomId(room)).await?;
        if found.access.is_member() {
            return Ok(Some(found.room));
        }
        use_up(&**transaction, invite.id).await?;
        come_in(transaction, self.user, RoomId(room), self.rooms_max).await.map(Some)
    }
}

/// Uses an invite up for somebody who makes an account; the room that it leads to, where there is one.
pub(crate) async fn take(db: &impl ConnectionTrait, code: &str) -> Result<Option<RoomId>> {
    let invite = holding(db, code).await.map_err(needed)?;
    use_up(db, invite.id).await.map_err(needed)?;
    Ok(invite.room_id.map(RoomId))
}

/// The same where an account takes an invite: not every one will do.
pub(crate) async fn take_for_registration(db: &impl ConnectionTrait, code: &str, settings: &Settings) -> Result<Option<RoomId>> {
    let invite = holding(db, code).await.map_err(needed)?;
    if registers(db, &invite, settings).await? { take(db, code).await } else { Err(ErrorCode::InviteNeeded.into()) }
}

/// Who makes an account is not told of a page that is not there.
fn needed(error: Error) -> Error {
    if error.public().code == ErrorCode::NotFound { ErrorCode::InviteNeeded.into() } else { error }
}

/// Makes the holder of an invite a member of its room.
pub(crate) async fn come_in(transaction: &mut Transaction, user: UserId, room: RoomId, rooms_max: u32) -> Result<Room> {
    let found = rooms::load_invited(&**transaction, user, room).await?;
    found.access.permit(Action::Join)?;
    rooms::let_in(transaction, user, found.room.id, rooms_max).await?;
    transaction.moved(user).await?;
    Ok(found.room)
}

/// Counts a use, if there is one left. On PostgreSQL the row stays locked until the transaction ends.
async fn use_up(db: &impl ConnectionTrait, invite: Uuid) -> Result<()> {
    let used = invite::Entity::update_many()
        .col_expr(invite::Column::Uses, Expr::col(invite::Column::Uses).add(1))
        .filter(invite::Column::Id.eq(invite))
        .filter(holds())
        .exec(db)
        .await?;
    if used.rows_affected == 1 { Ok(()) } else { Err(ErrorCode::NotFound.into()) }
}
