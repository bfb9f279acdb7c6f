//! What a message said before it was edited: for who wrote it, and for those who keep order.

use protocol::{ErrorCode, RoomRef, Seq};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{delete::Asked, find::find};
use crate::{
    Chat, Result,
    db::entity::message_text,
    policy::{Action, Actor},
    rooms,
};

/// A text that a message had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Markdown source.
    pub body: String,
    /// Since when it had it (unix milliseconds).
    pub from: i64,
}

/// A message with all the texts that it had, the one that it has last.
///
/// # Errors
/// `not_found` for a message that was deleted, and for everybody who neither wrote it nor keeps order there; `not_authenticated`;
/// `unavailable`.
pub async fn history(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<(Asked, Vec<Text>)> {
    let user = actor.user()?;
    let db = chat.db().read();
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Read)?;
    let message = find(db, found.room.id, seq).await?;
    let may_see = message.author.id == user || found.access.may(Action::Moderate);
    if message.deleted || !may_see {
        return Err(ErrorCode::NotFound.into());
    }
    let earlier = message_text::Entity::find()
        .filter(message_text::Column::RoomId.eq(found.room.id.0))
        .filter(message_text::Column::Seq.eq(seq.0))
        .order_by_asc(message_text::Column::Revision)
        .all(db)
        .await?;
    let mut from = message.at;
    let mut texts: Vec<_> =
        earlier.into_iter().map(|earlier| Text { body: earlier.body, from: std::mem::replace(&mut from, earlier.at) }).collect();
    texts.push(Text { body: message.body.clone(), from });
    Ok((Asked::of(found.room, message), texts))
}
