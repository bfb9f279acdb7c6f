//! The rooms beside a page: an account's own, for guests the public ones. Bounded, whatever the house has; without those that are archived.

use protocol::{Room, RoomRef, Standing, limits};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::{
    arrange,
    load::{Found, MEMBERS, UNCOUNTED, found, is, select},
    order,
};
use crate::{
    Chat, Result,
    db::{Sql, entity::room::Visibility},
    policy::Actor,
};

/// The room that was asked for beside the list, with its number of members.
pub(crate) type Asked = (Found, u64);

/// The rooms that an account is in, by name or as it has them arranged, or those that guests may read: [`limits::ROOMS_LISTED`] at most.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<Room>> {
    let db = chat.db().read();
    let (mut rooms, _) = listed_of(&db.query_all_raw(select_listed(db.get_database_backend(), actor, None)).await?, actor, None)?;
    arrange::sort(db, &arrange::arrangement(chat, actor).await?, &mut rooms).await?;
    Ok(rooms)
}

/// Asks for them, and for one room beside them with its number of members.
pub(super) fn select_listed(backend: DbBackend, actor: Actor, room: Option<&RoomRef>) -> Statement {
    let Some(room) = room else {
        let sql = select(backend, actor, |sql| sql.text(UNCOUNTED)).text(" WHERE r.id IN (");
        return listed(sql, actor).text(")").done();
    };
    let members = |sql: Sql| is(sql.text("CASE WHEN "), room).text(" THEN ").text(MEMBERS).text(" ELSE 0 END");
    let sql = select(backend, actor, members).text(" WHERE r.id IN (");
    is(listed(sql, actor).text(" UNION SELECT r.id FROM rooms r WHERE "), room).text(")").done()
}

/// What came of that: the list, by name, and the room, if the actor may know of it.
pub(super) fn listed_of(rows: &[QueryResult], actor: Actor, room: Option<&RoomRef>) -> Result<(Vec<Room>, Option<Asked>)> {
    let (mut list, mut asked) = (Vec::new(), None);
    for row in rows {
        let (found, members) = found(row, actor)?;
        if is_listed(&found, actor) {
            list.push(found.room.clone());
        }
        let is_asked = match room {
            Some(RoomRef::Id(id)) => found.room.id == *id,
            Some(RoomRef::Slug(slug)) => found.room.slug == *slug,
            None => false,
        };
        if is_asked && found.access.standing().is_ok() {
            asked = Some((found, members));
        }
    }
    // As people sort.
    list.sort_by_cached_key(|room: &Room| order::key(&room.name));
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
