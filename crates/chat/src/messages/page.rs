//! Reading history.

use protocol::{ClientId, Message, MessageId, RoomId, RoomPage, RoomRef, Seq, User, Window, limits};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::{
    Chat, Result,
    db::entity::{message, user},
    policy::Actor,
    rooms,
};

/// A stretch of a room's history, with all that a page needs to show it and go on live from there.
///
/// An account that may join but has not gets an `open` room without its messages.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `unavailable`.
pub async fn page(chat: &Chat, actor: Actor, room: &RoomRef, window: Window) -> Result<RoomPage> {
    // The head is read before the messages: what is committed in between is in both, and a client drops doubles. The other way
    // round it would be in neither.
    let found = rooms::load(chat.db().read(), actor, room).await?;
    let standing = found.access.standing()?;
    let stretch = if found.access.may_read() { read(chat, found.room.id, window).await? } else { Stretch::default() };
    Ok(RoomPage {
        room: found.room,
        standing,
        may_edit: found.access.edit_room().is_ok(),
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
