//! People whose names begin like what somebody types.

use protocol::{RoomId, RoomRef, User};
use sea_orm::{ConnectionTrait, DbErr};

use crate::{
    Chat, Result,
    db::{Sql, users},
    policy::{Action, Actor},
    rooms::{
        load::load,
        search::{begins, like},
    },
};

/// Longest text that is looked for, in characters.
const TEXT_MAX: usize = 50;
/// People that are found at once.
const FOUND_MAX: u64 = 8;

/// People with a name that begins like this, for those who write in the room: its members first, then others of the house. Where nothing was
/// typed yet it is members.
///
/// # Errors
/// `not_found` also for what this actor may not know of; that they may not write there; `unavailable`.
pub async fn named(chat: &Chat, actor: Actor, room: &RoomRef, text: &str) -> Result<Vec<User>> {
    let db = chat.db().read();
    let found = load(db, actor, room).await?;
    found.access.permit(Action::Write)?;
    let text: String = text.trim().chars().take(TEXT_MAX).collect::<String>().to_lowercase();
    let mut people = look(db, found.room.id, &text, Those::Members, FOUND_MAX).await?;
    let left = FOUND_MAX - people.len() as u64;
    if !text.is_empty() && left > 0 {
        people.extend(look(db, found.room.id, &text, Those::Others, left).await?);
    }
    Ok(people)
}

#[derive(Clone, Copy)]
enum Those {
    Members,
    Others,
}

async fn look(db: &impl ConnectionTrait, room: RoomId, text: &str, those: Those, limit: u64) -> Result<Vec<User>> {
    let sql =
        Sql::new(db.get_database_backend(), "SELECT u.id, u.username, u.name, u.ambiguous, u.picture, u.bot FROM users u WHERE ")
            .text(match those {
                Those::Members => "",
                Those::Others => "NOT ",
            })
            .text("EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.room_id = ")
            .value(room.0)
            .text(") AND u.deleted_at IS NULL");
    let sql = if text.is_empty() {
        sql
    } else {
        // Also the second of somebody's names.
        let sql = begins(sql.text(" AND (u.username "), text);
        let sql = begins(sql.text(" OR lower(u.name) "), text);
        like(sql.text(" OR lower(u.name) "), &[" ", text].concat()).text(")")
    };
    let rows = db.query_all_raw(sql.text(" ORDER BY lower(u.name), u.id").limit(limit).done()).await?;
    Ok(rows.iter().map(|row| users::of_row(row, 0)).collect::<std::result::Result<_, DbErr>>()?)
}
