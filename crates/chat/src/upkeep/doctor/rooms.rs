//! The logs of the rooms: 1, 2, 3 … up to the head, with every message in its place (G3).

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use super::Finding;

/// A place is taken once at most (it is in the primary key), so places from 1 to the head that are as many as the head leave no hole.
const HOLES: &str = "SELECT r.slug, r.last_seq, COUNT(e.seq), COALESCE(MIN(e.seq), 1), COALESCE(MAX(e.seq), 0) \
    FROM rooms r LEFT JOIN room_events e ON e.room_id = r.id WHERE r.deleted_at IS NULL GROUP BY r.id, r.slug, r.last_seq \
    HAVING COUNT(e.seq) <> r.last_seq OR COALESCE(MIN(e.seq), 1) <> 1 OR COALESCE(MAX(e.seq), 0) <> r.last_seq ORDER BY r.slug";

const STRAYS: &str = "SELECT r.slug, COUNT(*) FROM messages m JOIN rooms r ON r.id = m.room_id \
    LEFT JOIN room_events e ON e.room_id = m.room_id AND e.seq = m.seq AND e.message_id = m.id AND e.kind = 'message_created' \
    WHERE e.seq IS NULL AND r.deleted_at IS NULL GROUP BY r.slug ORDER BY r.slug";

/// The database itself does not look after that (`m20261126_000009_team`).
const LOST: &str = "SELECT r.slug, COUNT(*) FROM room_events e JOIN rooms r ON r.id = e.room_id \
    LEFT JOIN messages m ON m.id = e.message_id \
    WHERE e.message_id IS NOT NULL AND m.id IS NULL AND r.deleted_at IS NULL GROUP BY r.slug ORDER BY r.slug";

const COUNT: &str = "SELECT COUNT(*) FROM rooms";

/// One finding for each room that has something wrong, or one for all when none has.
pub(in crate::upkeep) async fn rooms(db: &DatabaseConnection) -> Result<Vec<Finding>, DbErr> {
    let all = |sql: &'static str| db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
    let mut findings = Vec::new();
    for row in all(HOLES).await? {
        let (room, head, places, first, last): (String, i64, i64, i64, i64) = row.try_get_many_by_index()?;
        findings.push(Finding::fail(
            "rooms",
            format!("{room}: the log has {places} places from {first} to {last}, the head is {head}. Restore the last backup"),
        ));
    }
    for row in all(LOST).await? {
        let (room, lost): (String, i64) = row.try_get_many_by_index()?;
        findings.push(Finding::fail(
            "rooms",
            format!("{room}: messages that the log speaks of and that are not there: {lost}. Restore the last backup"),
        ));
    }
    for row in all(STRAYS).await? {
        let (room, strays): (String, i64) = row.try_get_many_by_index()?;
        findings.push(Finding::fail(
            "rooms",
            format!("{room}: messages that are not in the log under their place: {strays}. Restore the last backup"),
        ));
    }
    if findings.is_empty() {
        for row in all(COUNT).await? {
            let rooms: i64 = row.try_get_by_index(0)?;
            findings.push(Finding::ok("rooms", format!("{rooms}, each log without a gap and every message in its place")));
        }
    }
    Ok(findings)
}
