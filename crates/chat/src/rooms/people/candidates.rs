//! People who may be added to a room.

use protocol::{RoomRef, User, UserId};
use sea_orm::{ConnectionTrait, DbErr, TryGetableMany, prelude::Uuid};

use crate::{
    Chat, Result,
    db::Sql,
    policy::{Action, Actor},
    rooms::{load::load, search::like},
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
    let text: String = text.trim().trim_start_matches('@').chars().take(TEXT_MAX).collect::<String>().to_lowercase();
    if text.is_empty() || !found.access.may(Action::Add) {
        return Ok(Vec::new());
    }
    let sql = Sql::new(db.get_database_backend(), "SELECT u.id, u.username, u.name, u.ambiguous, u.picture FROM users u ")
        .text("WHERE u.deleted_at IS NULL AND (");
    let sql = like(sql.text("u.username "), &text);
    let sql = like(sql.text(" OR lower(u.name) "), &text)
        .text(") AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.room_id = ")
        .value(found.room.id.0)
        .text(") ORDER BY lower(u.name), u.id")
        .limit(FOUND_MAX);
    let rows = db.query_all_raw(sql.done()).await?;
    rows.iter()
        .map(|row| {
            let (id, username, name, ambiguous, picture) =
                <(Uuid, String, String, bool, Option<String>)>::try_get_many_by_index(row).map_err(DbErr::from)?;
            Ok(User { id: UserId(id), username, name, ambiguous, picture })
        })
        .collect()
}
