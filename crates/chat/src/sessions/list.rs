//! The sessions of an account, for its person.

use protocol::SessionId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::session::Session;
use crate::{
    Chat, Result,
    db::{entity::session, sessions::is_alive},
};

/// Sessions in the list, those that were used last.
const LISTED_MAX: u64 = 200;

/// A session as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which one.
    pub id: SessionId,
    /// The browser or program, as it named itself; empty where it did not.
    pub agent: String,
    /// Where it was used from last; empty where that is not known.
    pub address: String,
    /// When it began.
    pub began: i64,
    /// When it was used last, as far as that is known.
    pub used: i64,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The sessions of an account that have not ended: this one first, then those that were used last.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, session: &Session) -> Result<Vec<Listed>> {
    let select = session::Entity::find()
        .filter(is_alive().add(session::Column::UserId.eq(session.user.id.0)))
        .order_by_desc(session::Column::UsedAt)
        .order_by_desc(session::Column::CreatedAt)
        .limit(LISTED_MAX);
    let mut listed: Vec<Listed> = select.all(chat.db().read()).await?.into_iter().map(|row| listed(row, session.id)).collect();
    // Sorting is stable. A session of before this was kept has begun at the latest when it was used.
    listed.sort_by_key(|listed| (!listed.is_this, std::cmp::Reverse(listed.used)));
    Ok(listed)
}

fn listed(row: session::Model, this: SessionId) -> Listed {
    let (began, used) = (row.created_at, row.used_at.unwrap_or(row.created_at));
    Listed { id: SessionId(row.id), agent: row.agent, address: row.address, began, used, is_this: row.id == this.0 }
}
