//! How far somebody has read a thread.

use protocol::{Room, RoomRef, Seq};
use sea_orm::ConnectionTrait;

use crate::{
    Chat, Result,
    db::Sql,
    policy::{Action, Actor},
    rooms,
};

/// Somebody has read a thread that they follow up to a place. Marks never run backwards, nor ahead of the room.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_a_member`, `not_authenticated`, `unavailable`.
pub async fn read(chat: &Chat, actor: Actor, room: &RoomRef, root: Seq, until: Seq) -> Result<Room> {
    let user = actor.user()?;
    let transaction = chat.db().begin().await?;
    let found = rooms::load(&transaction, actor, room).await?;
    found.access.permit(Action::Read)?;
    let until = until.min(found.head);
    let update = Sql::new(transaction.get_database_backend(), "UPDATE follows SET last_read_seq = ")
        .value(until.0)
        .text(" WHERE room_id = ")
        .value(found.room.id.0)
        .text(" AND seq = ")
        .value(root.0)
        .text(" AND user_id = ")
        .value(user.0)
        .text(" AND last_read_seq < ")
        .value(until.0);
    transaction.execute_raw(update.done()).await?;
    transaction.commit().await?;
    Ok(found.room)
}
