//! The inbox: the messages that call somebody, by name, as answers or in threads that they follow.

use std::collections::{HashMap, hash_map::Entry};

use protocol::{Message, Room, RoomId, Seq};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, prelude::Uuid};

use crate::{
    Chat, Result,
    db::Sql,
    log::stored::{self, People, Stored},
    messages::Written,
    policy::{Action, Actor},
    rooms,
    sessions::Session,
};

/// Messages of a page.
const PAGE: usize = 30;

/// A message that calls somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where it stands.
    pub room: Room,
    /// It.
    pub message: Message,
    /// By what: `mention`, `reply`, `thread`.
    pub reason: String,
    /// When it called.
    pub at: i64,
    /// Whether the room was not read up to it.
    pub is_new: bool,
}

/// Messages that call somebody, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// Them, as far as they may be read.
    pub calls: Vec<Call>,
    /// When the last of them called and its place, where there are more.
    pub next: Option<(i64, Seq)>,
}

#[derive(FromQueryResult)]
struct Row {
    room_id: Uuid,
    reason: String,
    called_at: i64,
    last_read_seq: Option<i64>,
}

/// What calls somebody, the newest first; the next page begins before the last of one. What was deleted, and what stands in rooms that they may
/// not read any more, is not in it.
///
/// # Errors
/// `unavailable`.
pub async fn inbox(chat: &Chat, session: &Session, before: Option<(i64, Seq)>) -> Result<Inbox> {
    let (db, user) = (chat.db().read(), session.user.id);
    let select = Sql::new(db.get_database_backend(), "SELECT ")
        .text(stored::COLUMNS)
        .text(", m.created_at, u.id, u.username, u.name, u.ambiguous, u.picture, u.bot, i.room_id, i.reason, i.at AS called_at, mine.last_read_seq ")
        .text("FROM inbox i JOIN messages m ON m.room_id = i.room_id AND m.seq = i.seq JOIN users u ON u.id = m.author_id ")
        .text("LEFT JOIN memberships mine ON mine.room_id = i.room_id AND mine.user_id = i.user_id ")
        .text(stored::JOINS)
        .text("WHERE m.deleted_at IS NULL AND i.user_id = ")
        .value(user.0);
    let select = match before {
        Some((at, seq)) => {
            select.text(" AND (i.at < ").value(at).text(" OR (i.at = ").value(at).text(" AND i.seq < ").value(seq.0).text("))")
        }
        None => select,
    };
    let rows = db.query_all_raw(select.text(" ORDER BY i.at DESC, i.seq DESC").limit(PAGE as u64 + 1).done()).await?;
    let read = rows.iter().map(|row| {
        Ok((Row::from_query_result(row, "")?, Written::from_query_result(row, "")?, Stored::from_query_result(row, "")?))
    });
    let mut read = read.collect::<std::result::Result<Vec<_>, DbErr>>()?;
    let more = read.len() > PAGE;
    read.truncate(PAGE);
    let next = read.last().filter(|_| more).map(|(row, _, message)| (row.called_at, message.seq()));
    let people = People::of(db, read.iter().map(|(.., message)| message)).await?;
    let (mut calls, mut known) = (Vec::with_capacity(read.len()), HashMap::new());
    for (row, written, message) in read {
        let room = RoomId(row.room_id);
        if let Entry::Vacant(entry) = known.entry(room) {
            entry.insert(readable(chat, Some(session).into(), room).await?);
        }
        let Some(Some(room)) = known.get(&room) else { continue };
        let is_new = row.last_read_seq.is_some_and(|last| message.seq() > Seq(last));
        let (room, message) = (room.clone(), written.message(message, &people)?);
        calls.push(Call { room, message, reason: row.reason, at: row.called_at, is_new });
    }
    Ok(Inbox { calls, next })
}

/// The room, if this actor may read it.
async fn readable(chat: &Chat, actor: Actor, room: RoomId) -> Result<Option<Room>> {
    match rooms::load(chat.db().read(), actor, &room.into()).await {
        Ok(found) => Ok(found.access.may(Action::Read).then_some(found.room)),
        Err(error) if error.public().code == protocol::ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
