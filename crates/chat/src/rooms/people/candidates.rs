//! People who may be added to a room, or written to.

use protocol::{RoomRef, User};
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
const FOUND_MAX: u64 = 20;

/// People with this text in a name who are not in the room: for those who may add them, else nobody.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `unavailable`.
pub async fn candidates(chat: &Chat, actor: Actor, room: &RoomRef, text: &str) -> Result<Vec<User>> {
    let db = chat.db().read();
    let found = load(db, actor, room).await?;
    if !found.access.may(Action::Add) {
        return Ok(Vec::new());
    }
    let outside = |sql: Sql| {
        let members = " AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.room_id = ";
        sql.text(members).value(found.room.id.0).text(")")
    };
    named(db, text, outside).await
}

/// People with this text in a name whom the actor can write to: everybody else.
///
/// # Errors
/// `not_authenticated`, `unavailable`.
pub async fn correspondents(chat: &Chat, actor: Actor, text: &str) -> Result<Vec<User>> {
    let own = actor.user()?;
    named(chat.db().read(), text, |sql| sql.text(" AND u.id <> ").value(own.0)).await
}

/// Those first whose name begins with it: who knows a user name finds it, however many others have it in theirs.
async fn named(db: &impl ConnectionTrait, text: &str, only: impl FnOnce(Sql) -> Sql) -> Result<Vec<User>> {
    let text = text.trim().trim_start_matches('@').chars().filter(|c| !c.is_control()).take(TEXT_MAX);
    let text = text.collect::<String>().to_lowercase();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let sql = Sql::new(db.get_database_backend(), "SELECT u.id, u.username, u.name, u.ambiguous, u.picture, u.bot FROM users u ")
        .text("WHERE u.deleted_at IS NULL AND (");
    let sql = like(like(sql.text("u.username "), &text).text(" OR lower(u.name) "), &text).text(")");
    let sql = only(sql).text(" ORDER BY CASE WHEN u.username = ").value(text.as_str()).text(" THEN 0 WHEN u.username ");
    let sql = begins(begins(sql, &text).text(" OR lower(u.name) "), &text);
    let rows = db.query_all_raw(sql.text(" THEN 1 ELSE 2 END, lower(u.name), u.id").limit(FOUND_MAX).done()).await?;
    Ok(rows.iter().map(|row| users::of_row(row, 0)).collect::<std::result::Result<_, DbErr>>()?)
}
