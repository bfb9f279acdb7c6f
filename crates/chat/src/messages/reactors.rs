//! Who reacted to a message.

use protocol::{ErrorCode, Reaction, RoomId, RoomRef, Seq, User, UserId};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::{delete::Asked, find::find};
use crate::{
    Chat, Result,
    db::{Sql, users},
    emoji,
    policy::{Action, Actor},
    rooms,
};

/// People that are named where one points at a reaction.
const NAMED: u64 = 10;
/// People in one page of them.
const PAGE: u64 = 50;
/// Pages that are counted; nobody turns so many.
const PAGES_MAX: u64 = 10_000;

/// Who reacted to a message with one emoji.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reactors {
    /// In the order in which they did.
    pub people: Vec<User>,
    /// How many there are besides.
    pub more: u64,
}

/// The reactions to a message, and who is behind one of them.
#[derive(Clone, Debug)]
pub struct ReactorsPage {
    /// The message.
    pub asked: Asked,
    /// All that it carries.
    pub reactions: Vec<Reaction>,
    /// Those of whoever asks.
    pub own: Vec<String>,
    /// Whether they may react.
    pub may_react: bool,
    /// The emoji whose people these are: the one that was asked for, else the first.
    pub emoji: Option<String>,
    /// A page of them, in the order in which they did.
    pub people: Vec<User>,
    /// The page, from 1 on.
    pub page: u64,
    /// Whether there are more.
    pub has_more: bool,
}

/// The first who reacted to a message with this emoji, for accounts that may see who is in the room.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_a_member`, `not_authenticated`, `unavailable`.
pub async fn who_reacted(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, emoji: &str) -> Result<Reactors> {
    let db = chat.db().read();
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Members)?;
    let message = find(db, found.room.id, seq).await?;
    let emoji = emoji::parse(emoji).ok_or(ErrorCode::NotFound)?;
    let Some(reaction) = message.reactions.iter().find(|reaction| reaction.emoji == emoji) else {
        return Ok(Reactors::default());
    };
    let people = people(db, (found.room.id, seq), &emoji, 0, NAMED).await?;
    Ok(Reactors { more: reaction.count.saturating_sub(people.len() as u64), people })
}

/// The reactions to a message and a page of those who reacted with one of them.
///
/// # Errors
/// As [`who_reacted`].
pub async fn reactors(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, emoji: &str, page: u64) -> Result<ReactorsPage> {
    let (db, reader) = (chat.db().read(), actor.user()?);
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Members)?;
    let message = find(db, found.room.id, seq).await?;
    if message.deleted {
        return Err(ErrorCode::NotFound.into());
    }
    let place = (found.room.id, seq);
    let reactions = message.reactions;
    let chosen = reactions.iter().find(|reaction| reaction.emoji == emoji).or(reactions.first());
    let chosen = chosen.map(|reaction| reaction.emoji.clone());
    let page = page.clamp(1, PAGES_MAX);
    let mut shown = match &chosen {
        Some(emoji) => people(db, place, emoji, (page - 1) * PAGE, PAGE + 1).await?,
        None => Vec::new(),
    };
    let has_more = shown.len() as u64 > PAGE;
    shown.truncate(PAGE as usize);
    Ok(ReactorsPage {
        own: own(db, place, reader).await?,
        may_react: found.access.may(Action::React),
        asked: Asked { room: found.room, seq, author: message.author, body: message.body, revision: message.revision },
        reactions,
        emoji: chosen,
        people: shown,
        page,
        has_more,
    })
}

async fn people(db: &impl ConnectionTrait, (room, seq): (RoomId, Seq), emoji: &str, after: u64, most: u64) -> Result<Vec<User>> {
    let select = select_people(db.get_database_backend(), (room, seq), emoji, after, most);
    let rows = db.query_all_raw(select).await?;
    Ok(rows.iter().map(|row| users::of_row(row, 0)).collect::<std::result::Result<_, DbErr>>()?)
}

/// People in the order in which they reacted with an emoji.
pub(super) fn select_people(backend: DbBackend, (room, seq): (RoomId, Seq), emoji: &str, after: u64, most: u64) -> Statement {
    Sql::new(
        backend,
        "SELECT u.id, u.username, u.name, u.ambiguous, u.picture, u.bot FROM reactions r JOIN users u ON u.id = r.user_id WHERE r.room_id = ",
    )
    .value(room.0)
    .text(" AND r.seq = ")
    .value(seq.0)
    .text(" AND r.emoji = ")
    .value(emoji)
    .text(" ORDER BY r.at, r.user_id")
    .limit(most)
    .text(&format!(" OFFSET {after}"))
    .done()
}

/// What somebody reacted with.
async fn own(db: &impl ConnectionTrait, (room, seq): (RoomId, Seq), user: UserId) -> Result<Vec<String>> {
    let select = Sql::new(db.get_database_backend(), "SELECT emoji FROM reactions WHERE room_id = ")
        .value(room.0)
        .text(" AND seq = ")
        .value(seq.0)
        .text(" AND user_id = ")
        .value(user.0);
    let rows = db.query_all_raw(select.done()).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<std::result::Result<_, DbErr>>()?)
}
