//! Following a thread, or not any more.

use protocol::{Room, RoomRef, Seq};
use sea_orm::{ConnectionTrait, Value};

use crate::{
    Chat, Result,
    db::{Sql, now},
    messages,
    policy::{Action, Actor},
    rooms,
    throttle::Deed,
};

/// Follows the thread under a message: what is said there from now on is told. Or does not any more, which is remembered: then answering
/// there does not change it.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_a_member`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn follow(chat: &Chat, actor: Actor, room: &RoomRef, root: Seq, on: bool) -> Result<Room> {
    let user = actor.user()?;
    chat.deeds().by(user, Deed::Send)?;
    let transaction = chat.db().begin().await?;
    let found = rooms::load(&transaction, actor, room).await?;
    found.access.permit(Action::Read)?;
    messages::root(&transaction, found.room.id, root).await?;
    let left_at = (!on).then(now);
    let row: [Value; 5] = [found.room.id.0.into(), root.0.into(), user.0.into(), found.head.0.into(), left_at.into()];
    let upsert = Sql::new(
        transaction.get_database_backend(),
        "INSERT INTO follows (room_id, seq, user_id, last_read_seq, left_at) VALUES ",
    )
    .rows([row])
    .text(" ON CONFLICT (room_id, seq, user_id) DO UPDATE SET left_at = excluded.left_at, last_read_seq = CASE ")
    // What came while they did not follow it is not new to them.
    .text("WHEN follows.left_at IS NULL THEN follows.last_read_seq ELSE excluded.last_read_seq END");
    transaction.execute_raw(upsert.done()).await?;
    transaction.commit().await?;
    Ok(found.room)
}
