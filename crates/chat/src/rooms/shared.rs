//! Rooms that two people are in, and rooms that somebody was told of.

use std::collections::BTreeSet;

use protocol::{Room, RoomId, UserId, limits};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::{
    load::{UNCOUNTED, found, select},
    order,
};
use crate::{
    Chat, Result,
    db::{Sql, entity::room::Visibility},
    policy::{Action, Actor},
};

/// The rooms of an account, by name, in which somebody else is too. Their conversations are no rooms in this sense.
pub(crate) async fn shared(chat: &Chat, user: UserId, other: UserId) -> Result<Vec<Room>> {
    let (db, actor) = (chat.db().read(), Actor::User(user));
    let sql: Sql = select(db.get_database_backend(), actor, |sql| sql.text(UNCOUNTED))
        .text(" WHERE mine.role IS NOT NULL AND r.visibility <> ")
        .value(Visibility::Direct)
        .text(" AND EXISTS (SELECT 1 FROM memberships o WHERE o.room_id = r.id AND o.user_id = ")
        .value(other.0)
        .text(") ORDER BY lower(r.name), r.id")
        .limit(limits::ROOMS_LISTED as u64);
    let mut rooms = findable(&db.query_all_raw(sql.done()).await?, actor)?;
    rooms.sort_by_cached_key(|room| order::key(&room.name));
    Ok(rooms)
}

/// Those of these rooms that an actor may know of.
///
/// # Errors
/// `unavailable`.
pub async fn known(chat: &Chat, actor: Actor, rooms: impl IntoIterator<Item = RoomId>) -> Result<Vec<Room>> {
    let db = chat.db().read();
    let rooms: BTreeSet<RoomId> = rooms.into_iter().collect();
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let sql = select(db.get_database_backend(), actor, |sql| sql.text(UNCOUNTED)).text(" WHERE r.id IN ");
    let sql = sql.list(rooms.into_iter().map(|room| room.0.into()));
    findable(&db.query_all_raw(sql.done()).await?, actor)
}

/// Those of some rooms that this actor may read.
pub(crate) async fn readable(
    db: &impl ConnectionTrait,
    actor: Actor,
    rooms: impl IntoIterator<Item = RoomId>,
) -> Result<Vec<Room>> {
    let sql =
        select(db.get_database_backend(), actor, |sql| sql.text(UNCOUNTED)).text(" WHERE r.deleted_at IS NULL AND r.id IN ");
    let sql = sql.list(rooms.into_iter().map(|room| room.0.into()));
    let rows = db.query_all_raw(sql.done()).await?;
    let found = rows.iter().map(|row| found(row, actor)).collect::<std::result::Result<Vec<_>, DbErr>>()?;
    Ok(found.into_iter().filter(|(found, _)| found.access.may(Action::Read)).map(|(found, _)| found.room).collect())
}

fn findable(rows: &[QueryResult], actor: Actor) -> Result<Vec<Room>> {
    let mut rooms = Vec::with_capacity(rows.len());
    for row in rows {
        let (found, _) = found(row, actor)?;
        if found.access.standing().is_ok() {
            rooms.push(found.room);
        }
    }
    Ok(rooms)
}
