//! Rooms through the eyes of an actor.

use protocol::{EpochId, ErrorCode, Room, RoomId, RoomRef, Seq, Standing, UserId};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, TryGetableMany, prelude::Uuid};

use crate::{
    Chat, Result,
    db::{
        Sql,
        entity::{membership, room},
        epoch, now,
    },
    policy::{Access, Actor},
    settings,
};

/// A room as one actor sees it.
pub(crate) struct Found {
    pub(crate) room: Room,
    pub(crate) head: Seq,
    /// The epoch that the head is of.
    pub(crate) epoch: EpochId,
    pub(crate) access: Access,
}

/// The column of a room's number of members. It takes as long as there are members: it is for pages, not for the writer.
pub(super) const MEMBERS: &str = "(SELECT COUNT(*) FROM memberships WHERE room_id = r.id)";
/// The column where nobody asks for them.
pub(super) const UNCOUNTED: &str = "CAST(0 AS BIGINT)";

/// The room through the eyes of an actor: who may not know of it gets the `not_found` of a room that does not exist.
pub(crate) async fn load(db: &impl ConnectionTrait, actor: Actor, room: &RoomRef) -> Result<Found> {
    Ok(one(db, actor, room, UNCOUNTED).await?.0)
}

/// The room for somebody who holds an invite to it, whether or not they may know of it otherwise.
pub(crate) async fn load_invited(db: &impl ConnectionTrait, user: UserId, room: RoomId) -> Result<Found> {
    let select = select(db.get_database_backend(), Actor::User(user), |sql| sql.text(UNCOUNTED));
    let row = db.query_one_raw(is(select.text(" WHERE "), &room.into()).done()).await?.ok_or(ErrorCode::NotFound)?;
    let found = found(&row, Actor::User(user))?.0;
    Ok(Found { access: found.access.invited(), ..found })
}

/// The same, with the number of members: one statement, so that head and number are of one moment.
pub(crate) async fn load_counted(db: &impl ConnectionTrait, actor: Actor, room: &RoomRef) -> Result<(Found, u64)> {
    one(db, actor, room, MEMBERS).await
}

/// The room for whoever sees to all rooms of the house, with the number of members.
pub(super) async fn load_for_house(db: &impl ConnectionTrait, room: &RoomRef) -> Result<(Found, u64)> {
    let (found, members) = any(db, Actor::Guest, room, MEMBERS).await?;
    let access = Access::of_house(found.room.visibility).archived(found.room.archived);
    Ok((Found { access, ..found }, members))
}

/// Which room that is, whether or not anybody may know of it.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn locate(chat: &Chat, room: &RoomRef) -> Result<RoomId> {
    match room {
        RoomRef::Id(id) => Ok(*id),
        RoomRef::Slug(_) => Ok(any(chat.db().read(), Actor::Guest, room, UNCOUNTED).await?.0.room.id),
    }
}

/// A room, and where somebody stands there.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `unavailable`.
pub async fn seen(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<(Room, Standing)> {
    let found = load(chat.db().read(), actor, room).await?;
    let standing = found.access.standing()?;
    Ok((found.room, standing))
}

async fn one(db: &impl ConnectionTrait, actor: Actor, room: &RoomRef, members: &str) -> Result<(Found, u64)> {
    let (found, members) = any(db, actor, room, members).await?;
    found.access.standing()?;
    Ok((found, members))
}

/// The room, whether or not the actor may know of it.
async fn any(db: &impl ConnectionTrait, actor: Actor, room: &RoomRef, members: &str) -> Result<(Found, u64)> {
    let select = select(db.get_database_backend(), actor, |sql| sql.text(members));
    let select = select.text(" WHERE r.deleted_at IS NULL AND (");
    let select = match room {
        // Addresses that it had before lead to it.
        RoomRef::Slug(slug) => {
            is(select, room).text(" OR r.id = (SELECT room_id FROM room_addresses WHERE slug = ").value(slug.as_str()).text(")")
        }
        RoomRef::Id(_) => is(select, room),
    };
    let row = db.query_one_raw(select.text(")").done()).await?.ok_or(ErrorCode::NotFound)?;
    Ok(found(&row, actor)?)
}

/// The condition of a room's being the one that is named.
pub(super) fn is(sql: Sql, room: &RoomRef) -> Sql {
    match room {
        RoomRef::Id(id) => sql.text("r.id = ").value(id.0),
        RoomRef::Slug(slug) => sql.text("r.slug = ").value(slug.as_str()),
    }
}

/// Rooms, what the actor is there, and a number of members, as this column has it. What picks the rooms is to follow.
pub(super) fn select(backend: DbBackend, actor: Actor, members: impl FnOnce(Sql) -> Sql) -> Sql {
    let sql = Sql::new(backend, "SELECT r.id, r.slug, r.name, r.topic, ")
        .text(settings::VISIBILITY)
        .text(", r.archived_at, r.slow_seconds, r.last_seq, ")
        .text(epoch::SELECT)
        .text(", ");
    let Actor::User(user) = actor else {
        return members(sql.text("NULL, NULL, FALSE, NULL, FALSE, NULL, ")).text(" FROM rooms r");
    };
    let sql = sql
        .text("mine.role, mine.muted_until, ")
        .text("mine.role IS NULL AND EXISTS (SELECT 1 FROM room_bans b WHERE b.room_id = r.id AND b.user_id = ")
        .value(user.0)
        .text(" AND (b.until IS NULL OR b.until > ")
        .value(now())
        .text(")), ")
        // A conversation is called as the others are.
        .text("CASE r.visibility WHEN 'direct' THEN (SELECT string_agg(u.name || CASE WHEN u.ambiguous THEN ' (@' || u.username || ')' ")
        .text("ELSE '' END, ', ' ORDER BY lower(u.name), u.id) FROM memberships o JOIN users u ON u.id = o.user_id ")
        .text("WHERE o.room_id = r.id AND o.user_id <> ")
        .value(user.0)
        .text(") END, COALESCE(mine.starred_at IS NOT NULL, FALSE), ")
        // Of one between two, who the other one is.
        .text("CASE WHEN r.visibility = 'direct' AND mine.role IS NOT NULL THEN (SELECT o.user_id FROM memberships o WHERE o.room_id = r.id AND o.user_id <> ")
        .value(user.0)
        .text(" AND 2 = (SELECT COUNT(*) FROM memberships p WHERE p.room_id = r.id)) END, ");
    // Of a room that is deleted nobody is a member, though their rows go by and by.
    let joined = " FROM rooms r LEFT JOIN memberships mine ON mine.room_id = r.id AND r.deleted_at IS NULL AND mine.user_id = ";
    members(sql).text(joined).value(user.0)
}

/// Goes on with a first sieve: the rooms that an actor may find, and no conversations. What may be shown is decided by the policy.
pub(super) fn findable(sql: Sql, actor: Actor) -> Sql {
    let sql = sql
        .text("r.visibility <> ")
        .value(room::Visibility::Direct)
        .text(" AND (r.visibility = ")
        .value(room::Visibility::Public);
    let sql = match actor {
        Actor::Guest => sql,
        Actor::User(user) => sql
            .text(" OR r.visibility = ")
            .value(room::Visibility::Open)
            .text(" OR r.id IN (SELECT room_id FROM memberships WHERE user_id = ")
            .value(user.0)
            .text(")"),
    };
    sql.text(")")
}

/// A row of [`select`], as the actor sees it.
pub(super) fn found(row: &QueryResult, actor: Actor) -> std::result::Result<(Found, u64), DbErr> {
    type Columns = (Uuid, String, String, String, room::Visibility, Option<i64>, i64, i64);
    let (id, slug, name, topic, visibility, archived_at, slow_seconds, head) = Columns::try_get_many_by_index(row)?;
    let (epoch, members): (Option<Uuid>, i64) = (row.try_get_by_index(8)?, row.try_get_by_index(15)?);
    let (starred, person): (bool, Option<Uuid>) = (row.try_get_by_index(13)?, row.try_get_by_index(14)?);
    let (role, muted_until): (Option<membership::Role>, Option<i64>) = (row.try_get_by_index(9)?, row.try_get_by_index(10)?);
    let (banned, title): (bool, Option<String>) = (row.try_get_by_index(11)?, row.try_get_by_index(12)?);
    let name = title.unwrap_or(name);
    // For a moment after a restore, until the next one of the server's looks has made one.
    let epoch = epoch.ok_or_else(|| DbErr::RecordNotFound("the epoch".to_owned()))?;
    let (visibility, archived) = (visibility.into(), archived_at.is_some());
    let muted = muted_until.is_some_and(|until| until > now());
    let slow_seconds = u32::try_from(slow_seconds).unwrap_or(0);
    let found = Found {
        room: Room { id: RoomId(id), slug, name, topic, visibility, archived, slow_seconds, starred, person: person.map(UserId) },
        head: Seq(head),
        epoch: EpochId(epoch),
        access: Access::new(visibility, actor, role.map(Into::into)).archived(archived).banned(banned).muted(muted),
    };
    Ok((found, members.unsigned_abs()))
}
