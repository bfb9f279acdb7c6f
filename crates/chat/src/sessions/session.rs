//! A sign-in, and what finds it.

use protocol::{SessionId, User};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    Chat, Result,
    credentials::RefreshToken,
    db::{
        Transaction,
        entity::{refresh_token as tokens, session, user},
        now,
        sessions::is_alive,
    },
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
    pub(super) token: tokens::Model,
    pub(super) session: Session,
}

/// Looks a refresh token up.
pub(super) async fn lookup(db: &impl ConnectionTrait, token: &str) -> Result<Option<Found>> {
    let row = tokens::Entity::find_by_id(RefreshToken::hash_of(token))
        .find_also_related(session::Entity)
        .and_also_related(user::Entity)
        .filter(is_alive())
        .one(db)
        .await?;
    Ok(match row {
        Some((token, Some(session), Some(user))) => {
            Some(Found { token, session: Session { id: SessionId(session.id), user: user.into() } })
        }
        _ => None,
    })
}

/// Whether a token may still be used: it was not replaced, or only a moment ago.
pub(super) fn is_fresh(chat: &Chat, token: &tokens::Model) -> bool {
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
