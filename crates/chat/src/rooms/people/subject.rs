//! Whom something is done to.

use protocol::{ErrorCode, RoomId, RoomRole, Seq, User, UserId};
use sea_orm::{ConnectionTrait, DbErr, TryGetableMany, prelude::Uuid};

use crate::{
    Result,
    db::{Sql, entity::membership},
    policy::{Access, Action},
};

/// Somebody that something is done to, as they stand in a room.
pub(super) struct Subject {
    pub(super) user: User,
    /// None for those who are no members.
    pub(super) role: Option<RoomRole>,
    pub(super) muted_until: Option<i64>,
}

/// An account as it stands in a room.
pub(super) async fn subject(db: &impl ConnectionTrait, room: RoomId, user: UserId) -> Result<Subject> {
    let select = Sql::new(
        db.get_database_backend(),
        "SELECT u.id, u.username, u.name, u.ambiguous, u.picture, u.bot, m.role, m.muted_until ",
    )
    .text("FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.room_id = ")
    .value(room.0)
    .text(" WHERE u.id = ")
    .value(user.0);
    let row = db.query_one_raw(select.done()).await?.ok_or(ErrorCode::NotFound)?;
    type Columns = (Uuid, String, String, bool, Option<String>, bool, Option<membership::Role>, Option<i64>);
    let (id, username, name, ambiguous, picture, bot, role, muted_until) =
        Columns::try_get_many_by_index(&row).map_err(DbErr::from)?;
    Ok(Subject {
        user: User { id: UserId(id), username, name, ambiguous, picture, bot },
        role: role.map(Into::into),
        muted_until,
    })
}

/// Whether somebody may remove, ban or mute whoever has this role, or none.
pub(super) fn may_moderate(access: Access, subject: Option<RoomRole>) -> std::result::Result<(), ErrorCode> {
    access.permit(Action::Moderate)?;
    if access.outranks(subject.unwrap_or(RoomRole::Member)) { Ok(()) } else { Err(ErrorCode::NotAllowed) }
}

/// Whether somebody may give another role to whoever has this one: those above them, and they themselves.
pub(super) fn may_set_role(access: Access, own: bool, subject: RoomRole) -> std::result::Result<(), ErrorCode> {
    access.permit(Action::Manage)?;
    if access.outranks(subject) || own { Ok(()) } else { Err(ErrorCode::NotAllowed) }
}

/// Holds a room until the transaction ends, so that what is counted there stays so, and gives the last place in its log. SQLite has one
/// writer anyway.
pub(crate) async fn lock(db: &impl ConnectionTrait, room: RoomId) -> Result<Seq> {
    let select = Sql::new(db.get_database_backend(), "SELECT last_seq FROM rooms WHERE id = ")
        .value(room.0)
        .postgres(" FOR NO KEY UPDATE");
    let row = db.query_one_raw(select.done()).await?.ok_or(ErrorCode::NotFound)?;
    let (head,): (i64,) = TryGetableMany::try_get_many_by_index(&row).map_err(DbErr::from)?;
    Ok(Seq(head))
}

/// Whether this owner is the only one of a room that is [held](lock).
pub(in crate::rooms) async fn is_last_owner(db: &impl ConnectionTrait, room: RoomId, owner: UserId) -> Result<bool> {
    let select = Sql::new(db.get_database_backend(), "SELECT 1 FROM memberships WHERE room_id = ")
        .value(room.0)
        .text(" AND role = ")
        .value(membership::Role::Owner)
        .text(" AND user_id <> ")
        .value(owner.0)
        .text(" LIMIT 1");
    Ok(db.query_one_raw(select.done()).await?.is_none())
}
