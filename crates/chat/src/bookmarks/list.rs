//! The bookmarks of an account.

use protocol::{MessageId, Room, RoomId, Seq, User, UserId};
use sea_orm::{ConnectionTrait, DbErr, TryGetableMany, prelude::Uuid};

use crate::{
    Chat, Result,
    db::{Sql, users},
    policy::Actor,
    rooms,
    sessions::Session,
};

/// Bookmarks in one page of them.
const PAGE: u64 = 50;
/// Pages that are counted; nobody turns so many.
const PAGES_MAX: u64 = 10_000;

/// A message that somebody keeps for themselves.
#[derive(Clone, Debug)]
pub struct Bookmark {
    /// The room that it stands in.
    pub room: Room,
    /// Its id.
    pub message: MessageId,
    /// Its place there.
    pub seq: Seq,
    /// Who wrote it.
    pub author: User,
    /// Markdown source.
    pub body: String,
    /// When it was written.
    pub written_at: i64,
}

/// A page of them.
#[derive(Clone, Debug)]
pub struct Bookmarks {
    /// What was bookmarked last comes first.
    pub bookmarks: Vec<Bookmark>,
    /// The page, from 1 on.
    pub page: u64,
    /// Whether there are more.
    pub has_more: bool,
}

/// The bookmarks of somebody, as far as they may read them now. What they may not read shows again when they may.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, session: &Session, page: u64) -> Result<Bookmarks> {
    let (db, user) = (chat.db().read(), session.user.id);
    let page = page.clamp(1, PAGES_MAX);
    let rooms = rooms(chat, user).await?;
    let columns = "SELECT b.room_id, m.id, m.seq, m.body, m.created_at, a.id, a.username, a.name, a.ambiguous, a.picture, a.bot FROM bookmarks b \
                   JOIN messages m ON m.room_id = b.room_id AND m.seq = b.seq AND m.deleted_at IS NULL \
                   JOIN users a ON a.id = m.author_id WHERE b.user_id = ";
    let select = Sql::new(db.get_database_backend(), columns)
        .value(user.0)
        .text(" AND b.room_id IN ")
        .list(rooms.iter().map(|room| room.id.0.into()))
        .text(" ORDER BY b.at DESC, b.room_id, b.seq DESC")
        .limit(PAGE + 1)
        .text(&format!(" OFFSET {}", (page - 1) * PAGE));
    let mut bookmarks = Vec::new();
    for row in db.query_all_raw(select.done()).await? {
        type Columns = (Uuid, Uuid, i64, String, i64);
        let (room, message, seq, body, written_at) = Columns::try_get_many_by_index(&row).map_err(DbErr::from)?;
        let author = users::of_row(&row, 5)?;
        let room = rooms.iter().find(|known| known.id.0 == room).cloned();
        bookmarks.extend(room.map(|room| Bookmark {
            room,
            message: MessageId(message),
            seq: Seq(seq),
            author,
            body,
            written_at,
        }));
    }
    let has_more = bookmarks.len() as u64 > PAGE;
    bookmarks.truncate(PAGE as usize);
    Ok(Bookmarks { bookmarks, page, has_more })
}

/// The rooms with bookmarks that somebody may read.
async fn rooms(chat: &Chat, user: UserId) -> Result<Vec<Room>> {
    let db = chat.db().read();
    let select = Sql::new(db.get_database_backend(), "SELECT DISTINCT room_id FROM bookmarks WHERE user_id = ").value(user.0);
    let ids = db.query_all_raw(select.done()).await?;
    let ids = ids.iter().map(|row| Ok(RoomId(row.try_get_by_index(0)?))).collect::<std::result::Result<Vec<_>, DbErr>>()?;
    rooms::readable(db, Actor::User(user), ids).await
}
