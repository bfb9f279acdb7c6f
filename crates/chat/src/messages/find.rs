//! One message of a room.

use protocol::{ErrorCode, MessageId, Reaction, RoomId, Seq, User, UserId};
use sea_orm::{ConnectionTrait, DbErr, TryGetableMany, prelude::Uuid};

use crate::{Result, db::Sql, log::stored};

/// A message that something is to be done to.
pub(super) struct Found {
    pub(super) room: RoomId,
    pub(super) id: MessageId,
    pub(super) author: User,
    pub(super) body: String,
    pub(super) deleted: bool,
    pub(super) revision: u32,
    /// When it was written.
    pub(super) at: i64,
    pub(super) reactions: Vec<Reaction>,
}

/// The message at a place.
pub(super) async fn find(db: &impl ConnectionTrait, room: RoomId, seq: Seq) -> Result<Found> {
    let select = Sql::new(
        db.get_database_backend(),
        "SELECT m.id, m.body, m.deleted_at, m.revision, m.created_at, m.reactions, u.id, u.username, u.name, u.ambiguous, u.picture FROM messages m ",
    )
    .text("JOIN users u ON u.id = m.author_id WHERE m.room_id = ")
    .value(room.0)
    .text(" AND m.seq = ")
    .value(seq.0);
    let row = db.query_one_raw(select.done()).await?.ok_or(ErrorCode::NotFound)?;
    type Columns = (Uuid, String, Option<i64>, i64, i64, String, Uuid, String, String, bool, Option<String>);
    let (id, body, deleted_at, revision, at, reactions, author, username, name, ambiguous, picture) =
        Columns::try_get_many_by_index(&row).map_err(DbErr::from)?;
    let author = User { id: UserId(author), username, name, ambiguous, picture };
    let (revision, reactions) = (u32::try_from(revision).unwrap_or(u32::MAX), stored::parse_reactions(&reactions)?);
    Ok(Found { room, id: MessageId(id), author, body, deleted: deleted_at.is_some(), revision, at, reactions })
}
