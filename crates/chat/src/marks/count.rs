//! What is new to somebody in their rooms: exact up to a bound, and only looked for where anything happened since they read.

use protocol::{Level, RoomId, RoomUnread, Seq, UserId, limits};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, TryGetableMany, prelude::Uuid};

use crate::{
    Result,
    db::{Sql, now},
};

/// How far somebody has read their rooms, `m` and `r`, and what is new there. What picks rooms is to follow.
fn select(backend: DbBackend, user: UserId) -> Sql {
    Sql::new(backend, "SELECT m.room_id, r.last_seq, m.last_read_seq, m.level, m.quiet_until, CASE WHEN r.last_seq > m.last_read_seq THEN ")
        .text("(SELECT COUNT(*) FROM (SELECT 1 FROM messages x WHERE x.room_id = m.room_id AND x.seq > m.last_read_seq AND x.author_id <> ")
        .value(user.0)
        .text(" AND x.deleted_at IS NULL AND x.in_room")
        .limit(limits::UNREAD_MAX)
        .text(") AS unread) ELSE 0 END, CASE WHEN r.last_seq > m.last_read_seq THEN ")
        .text("(SELECT COUNT(*) FROM (SELECT 1 FROM inbox i WHERE i.user_id = ")
        .value(user.0)
        .text(" AND i.room_id = m.room_id AND i.seq > m.last_read_seq")
        .limit(limits::UNREAD_MAX)
        .text(") AS calls) ELSE 0 END FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE r.deleted_at IS NULL AND m.user_id = ")
        .value(user.0)
}

/// A row of it.
fn read(row: &QueryResult) -> std::result::Result<RoomUnread, DbErr> {
    type Columns = (Uuid, i64, i64, String, Option<i64>, i64, i64);
    let (room, head, last_read, level, quiet_until, unread, mentions) = Columns::try_get_many_by_index(row)?;
    Ok(RoomUnread {
        room: RoomId(room),
        head: Seq(head),
        last_read: Seq(last_read),
        unread: unread.unsigned_abs(),
        mentions: mentions.unsigned_abs(),
        level: Level::of_word(&level).unwrap_or_default(),
        quiet: quiet_until.is_some_and(|until| until > now()),
    })
}

/// Those of the rooms of somebody that stand in their list.
pub(crate) async fn of_rooms(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<RoomUnread>> {
    Ok(of_rows(&db.query_all_raw(select_of_rooms(db.get_database_backend(), user)).await?)?)
}

/// Asks for these.
pub(crate) fn select_of_rooms(backend: DbBackend, user: UserId) -> Statement {
    select(backend, user).text(" AND m.hidden_at IS NULL AND r.archived_at IS NULL").done()
}

/// What came of that.
pub(crate) fn of_rows(rows: &[QueryResult]) -> std::result::Result<Vec<RoomUnread>, DbErr> {
    rows.iter().map(read).collect()
}

/// That of one room, if they are in it.
pub(crate) async fn of_room(db: &impl ConnectionTrait, user: UserId, room: RoomId) -> Result<Option<RoomUnread>> {
    let select = select(db.get_database_backend(), user).text(" AND m.room_id = ").value(room.0).done();
    Ok(db.query_one_raw(select).await?.as_ref().map(read).transpose()?)
}

/// The rooms that somebody is in, with the last place of each.
pub(crate) async fn rooms_of(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<(RoomId, Seq)>> {
    let columns = "SELECT m.room_id, r.last_seq FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE r.deleted_at IS NULL AND m.user_id = ";
    let rows = db.query_all_raw(Sql::new(db.get_database_backend(), columns).value(user.0).done()).await?;
    let rooms = rows.iter().map(|row| <(Uuid, i64)>::try_get_many_by_index(row).map(|(room, head)| (RoomId(room), Seq(head))));
    Ok(rooms.collect::<std::result::Result<_, _>>().map_err(DbErr::from)?)
}
