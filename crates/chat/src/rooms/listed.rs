//! The rooms that anybody may read, for those who look for pages.

use protocol::Room;
use sea_orm::ConnectionTrait;

use super::load::{UNCOUNTED, findable, found, select};
use crate::{
    Chat, Result,
    policy::{Action, Actor},
};

/// Most that are listed: one file of a site map holds 50,000.
const LISTED_MAX: u64 = 10_000;

/// The rooms that guests may read and that are not archived, by address; none where search engines are to stay away.
///
/// # Errors
/// `unavailable`.
pub async fn listed(chat: &Chat) -> Result<Vec<Room>> {
    if !chat.settings().indexing {
        return Ok(Vec::new());
    }
    let db = chat.db().read();
    let sql = select(db.get_database_backend(), Actor::Guest, |sql| sql.text(UNCOUNTED)).text(" WHERE ");
    let sql = findable(sql, Actor::Guest).text(" AND r.archived_at IS NULL AND r.deleted_at IS NULL ORDER BY r.slug");
    let mut rooms = Vec::new();
    for row in &db.query_all_raw(sql.limit(LISTED_MAX).done()).await? {
        let (found, _) = found(row, Actor::Guest)?;
        if found.access.may(Action::Read) {
            rooms.push(found.room);
        }
    }
    Ok(rooms)
}
