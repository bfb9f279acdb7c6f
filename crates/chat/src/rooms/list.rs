//! The rooms that an actor may find.

use protocol::{RoomRef, RoomSummary};
use sea_orm::ConnectionTrait;

use super::{
    load::{self, Found, found, select},
    order,
};
use crate::{Chat, Result, policy::Actor};

/// The rooms that an actor may find: those joined first, then by name.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<RoomSummary>> {
    Ok(summaries(&findable(chat, actor).await?))
}

/// The rooms that an actor may find, and among them one as the actor sees it: one question for a page of a room and the list beside it.
pub(crate) async fn list_and_load(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<(Vec<RoomSummary>, Option<Found>)> {
    let rooms = findable(chat, actor).await?;
    let list = summaries(&rooms);
    let found = rooms.into_iter().find(|found| match room {
        RoomRef::Id(id) => found.room.id == *id,
        RoomRef::Slug(slug) => found.room.slug == *slug,
    });
    Ok((list, found))
}

fn summaries(rooms: &[Found]) -> Vec<RoomSummary> {
    let summary = |found: &Found| {
        let standing = found.access.standing().ok()?;
        Some(RoomSummary { room: found.room.clone(), head: found.head, members: found.members, standing })
    };
    rooms.iter().filter_map(summary).collect()
}

async fn findable(chat: &Chat, actor: Actor) -> Result<Vec<Found>> {
    let db = chat.db().read();
    let select = load::findable(select(db.get_database_backend(), actor), actor);
    let rows = db.query_all_raw(select.done()).await?;
    let mut rooms = rows.iter().map(|row| found(row, actor)).collect::<std::result::Result<Vec<_>, _>>()?;
    rooms.retain(|found| found.access.standing().is_ok());
    rooms.sort_by_cached_key(|found| (!found.access.is_member(), order::key(&found.room.name)));
    Ok(rooms)
}
