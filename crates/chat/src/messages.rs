//! Messages: sending them, the one door for every writer, and reading history.

use std::time::Duration;

use protocol::{Body, ClientId, Message, MessageId, RoomId, RoomPage, RoomRef, Seq, User, Window, limits};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use tokio::{sync::oneshot, time::timeout};

use crate::{
    Actor, Chat, Error, Result,
    db::entity::{message, user},
    rooms,
    writer::{Command, Send},
};

/// A send that has no result by then has failed, and may be retried with the same client id (G7).
const PATIENCE: Duration = Duration::from_secs(5);

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where to.
    pub room: RoomRef,
    /// The client's own id of it (G2).
    pub client_id: ClientId,
    /// Markdown source.
    pub body: String,
}

/// A message that is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where to.
    pub room: RoomId,
    /// The room's slug.
    pub slug: String,
    /// The message.
    pub message: MessageId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// When it was taken, in unix milliseconds.
    pub at: i64,
}

/// Hands a message to the writer at once, so that the order of the calls is the order of the commits; what it returns waits for the
/// commit.
///
/// # Errors
/// `invalid`, `not_authenticated`, `not_found`, `not_a_member`, `conflict` (the client id was used for something else), and
/// `unavailable` after 5 s at most: then the same send may be repeated, and gives the first result if there was one (G2).
pub fn submit(chat: &Chat, actor: Actor, message: Outgoing) -> impl Future<Output = Result<Sent>> + std::marker::Send + use<> {
    let queued = enqueue(chat, actor, message);
    async move {
        let sent = async {
            let reply = timeout(PATIENCE, queued?).await.map_err(Error::unavailable)?;
            reply.map_err(Error::unavailable)?
        }
        .await;
        let result = if sent.is_ok() { "ok" } else { "error" };
        metrics::counter!("snug_sends_total", "result" => result).increment(1);
        sent
    }
}

/// Sends a message and waits until it is committed.
///
/// # Errors
/// As [`submit`].
pub async fn send(chat: &Chat, actor: Actor, message: Outgoing) -> Result<Sent> {
    submit(chat, actor, message).await
}

fn enqueue(chat: &Chat, actor: Actor, message: Outgoing) -> Result<oneshot::Receiver<Result<Sent>>> {
    let author = actor.user()?;
    let body = Body::parse(&message.body)?;
    let (reply, result) = oneshot::channel();
    chat.writer().queue(Command::Send(Send { author, room: message.room, client_id: message.client_id, body, reply }))?;
    Ok(result)
}

/// A stretch of a room's history, with all that a page needs to show it and go on live from there.
///
/// An account that may join but has not gets an `open` room without its messages.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `unavailable`.
pub async fn page(chat: &Chat, actor: Actor, room: &RoomRef, window: Window) -> Result<RoomPage> {
    // The head is read before the messages: what is committed in between is in both, and a client drops doubles. The other way
    // round it would be in neither.
    let found = rooms::load(chat, actor, room).await?;
    let standing = found.access.standing()?;
    let stretch = if found.access.may_read() { read(chat, found.id, window).await? } else { Stretch::default() };
    Ok(RoomPage {
        room: found.room,
        standing,
        members: found.members,
        head: found.head,
        messages: stretch.messages,
        has_older: stretch.has_older,
        has_newer: stretch.has_newer,
    })
}

/// Messages without a hole between them, and whether there are more on either side.
#[derive(Default)]
struct Stretch {
    messages: Vec<Message>,
    has_older: bool,
    has_newer: bool,
}

async fn read(chat: &Chat, room: RoomId, window: Window) -> Result<Stretch> {
    match window {
        Window::Latest => before(chat, room, Seq(i64::MAX), limits::PAGE).await,
        Window::Before(seq) => {
            let stretch = before(chat, room, seq, limits::PAGE).await?;
            let has_newer = any(chat, room, message::Column::Seq.gte(seq.0)).await?;
            Ok(Stretch { has_newer, ..stretch })
        }
        Window::After(seq) => {
            let stretch = after(chat, room, seq, limits::PAGE).await?;
            let has_older = any(chat, room, message::Column::Seq.lte(seq.0)).await?;
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

/// The last `count` messages before a place.
async fn before(chat: &Chat, room: RoomId, seq: Seq, count: u64) -> Result<Stretch> {
    let newest_first = of(room).filter(message::Column::Seq.lt(seq.0)).order_by_desc(message::Column::Seq);
    let (mut messages, has_older) = fetch(chat, newest_first, count).await?;
    messages.reverse();
    Ok(Stretch { messages, has_older, has_newer: false })
}

/// The first `count` messages after a place.
async fn after(chat: &Chat, room: RoomId, seq: Seq, count: u64) -> Result<Stretch> {
    let oldest_first = of(room).filter(message::Column::Seq.gt(seq.0)).order_by_asc(message::Column::Seq);
    let (messages, has_newer) = fetch(chat, oldest_first, count).await?;
    Ok(Stretch { messages, has_older: false, has_newer })
}

/// One more than asked for is read, to see whether there is more.
async fn fetch(chat: &Chat, select: Select<message::Entity>, count: u64) -> Result<(Vec<Message>, bool)> {
    let rows = select.find_also_related(user::Entity).limit(count + 1).all(chat.db().read()).await?;
    let more = rows.len() as u64 > count;
    let kept = rows.into_iter().take(usize::try_from(count).unwrap_or(usize::MAX));
    Ok((kept.filter_map(|(message, author)| Some(view(message, author?.into()))).collect(), more))
}

async fn any(chat: &Chat, room: RoomId, condition: impl sea_orm::sea_query::IntoCondition) -> Result<bool> {
    Ok(of(room).filter(condition).limit(1).count(chat.db().read()).await? > 0)
}

fn of(room: RoomId) -> Select<message::Entity> {
    message::Entity::find().filter(message::Column::RoomId.eq(room.0))
}

fn view(row: message::Model, author: User) -> Message {
    Message {
        id: MessageId(row.id),
        seq: Seq(row.seq),
        author,
        client_id: ClientId(row.client_id),
        body: row.body,
        at: row.created_at,
    }
}
