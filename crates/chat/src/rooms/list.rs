//! The rooms beside a page: an account's own, for guests the public ones. Bounded, whatever the house has; without those that are archived.

use protocol::{Room, RoomRef, Standing, limits};
use sea_orm::ConnectionTrait;

use super::{
    arrange,
    load::{Found, MEMBERS, UNCOUNTED, found, is, select},
};
use crate::{
    Chat, Result,
    db::{Sql, entity::room::Visibility},
    policy::Actor,
};

/// The rooms that an account is in, by name or as it has them arranged, or those that guests may read: [`limits::ROOMS_LISTED`] at most.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<Room>> {
    let db = chat.db().read();
    let sql = select(db.get_database_backend(), actor, |sql| sql.text(UNCOUNTED)).text(" WHERE r.id IN (");
    let rows = db.query_all_raw(listed(sql, actor).text(")").done()).await?;
    let found = rows.iter().map(|row| Ok(found(row, actor)?.0)).collect::<Result<Vec<_>>>()?;
    let mut rooms: Vec<_> = found.into_iter().filter(|found| is_listed(found, actor)).map(|found| found.room).collect();
    arrange::sort(db, actor, &mut rooms).await?;
    Ok(rooms)
}

/// The same, and beside it one room as the actor sees it, with its number of members: one question for a page of a room and the list.
pub(crate) async fn list_and_load(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<(Vec<Room>, Option<(Found, u64)>)> {
    let db = chat.db().read();
    let members = |sql: Sql| is(sql.text("CASE WHEN "), room).text(" THEN ").text(MEMBERS).text(" ELSE 0 END");
    let sql = select(db.get_database_backend(), actor, members).text(" WHERE r.id IN (");
    let sql = listed(sql, actor).text(" UNION SELECT r.id FROM rooms r WHERE ");
    let (mut list, mut asked) = (Vec::new(), None);
    for row in &db.query_all_raw(is(sql, room).text(")").done()).await? {
        let (found, members) = found(row, actor)?;
        if is_listed(&found, actor) {
            list.push(found.room.clone());
        }
        let is_asked = match room {
            RoomRef::Id(id) => found.room.id == *id,
            RoomRef::Slug(slug) => found.room.slug == *slug,
        };
        if is_asked && found.access.standing().is_ok() {
            asked = Some((found, members));
        }
    }
    arrange::sort(db, actor, &mut list).await?;
    Ok((list, asked))
}

/// The ids of the rooms that an actor has in the list: of conversations those that were begun last.
fn listed(sql: Sql, actor: Actor) -> Sql {
    let sql = sql.text("SELECT id FROM (SELECT l.id FROM rooms l ");
    let sql = match actor {
        Actor::Guest => sql.text("WHERE l.visibility = ").value(Visibility::Public).text(" AND l.archived_at IS NULL"),
        Actor::User(user) => sql
            .text("JOIN memberships m ON m.room_id = l.id WHERE l.archived_at IS NULL AND l.deleted_at IS NULL AND l.visibility <> ")
            .value(Visibility::Direct)
            .text(" AND m.user_id = ")
            .value(user.0),
    };
    let sql = sql.text(" ORDER BY lower(l.name), l.id").limit(limits::ROOMS_LISTED as u64).text(") AS listed");
    let Actor::User(user) = actor else { return sql };
    sql.text(" UNION ALL SELECT id FROM (SELECT m.room_id AS id FROM memberships m JOIN rooms d ON d.id = m.room_id WHERE m.user_id = ")
        .value(user.0)
        .text(" AND m.hidden_at IS NULL AND d.visibility = ")
        .value(Visibility::Direct)
        .text(" ORDER BY m.room_id DESC")
        .limit(limits::CONVERSATIONS_LISTED as u64)
        .text(") AS conversations")
}

/// Whether a room belongs into the list. The one that was asked for came along; when it belongs there, one more than the limit is shown, and
/// a conversation that is hidden is shown while one is there.
fn is_listed(found: &Found, actor: Actor) -> bool {
    let wanted = if actor == Actor::Guest { Standing::Guest } else { Standing::Member };
    found.access.standing() == Ok(wanted) && !found.room.archived
}
