//! One message of a room.

use protocol::{ErrorCode, MessageId, Reaction, Room, RoomId, RoomRef, Seq, User, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, TryGetableMany, UpdateMany, prelude::Uuid};

use crate::{
    Chat, Result,
    db::{Sql, entity::message},
    log::stored,
    policy::{Access, Action, Actor},
    rooms,
};

/// A message that something is to be done to.
pub(super) struct Found {
    pub(super) room: RoomId,
    pub(super) seq: Seq,
    pub(super) id: MessageId,
    pub(super) author: User,
    pub(super) body: String,
    pub(super) deleted: bool,
    /// Whether it stands in the room, and not in a thread alone.
    pub(super) in_room: bool,
    pub(super) revision: u32,
    /// When it was written.
    pub(super) at: i64,
    pub(super) reactions: Vec<Reaction>,
    /// The message under which it stands.
    pub(super) thread_of: Option<Seq>,
    /// The message that it answers.
    pub(super) reply_to: Option<Seq>,
    /// Whom it calls, as it is kept.
    pub(super) mentions: String,
}

/// Where a message stands, whether or not anybody may know of it.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn locate(chat: &Chat, id: MessageId) -> Result<(RoomId, Seq)> {
    let db = chat.db().read();
    let select = Sql::new(db.get_database_backend(), "SELECT room_id, seq FROM messages WHERE id = ").value(id.0);
    let row = db.query_one_raw(select.done()).await?.ok_or(ErrorCode::NotFound)?;
    let (room, seq) = TryGetableMany::try_get_many_by_index(&row).map_err(DbErr::from)?;
    Ok((RoomId(room), Seq(seq)))
}

/// Makes sure that a thread may stand under the message at a place: there is one, and it stands in none itself.
pub(crate) async fn root(db: &impl ConnectionTrait, room: RoomId, seq: Seq) -> Result<()> {
    let message = find(db, room, seq).await?;
    if message.thread_of.is_some() { Err(ErrorCode::NotFound.into()) } else { Ok(()) }
}

impl Found {
    /// A change of its row.
    pub(super) fn update(&self) -> UpdateMany<message::Entity> {
        message::Entity::update_many().filter(message::Column::RoomId.eq(self.room.0)).filter(message::Column::Seq.eq(self.seq.0))
    }
}

/// A message with its room, which is held until the transaction ends: what stands there stays so.
pub(super) struct Held {
    pub(super) room: Room,
    /// The last place in the room's log.
    pub(super) head: Seq,
    /// What they may do there.
    pub(super) access: Access,
    pub(super) message: Found,
}

/// Holds a message for something that somebody may do to it.
pub(super) async fn hold(db: &impl ConnectionTrait, user: UserId, room: &RoomRef, seq: Seq, action: Action) -> Result<Held> {
    let found = rooms::load(db, Actor::User(user), room).await?;
    found.access.permit(action)?;
    let head = rooms::lock(db, found.room.id).await?;
    let message = find(db, found.room.id, seq).await?;
    Ok(Held { room: found.room, head, access: found.access, message })
}

/// The message at a place.
pub(super) async fn find(db: &impl ConnectionTrait, room: RoomId, seq: Seq) -> Result<Found> {
    let select = Sql::new(
        db.get_database_backend(),
        "SELECT m.id, m.body, m.deleted_at, m.in_room, m.revision, m.created_at, m.reactions, u.id, u.username, u.name, u.ambiguous, u.picture, \
         m.thread_of, m.reply_to, m.mentions FROM messages m ",
    )
    .text("JOIN users u ON u.id = m.author_id WHERE m.room_id = ")
    .value(room.0)
    .text(" AND m.seq = ")
    .value(seq.0);
    let row = db.query_one_raw(select.done()).await?.ok_or(ErrorCode::NotFound)?;
    type Columns = (Uuid, String, Option<i64>, bool, i64, i64, String, Uuid, String, String, bool, Option<String>);
    let (id, body, deleted_at, in_room, revision, at, reactions, author, username, name, ambiguous, picture) =
        Columns::try_get_many_by_index(&row).map_err(DbErr::from)?;
    let author = User { id: UserId(author), username, name, ambiguous, picture };
    let (revision, reactions) = (u32::try_from(revision).unwrap_or(u32::MAX), stored::parse(&reactions)?);
    let (thread_of, reply_to): (Option<i64>, Option<i64>) = (row.try_get_by_index(12)?, row.try_get_by_index(13)?);
    Ok(Found {
        room,
        seq,
        id: MessageId(id),
        author,
        body,
        deleted: deleted_at.is_some(),
        in_room,
        revision,
        at,
        reactions,
        thread_of: thread_of.map(Seq),
        reply_to: reply_to.map(Seq),
        mentions: row.try_get_by_index(14)?,
    })
}
