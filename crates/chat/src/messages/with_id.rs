//! One message by its id alone.

use std::sync::Arc;

use protocol::{ErrorCode, Message, MessageId, Room, RoomId, Seq};
use sea_orm::{EntityTrait, QuerySelect, prelude::Uuid};

use super::page::room_message;
use crate::{
    Chat, Result,
    db::entity::message,
    policy::{Action, Actor},
    rooms,
};

/// A message that stands in a room, and the room.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_a_member`, `unavailable`.
pub async fn with_id(chat: &Chat, actor: Actor, id: MessageId) -> Result<(Room, Arc<Message>)> {
    let place = message::Entity::find_by_id(id.0)
        .select_only()
        .columns([message::Column::RoomId, message::Column::Seq])
        .into_tuple::<(Uuid, i64)>()
        .one(chat.db().read())
        .await?;
    let (room, seq) = place.ok_or(ErrorCode::NotFound)?;
    let found = rooms::load(chat.db().read(), actor, &RoomId(room).into()).await?;
    found.access.permit(Action::Read)?;
    Ok((found.room, room_message(chat, RoomId(room), Seq(seq)).await?))
}
