//! The tokens of an account.

use protocol::{TokenId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;

use crate::{
    Chat, Result, Session, bots,
    db::{entity::token, now},
    policy::Scopes,
};

/// A token, as those see it who look after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedToken {
    /// Which one.
    pub id: TokenId,
    /// What its maker calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// When it was made, in unix milliseconds.
    pub created_at: i64,
    /// When it ends by itself, if it does.
    pub expires_at: Option<i64>,
    /// Whether it has.
    pub expired: bool,
    /// When it was used last, to the minute; not given where it never was.
    pub used_at: Option<i64>,
}

impl From<token::Model> for ListedToken {
    fn from(row: token::Model) -> Self {
        Self {
            id: TokenId(row.id),
            name: row.name,
            scopes: Scopes::of_words(&row.scopes).words(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            expired: row.expires_at.is_some_and(|at| at <= now()),
            used_at: row.used_at,
        }
    }
}

/// The tokens of one's own account, or of a bot that one looks after; the newest first.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn list(chat: &Chat, session: &Session, account: UserId) -> Result<Vec<ListedToken>> {
    let db = chat.db().read();
    bots::keeper(db, session, account, &chat.settings()).await?;
    let select = token::Entity::find().filter(token::Column::UserId.eq(account.0)).order_by_desc(token::Column::Id);
    Ok(select.all(db).await?.into_iter().map(Into::into).collect())
}
