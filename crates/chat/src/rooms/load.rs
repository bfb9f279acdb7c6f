//! Rooms through the eyes of an actor.

use protocol::{EpochId, ErrorCode, Room, RoomId, RoomRef, Seq};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, TryGetableMany, prelude::Uuid};

use crate::{
    Result,
    db::{
        Sql,
        entity::{membership, room},
        epoch,
    },
    policy::{Access, Actor},
};

/// A room as one actor sees it.
pub(crate) struct Found {
    pub(crate) room: Room,
    pub(crate) head: Seq,
    /// The epoch that the head is of.
    pub(crate) epoch: EpochId,
    pub(crate) members: u64,
    pub(crate) access: Access,
}

/// The room through the eyes of an actor: who may not know of it gets the `not_found` of a room that does not exist.
pub(crate) async fn load(db: &impl ConnectionTrait, actor: Actor, room: &RoomRef) -> Result<Found> {
    let select = select(db.get_database_backend(), actor);
    let select = match room {
        RoomRef::Id(id) => select.text("r.id = ").value(id.0),
        RoomRef::Slug(slug) => select.text("r.slug = ").value(slug.as_str()),
    };
    let row = db.query_one_raw(select.done()).await?.ok_or(ErrorCode::NotFound)?;
    let found = found(&row, actor)?;
    found.access.standing()?;
    Ok(found)
}

/// Rooms with their counts of members and what the actor is there: one statement, so that head and count are of one moment. What picks
/// the rooms is to follow.
pub(super) fn select(backend: DbBackend, actor: Actor) -> Sql {
    let sql = Sql::new(backend, "SELECT r.id, r.slug, r.name, r.topic, r.visibility, r.last_seq, ")
        .text("(SELECT COUNT(*) FROM memberships WHERE room_id = r.id), ")
        .text(epoch::SELECT)
        .text(", ");
    let sql = match actor {
        Actor::Guest => sql.text("NULL"),
        Actor::User(user) => {
            sql.text("(SELECT role FROM memberships WHERE room_id = r.id AND user_id = ").value(user.0).text(")")
        }
    };
    sql.text(" FROM rooms r WHERE ")
}

/// Goes on with a first sieve: the rooms that an actor may find. What may be shown is decided by the policy.
pub(super) fn findable(sql: Sql, actor: Actor) -> Sql {
    let sql = sql.text("(r.visibility = ").value(room::Visibility::Public);
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
pub(super) fn found(row: &QueryResult, actor: Actor) -> std::result::Result<Found, DbErr> {
    type Columns = (Uuid, String, String, String, room::Visibility, i64, i64, Option<Uuid>, Option<membership::Role>);
    let (id, slug, name, topic, visibility, head, members, epoch, role) = Columns::try_get_many_by_index(row)?;
    // For a moment after a restore, until the next one of the server's looks has made one.
    let epoch = epoch.ok_or_else(|| DbErr::RecordNotFound("the epoch".to_owned()))?;
    let visibility = visibility.into();
    Ok(Found {
        room: Room { id: RoomId(id), slug, name, topic, visibility },
        head: Seq(head),
        epoch: EpochId(epoch),
        members: members.unsigned_abs(),
        access: Access::new(visibility, actor, role.map(Into::into)),
    })
}
