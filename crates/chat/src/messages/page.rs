//! Reading history.

use std::sync::Arc;

use protocol::{
    EpochId, ErrorCode, Message, Quote, Rights, RoomId, RoomPage, RoomRef, RoomUnread, Seq, User, UserId, Window, limits,
    markdown,
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement, TryGetableMany, prelude::Uuid};

use super::find::find;
use crate::{
    Chat, Result,
    db::Sql,
    log::stored::{self, People, Stored},
    marks,
    policy::{Action, Actor},
    recent::Stretch,
    rooms::{self, Beside},
    threads,
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
    let window = going_on(chat, actor, &found, window, None).await?;
    page_of(chat, actor, found, members, window).await
}

/// The same, with what stands beside it: what the page of a room begins with.
///
/// # Errors
/// As [`page`].
pub async fn page_and_beside(chat: &Chat, actor: Actor, room: &RoomRef, window: Window) -> Result<(RoomPage, Beside)> {
    let (beside, found) = rooms::beside_and_load(chat, actor, room).await?;
    let (found, members) = found.ok_or(ErrorCode::NotFound)?;
    let known = beside.unread.rooms.iter().find(|mark| mark.room == found.room.id);
    let window = going_on(chat, actor, &found, window, known).await?;
    let page = page_of(chat, actor, found, members, window).await?;
    Ok((page, beside))
}

/// The message at a place.
///
/// # Errors
/// As [`thread`].
pub async fn message(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<Arc<Message>> {
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(Action::Read)?;
    let (messages, _) = fetch(chat, (found.room.id, Part::All), (" AND m.seq = ", seq), "", 1).await?;
    Ok(messages.into_iter().next().ok_or(ErrorCode::NotFound)?)
}

/// A thread: the message under which it stands, and a stretch of what stands there.
///
/// # Errors
/// `not_found` also for what this actor may not know of, and for a message that stands in a thread itself; `not_a_member`, `unavailable`.
pub async fn thread(chat: &Chat, actor: Actor, room: &RoomRef, root: Seq, window: Window) -> Result<RoomPage> {
    let (found, members) = rooms::load_counted(chat.db().read(), actor, room).await?;
    thread_of(chat, actor, (found, members), root, window).await
}

/// The same, with what stands beside it.
///
/// # Errors
/// As [`thread`].
pub async fn thread_and_beside(
    chat: &Chat,
    actor: Actor,
    room: &RoomRef,
    root: Seq,
    window: Window,
) -> Result<(RoomPage, Beside)> {
    let (beside, found) = rooms::beside_and_load(chat, actor, room).await?;
    let page = thread_of(chat, actor, found.ok_or(ErrorCode::NotFound)?, root, window).await?;
    Ok((page, beside))
}

async fn thread_of(
    chat: &Chat,
    actor: Actor,
    (found, members): (rooms::Found, u64),
    root: Seq,
    window: Window,
) -> Result<RoomPage> {
    found.access.permit(Action::Read)?;
    let room = found.room.id;
    let (first, _) = fetch(chat, (room, Part::Root), (" AND m.seq = ", root), "", 1).await?;
    let first = first.into_iter().next().ok_or(ErrorCode::NotFound)?;
    let stretch = stretch(chat, (room, Part::Thread(root)), window).await?;
    let page = page_with(chat, actor, found, members, stretch, Some(first)).await?;
    Ok(RoomPage { following: threads::follows(chat.db().read(), actor, room, root).await?, ..page })
}

/// A message as another one would quote it.
///
/// # Errors
/// As [`thread`].
pub async fn quote(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<Box<Quote>> {
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(Action::Read)?;
    let message = find(chat.db().read(), found.room.id, seq).await?;
    let line = markdown::line(&message.body);
    Ok(Box::new(Quote { seq, author: message.author, line, deleted: message.deleted }))
}

/// Under which message the one at a place stands, if it stands there alone and not in the room: then that is where it is read.
///
/// # Errors
/// As [`thread`].
pub async fn stands_in(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<Option<Seq>> {
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(Action::Read)?;
    let message = find(chat.db().read(), found.room.id, seq).await?;
    Ok(message.thread_of.filter(|_| !message.in_room))
}

async fn page_of(chat: &Chat, actor: Actor, found: rooms::Found, members: u64, window: Window) -> Result<RoomPage> {
    found.access.standing()?;
    let stretch = if found.access.may(Action::Read) {
        read(chat, found.room.id, (found.epoch, found.head), window).await?
    } else {
        Stretch::default()
    };
    page_with(chat, actor, found, members, stretch, None).await
}

async fn page_with(
    chat: &Chat,
    actor: Actor,
    found: rooms::Found,
    members: u64,
    stretch: Stretch,
    root: Option<Arc<Message>>,
) -> Result<RoomPage> {
    let (reacted, bookmarked) = own(chat, actor, found.room.id, root.iter().chain(&stretch.messages)).await?;
    Ok(RoomPage {
        room: found.room,
        standing: found.access.standing()?,
        rights: Rights {
            edit_minutes: chat.settings().edit_minutes,
            ..found.access.small(members <= limits::CALLED_FREELY_MAX).rights()
        },
        members,
        head: found.head,
        epoch: found.epoch,
        messages: stretch.messages,
        root,
        following: false,
        reacted,
        pinned: stretch.pinned,
        bookmarked,
        has_older: stretch.has_older,
        has_newer: stretch.has_newer,
    })
}

/// Where somebody goes on who has read a room up to some place, which may be known already: at its end, unless more is new than a page has.
async fn going_on(chat: &Chat, actor: Actor, found: &rooms::Found, window: Window, known: Option<&RoomUnread>) -> Result<Window> {
    let user = match actor {
        Actor::User(user) if window == Window::Unread => user,
        _ => return Ok(window),
    };
    // What is told beside the room's messages takes places, too.
    if !found.access.is_member() || found.head.0 <= limits::PAGE.cast_signed() {
        return Ok(Window::Latest);
    }
    let mark = match known {
        Some(known) => Some(known.clone()),
        None => marks::of_room(chat.db().read(), user, found.room.id).await?,
    };
    let far = mark.filter(|mark| mark.unread > 0 && mark.head.0 - mark.last_read.0 > limits::PAGE.cast_signed() - CONTEXT);
    Ok(far.map_or(Window::Latest, |mark| Window::Around(mark.last_read)))
}

/// What somebody reacted with to these messages, which stand in the order of their places, and which of them they keep. The list of places
/// lets both be found by keys alone: how many others reacted does not matter.
async fn own<'a>(
    chat: &Chat,
    actor: Actor,
    room: RoomId,
    messages: impl Iterator<Item = &'a Arc<Message>> + Clone,
) -> Result<(Vec<(Seq, String)>, Vec<Seq>)> {
    let ends = messages.clone().next().zip(messages.clone().last());
    let (Actor::User(user), Some((first, last))) = (actor, ends) else { return Ok(Default::default()) };
    let db = chat.db().read();
    let with_reactions = messages.filter(|message| !message.reactions.is_empty()).map(|message| message.seq);
    let select = select_own(db.get_database_backend(), (room, user), with_reactions, (first.seq, last.seq));
    let (mut reacted, mut bookmarked) = (Vec::new(), Vec::new());
    for row in db.query_all_raw(select).await? {
        let (seq, emoji) = <(i64, Option<String>)>::try_get_many_by_index(&row).map_err(DbErr::from)?;
        match emoji {
            Some(emoji) => reacted.push((Seq(seq), emoji)),
            None => bookmarked.push(Seq(seq)),
        }
    }
    Ok((reacted, bookmarked))
}

fn select_own(
    backend: DbBackend,
    (room, user): (RoomId, UserId),
    with_reactions: impl Iterator<Item = Seq>,
    (first, last): (Seq, Seq),
) -> Statement {
    Sql::new(backend, "SELECT seq, emoji FROM reactions WHERE room_id = ")
        .value(room.0)
        .text(" AND user_id = ")
        .value(user.0)
        .text(" AND seq IN ")
        .list(with_reactions.map(|seq| seq.0.into()))
        .text(" UNION ALL SELECT seq, NULL FROM bookmarks WHERE user_id = ")
        .value(user.0)
        .text(" AND room_id = ")
        .value(room.0)
        .text(" AND seq >= ")
        .value(first.0)
        .text(" AND seq <= ")
        .value(last.0)
        .done()
}

/// What is pinned in a room.
async fn pinned(chat: &Chat, room: RoomId) -> Result<Vec<Seq>> {
    let db = chat.db().read();
    let select = Sql::new(db.get_database_backend(), "SELECT seq FROM pins WHERE room_id = ").value(room.0).text(" ORDER BY seq");
    let rows = db.query_all_raw(select.done()).await?;
    Ok(rows.iter().map(|row| Ok(Seq(row.try_get_by_index(0)?))).collect::<std::result::Result<_, DbErr>>()?)
}

/// Reads a stretch of a room that had this head before.
async fn read(chat: &Chat, room: RoomId, head: (EpochId, Seq), window: Window) -> Result<Stretch> {
    if matches!(window, Window::Latest | Window::Unread) {
        return latest(chat, room, head).await;
    }
    // What is pinned changes with the head only, so what is kept of the newest messages says it too.
    let pinned = match chat.recent().of(room, head) {
        Some(stretch) => stretch.pinned,
        None => pinned(chat, room).await?,
    };
    Ok(Stretch { pinned, ..stretch(chat, (room, Part::Room), window).await? })
}

/// Messages of a room that stand together.
#[derive(Clone, Copy)]
enum Part {
    /// There or in threads.
    All,
    /// In the room.
    Room,
    /// In no thread.
    Root,
    /// Under this message.
    Thread(Seq),
}

impl Part {
    fn narrow(self, sql: Sql) -> Sql {
        match self {
            Self::All => sql.text("TRUE"),
            Self::Room => sql.text("m.in_room"),
            Self::Root => sql.text("m.thread_of IS NULL"),
            Self::Thread(root) => sql.text("m.thread_of = ").value(root.0),
        }
    }
}

/// A stretch without what is pinned.
async fn stretch(chat: &Chat, part: (RoomId, Part), window: Window) -> Result<Stretch> {
    match window {
        Window::Latest | Window::Unread => before(chat, part, Seq(i64::MAX), limits::PAGE).await,
        Window::Before(seq) => {
            let stretch = before(chat, part, seq, limits::PAGE).await?;
            let has_newer = any(chat, part, " AND m.seq >= ", seq).await?;
            Ok(Stretch { has_newer, ..stretch })
        }
        Window::After(seq) => {
            let stretch = after(chat, part, seq, limits::PAGE).await?;
            let has_older = any(chat, part, " AND m.seq <= ", seq).await?;
            Ok(Stretch { has_older, ..stretch })
        }
        Window::Around(seq) => {
            let mut stretch = before(chat, part, seq, limits::PAGE / 2).await?;
            let newer = after(chat, part, Seq(seq.0.saturating_sub(1)), limits::PAGE / 2).await?;
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
    let newest = stretch(chat, (room, Part::Room), Window::Latest).await?;
    let newest = Stretch { pinned: pinned(chat, room).await?, ..newest };
    chat.recent().keep(room, head, &newest);
    Ok(newest)
}

/// The last `count` messages before a place.
async fn before(chat: &Chat, part: (RoomId, Part), seq: Seq, count: u64) -> Result<Stretch> {
    let (mut messages, has_older) = fetch(chat, part, (" AND m.seq < ", seq), " ORDER BY m.seq DESC", count).await?;
    messages.reverse();
    Ok(Stretch { messages, has_older, ..Stretch::default() })
}

/// The first `count` messages after a place.
async fn after(chat: &Chat, part: (RoomId, Part), seq: Seq, count: u64) -> Result<Stretch> {
    let (messages, has_newer) = fetch(chat, part, (" AND m.seq > ", seq), " ORDER BY m.seq", count).await?;
    Ok(Stretch { messages, has_newer, ..Stretch::default() })
}

/// One more than asked for is read, to see whether there is more. What is longer than a stretch may be counts as more.
async fn fetch(
    chat: &Chat,
    (room, part): (RoomId, Part),
    (side, seq): (&str, Seq),
    order: &str,
    count: u64,
) -> Result<(Vec<Arc<Message>>, bool)> {
    let db = chat.db().read();
    let start = Sql::new(db.get_database_backend(), "SELECT ")
        .text(stored::COLUMNS)
        .text(", m.created_at, u.id, u.username, u.name, u.ambiguous, u.picture, u.bot FROM messages m JOIN users u ON u.id = m.author_id ")
        .text(stored::JOINS)
        .text("WHERE ");
    let select = part.narrow(start).text(" AND m.room_id = ").value(room.0).text(side).value(seq.0).text(order).limit(count + 1);
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

/// Whether there is a message on this side of a place.
async fn any(chat: &Chat, (room, part): (RoomId, Part), side: &str, seq: Seq) -> Result<bool> {
    let db = chat.db().read();
    let select = part
        .narrow(Sql::new(db.get_database_backend(), "SELECT 1 FROM messages m WHERE "))
        .text(" AND m.room_id = ")
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
    bot: bool,
}

impl Written {
    pub(crate) fn message(self, message: Stored, people: &People) -> Result<Message> {
        let Self { created_at, id, username, name, ambiguous, picture, bot } = self;
        let author = User { id: UserId(id), username, name, ambiguous, picture, bot };
        let seq = message.seq();
        Ok(message.into_message(people)?.stored(seq, author, created_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{db::plan, messages::reactors::select_people};

    #[tokio::test]
    async fn ten_thousand_reactions_to_a_message_are_not_read_for_a_page_nor_for_a_name_list() {
        let (room, user) = (RoomId::generate(), UserId::generate());
        let own = select_own(DbBackend::Sqlite, (room, user), [Seq(2), Seq(3)].into_iter(), (Seq(1), Seq(9)));
        let own = plan(own).await;
        // By the place and the person, not by the place alone.
        assert!(own.contains("reactions USING") && own.contains("(room_id=? AND seq=? AND user_id=?"), "{own}");
        assert!(own.contains("(user_id=? AND room_id=? AND seq>? AND seq<?)"), "{own}");
        let people = plan(select_people(DbBackend::Sqlite, (room, Seq(2)), "👍", 0, 10)).await;
        assert!(people.contains("reactions_emoji (room_id=? AND seq=? AND emoji=?)"), "{people}");
        assert!(!people.contains("TEMP B-TREE"), "the first ten are found without sorting all: {people}");
    }
}
