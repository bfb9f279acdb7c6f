//! What is new to somebody in their rooms: exact up to a bound, and only looked for where anything happened since they read.

use std::collections::{HashMap, HashSet};

use protocol::{EpochId, Level, RoomId, RoomUnread, Seq, UserId, limits};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, TryGetableMany, prelude::Uuid};

use crate::{
    Result,
    counted::Counted,
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

/// Asks how far somebody has read the rooms that stand in their list; what is new there is not counted yet.
pub(crate) fn select_of_rooms(backend: DbBackend, user: UserId) -> Statement {
    let columns = "SELECT m.room_id, r.last_seq, m.last_read_seq, m.level, m.quiet_until, CAST(0 AS BIGINT), CAST(0 AS BIGINT) \
                   FROM memberships m JOIN rooms r ON r.id = m.room_id \
                   WHERE r.deleted_at IS NULL AND m.hidden_at IS NULL AND r.archived_at IS NULL AND m.user_id = ";
    Sql::new(backend, columns).value(user.0).done()
}

/// What came of that, counted where it was not counted before.
pub(crate) async fn of_rows(
    db: &impl ConnectionTrait,
    counted: &Counted,
    whose: (EpochId, UserId),
    rows: &[QueryResult],
) -> Result<Vec<RoomUnread>> {
    let mut rooms: Vec<_> = rows.iter().map(read).collect::<std::result::Result<_, _>>()?;
    let has_news = |room: &&mut RoomUnread| room.head > room.last_read;
    let missing = rooms.iter_mut().filter(has_news).filter_map(|room| (!counted.fill(whose, room)).then_some(room.room));
    let missing: HashSet<_> = missing.collect();
    if missing.is_empty() {
        return Ok(rooms);
    }
    let select =
        select(db.get_database_backend(), whose.1).text(" AND m.room_id IN ").list(missing.iter().map(|room| room.0.into()));
    let mut found = HashMap::with_capacity(missing.len());
    for row in db.query_all_raw(select.done()).await? {
        let room = read(&row)?;
        counted.keep(whose, &room);
        found.insert(room.room, room);
    }
    // One that they have left meanwhile is in their list no more.
    let now = |room: RoomUnread| if missing.contains(&room.room) { found.remove(&room.room) } else { Some(room) };
    Ok(rooms.into_iter().filter_map(now).collect())
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
