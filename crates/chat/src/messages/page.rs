//! Reading history.

use std::sync::Arc;

use protocol::{EpochId, ErrorCode, Message, Rights, Room, RoomId, RoomPage, RoomRef, Seq, User, UserId, Window, limits};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, TryGetableMany, prelude::Uuid};

use crate::{
    Chat, Result,
    db::Sql,
    log::stored::{self, People, Stored},
    marks,
    policy::{Action, Actor},
    recent::Stretch,
    rooms,
};

/// Messages before the first new one that are shown with it.
const CONTEXT: i64 = 10;
/// Bytes of text in a stretch, unless one message alone has more: a page that holds the longest messages would be some megabytes, and
/// whoever does not read it makes the server keep them.
const STRETCH_MAX_BYTES: usize = 128 * 1024;

/// A stretch of a room's history, with all that a page needs to show it and go on live from there.
///
/// An account that may join but has not gets an `open` room without its messages.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `unavailable`.
pub async fn page(chat: &Chat, actor: Actor, room: &RoomRef, window: Window) -> Result<RoomPage> {
    // The head is read before the messages: what is committed in between is in both, and a client drops doubles. The other way
    // round it would be in neither.
    let (found, members) = rooms::load_counted(chat.db().read(), actor, room).await?;
    page_of(chat, actor, found, members, window).await
}

/// The same, with the list of rooms beside it: what the page of a room begins with.
///
/// # Errors
/// As [`page`].
pub async fn page_and_rooms(chat: &Chat, actor: Actor, room: &RoomRef, window: Window) -> Result<(RoomPage, Vec<Room>)> {
    let (rooms, found) = rooms::list_and_load(chat, actor, room).await?;
    let (found, members) = found.ok_or(ErrorCode::NotFound)?;
    let page = page_of(chat, actor, found, members, window).await?;
    Ok((page, rooms))
}

async fn page_of(chat: &Chat, actor: Actor, found: rooms::Found, members: u64, window: Window) -> Result<RoomPage> {
    let standing = found.access.standing()?;
    let window = if window == Window::Unread { unread(chat, actor, &found).await? } else { window };
    let stretch = if found.access.may(Action::Read) {
        read(chat, found.room.id, (found.epoch, found.head), window).await?
    } else {
        Stretch::default()
    };
    let reacted = reacted(chat, actor, found.room.id, &stretch).await?;
    Ok(RoomPage {
        room: found.room,
        standing,
        rights: Rights { edit_minutes: chat.settings().edit_minutes, ..found.access.rights() },
        members,
        head: found.head,
        epoch: found.epoch,
        messages: stretch.messages,
        reacted,
        has_older: stretch.has_older,
        has_newer: stretch.has_newer,
    })
}

/// Where somebody goes on who has read a room up to some place: at its end, unless more is new than a page has.
async fn unread(chat: &Chat, actor: Actor, found: &rooms::Found) -> Result<Window> {
    let Actor::User(user) = actor else { return Ok(Window::Latest) };
    // What is told beside the room's messages takes places, too.
    if !found.access.is_member() || found.head.0 <= limits::PAGE.cast_signed() {
        return Ok(Window::Latest);
    }
    let mark = marks::of_room(chat.db().read(), user, found.room.id).await?;
    let far = mark.filter(|mark| mark.unread > 0 && mark.head.0 - mark.last_read.0 > limits::PAGE.cast_signed() - CONTEXT);
    Ok(far.map_or(Window::Latest, |mark| Window::Around(mark.last_read)))
}

/// What somebody reacted with to these messages. Where nobody did, the database is not asked.
async fn reacted(chat: &Chat, actor: Actor, room: RoomId, stretch: &Stretch) -> Result<Vec<(Seq, String)>> {
    let seqs: Vec<_> =
        stretch.messages.iter().filter(|message| !message.reactions.is_empty()).map(|message| message.seq).collect();
    let (Actor::User(user), false) = (actor, seqs.is_empty()) else { return Ok(Vec::new()) };
    let db = chat.db().read();
    let select = Sql::new(db.get_database_backend(), "SELECT seq, emoji FROM reactions WHERE room_id = ")
        .value(room.0)
        .text(" AND user_id = ")
        .value(user.0)
        .text(" AND seq IN ")
        .list(seqs.into_iter().map(|seq| seq.0.into()));
    let rows = db.query_all_raw(select.done()).await?;
    let reacted = rows.iter().map(|row| <(i64, String)>::try_get_many_by_index(row).map(|(seq, emoji)| (Seq(seq), emoji)));
    Ok(reacted.collect::<std::result::Result<Vec<_>, _>>().map_err(DbErr::from)?)
}

/// Reads a stretch of a room that had this head before.
async fn read(chat: &Chat, room: RoomId, head: (EpochId, Seq), window: Window) -> Result<Stretch> {
    match window {
        Window::Latest | Window::Unread => latest(chat, room, head).await,
        Window::Before(seq) => {
            let stretch = before(chat, room, seq, limits::PAGE).await?;
            let has_newer = any(chat, room, " AND seq >= ", seq).await?;
            Ok(Stretch { has_newer, ..stretch })
        }
        Window::After(seq) => {
            let stretch = after(chat, room, seq, limits::PAGE).await?;
            let has_older = any(chat, room, " AND seq <= ", seq).await?;
            Ok(Stretch { has_older, ..stretch })
        }
        Window::Around(seq) => {
            let mut stretch = before(chat, room, seq, limits::PAGE / 2).await?;
            let newer = after(chat, room, Seq(seq.0.saturating_sub(1)), limits::PAGE / 2).await?;
            stretch.messages.extend(newer.messages);
            Ok(Stretch { has_newer: newer.has_newer, ..stretch })
        }
    }
}

/// The newest messages: what most pages show.
async fn latest(chat: &Chat, room: RoomId, head: (EpochId, Seq)) -> Result<Stretch> {
    if let Some(stretch) = chat.recent().of(room, head) {
        return Ok(stretch);
    }
    let stretch = before(chat, room, Seq(i64::MAX), limits::PAGE).await?;
    chat.recent().keep(room, head, &stretch);
    Ok(stretch)
}

/// The last `count` messages before a place.
async fn before(chat: &Chat, room: RoomId, seq: Seq, count: u64) -> Result<Stretch> {
    let (mut messages, has_older) = fetch(chat, room, (" AND m.seq < ", seq), " ORDER BY m.seq DESC", count).await?;
    messages.reverse();
    Ok(Stretch { messages, has_older, has_newer: false })
}

/// The first `count` messages after a place.
async fn after(chat: &Chat, room: RoomId, seq: Seq, count: u64) -> Result<Stretch> {
    let (messages, has_newer) = fetch(chat, room, (" AND m.seq > ", seq), " ORDER BY m.seq", count).await?;
    Ok(Stretch { messages, has_older: false, has_newer })
}

/// One more than asked for is read, to see whether there is more. What is longer than a stretch may be counts as more.
async fn fetch(
    chat: &Chat,
    room: RoomId,
    (side, seq): (&str, Seq),
    order: &str,
    count: u64,
) -> Result<(Vec<Arc<Message>>, bool)> {
    let db = chat.db().read();
    let select = Sql::new(db.get_database_backend(), "SELECT ")
        .text(stored::COLUMNS)
        .text(", m.created_at, u.id, u.username, u.name, u.ambiguous, u.picture FROM messages m JOIN users u ON u.id = m.author_id ")
        .text(stored::JOINS)
        .text("WHERE m.in_room AND m.room_id = ")
        .value(room.0)
        .text(side)
        .value(seq.0)
        .text(order)
        .limit(count + 1);
    let rows = db.query_all_raw(select.done()).await?;
    let read = rows.iter().map(|row| Ok((Written::from_query_result(row, "")?, Stored::from_query_result(row, "")?)));
    let read = read.collect::<std::result::Result<Vec<_>, DbErr>>()?;
    let people = People::of(db, read.iter().map(|(_, message)| message)).await?;
    let messages = read.into_iter().map(|(written, message)| Ok(Arc::new(written.message(message, &people)?)));
    let mut messages = messages.collect::<Result<Vec<_>>>()?;
    let found = messages.len();
    messages.truncate(fitting(&messages).min(usize::try_from(count).unwrap_or(usize::MAX)));
    let more = messages.len() < found;
    Ok((messages, more))
}

/// How many of these messages a stretch may have: at least one.
fn fitting(messages: &[Arc<Message>]) -> usize {
    let mut bytes = 0;
    let too_many = messages.iter().position(|message| {
        bytes += message.body.len();
        bytes > STRETCH_MAX_BYTES
    });
    too_many.map_or(messages.len(), |count| count.max(1))
}

/// Whether a room has a message on this side of a place.
async fn any(chat: &Chat, room: RoomId, side: &str, seq: Seq) -> Result<bool> {
    let db = chat.db().read();
    let select = Sql::new(db.get_database_backend(), "SELECT 1 FROM messages WHERE in_room AND room_id = ")
        .value(room.0)
        .text(side)
        .value(seq.0);
    Ok(db.query_one_raw(select.text(" LIMIT 1").done()).await?.is_some())
}

/// Who wrote a message, and when.
#[derive(FromQueryResult)]
pub(crate) struct Written {
    created_at: i64,
    id: Uuid,
    username: String,
    name: String,
    ambiguous: bool,
    picture: Option<String>,
}

impl Written {
    pub(crate) fn message(self, message: Stored, people: &People) -> Result<Message> {
        let Self { created_at, id, username, name, ambiguous, picture } = self;
        let author = User { id: UserId(id), username, name, ambiguous, picture };
        let seq = message.seq();
        Ok(message.into_message(people)?.stored(seq, author, created_at))
    }
}
