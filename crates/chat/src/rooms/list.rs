//! The rooms that an actor may find.

use protocol::{RoomSummary, Standing};
use sea_orm::ConnectionTrait;

use super::load::{found, select};
use crate::{Chat, Result, db::entity::room::Visibility, policy::Actor};

/// The rooms that an actor may find: those joined first, then by name.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<RoomSummary>> {
    let db = chat.db().read();
    // A first sieve; what may be shown is decided by the policy.
    let select = select(db.get_database_backend(), actor).text("r.visibility = ").value(Visibility::Public);
    let select = match actor {
        Actor::Guest => select,
        Actor::User(user) => select
            .text(" OR r.visibility = ")
            .value(Visibility::Open)
            .text(" OR r.id IN (SELECT room_id FROM memberships WHERE user_id = ")
            .value(user.0)
            .text(")"),
    };
    let mut rooms = Vec::new();
    for row in db.query_all_raw(select.text(" ORDER BY r.name").done()).await? {
        let found = found(&row, actor)?;
        if let Ok(standing) = found.access.standing() {
            rooms.push(RoomSummary { room: found.room, head: found.head, members: found.members, standing });
        }
    }
    rooms.sort_by_key(|room| room.standing != Standing::Member);
    Ok(rooms)
}
