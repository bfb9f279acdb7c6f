//! A sign-in, and what finds it.

use protocol::{SessionId, User, UserId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, TryGetableMany, prelude::Uuid};

use crate::{
    Chat, Result,
    credentials::RefreshToken,
    db::{Sql, Transaction, entity::refresh_token as tokens, now},
    policy::Actor,
};

/// Somebody's sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which sign-in.
    pub id: SessionId,
    /// Whose.
    pub user: User,
}

impl From<Option<&Session>> for Actor {
    fn from(session: Option<&Session>) -> Self {
        session.map_or(Self::Guest, |session| Self::User(session.user.id))
    }
}

/// A refresh token and the session that it belongs to.
pub(super) struct Found {
    pub(super) hash: String,
    pub(super) replaced_at: Option<i64>,
    pub(super) session: Session,
}

/// Looks a refresh token up, of a session that has not ended.
pub(super) async fn lookup(db: &impl ConnectionTrait, token: &str) -> Result<Option<Found>> {
    type Columns = (Option<i64>, Uuid, Uuid, String, String, bool);
    let hash = RefreshToken::hash_of(token);
    let columns = "SELECT t.replaced_at, s.id, u.id, u.username, u.name, u.ambiguous FROM refresh_tokens t ";
    let select = Sql::new(db.get_database_backend(), columns)
        .text("JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id WHERE t.hash = ")
        .value(hash.as_str())
        .text(" AND s.revoked_at IS NULL AND s.expires_at > ")
        .value(now());
    let Some(row) = db.query_one_raw(select.done()).await? else { return Ok(None) };
    let (replaced_at, id, user, username, name, ambiguous) = Columns::try_get_many_by_index(&row).map_err(DbErr::from)?;
    let session = Session { id: SessionId(id), user: User { id: UserId(user), username, name, ambiguous } };
    Ok(Some(Found { hash, replaced_at, session }))
}

/// Whether a token may still be used: it was not replaced, or only a moment ago.
pub(super) fn is_fresh(chat: &Chat, token: &Found) -> bool {
    token.replaced_at.is_none_or(|replaced_at| now() - replaced_at <= chat.limits().refresh_grace_ms)
}

/// Gives a session another refresh token.
pub(super) async fn issue(transaction: &Transaction, session: SessionId) -> Result<RefreshToken> {
    let token = RefreshToken::generate()?;
    let row = tokens::ActiveModel {
        hash: Set(token.hash()),
        session_id: Set(session.0),
        created_at: Set(now()),
        replaced_at: Set(None),
    };
    row.insert(transaction).await?;
    Ok(token)
}
