//! Staying signed in: refresh tokens for access tokens.

use protocol::{ErrorCode, SessionId, TokenGrant};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    lifetime::REMEMBER_REPLACED_MS,
    revoke::{cut, revoke_in},
    session::{Found, Session, is_fresh, issue, lookup},
};
use crate::{
    Chat, Result,
    credentials::{Claims, RefreshToken},
    db::{
        Transaction,
        entity::{refresh_token as tokens, session},
        now,
    },
};

/// What a refresh token was exchanged for.
#[derive(Debug)]
pub struct Renewed {
    /// The access token.
    pub grant: TokenGrant,
    /// The refresh token that takes the place of the one that was shown.
    pub refresh_token: RefreshToken,
}

/// Draws an access token for a session.
///
/// # Errors
/// `internal`, when it cannot be signed.
pub fn grant(chat: &Chat, session: &Session) -> Result<TokenGrant> {
    let lifetime = chat.limits().access_token_seconds;
    let claims = Claims::new(session.user.id, session.id, now() / 1000, lifetime);
    Ok(TokenGrant { access_token: chat.tokens().sign(&claims)?, expires_in: lifetime, user: session.user.clone() })
}

/// Exchanges a refresh token for an access token and the next refresh token.
///
/// # Errors
/// `not_authenticated` for one that is unknown, expired or revoked, and for one that was replaced some seconds ago: then the
/// session has ended for everybody who holds a token of it.
pub async fn renew(chat: &Chat, refresh_token: &str) -> Result<Renewed> {
    let transaction = chat.db().begin().await?;
    let Some(found) = lookup(&transaction, refresh_token).await? else {
        return Err(ErrorCode::NotAuthenticated.into());
    };
    let is_fresh = is_fresh(chat, &found);
    let Found { hash, session, .. } = found;
    if !is_fresh {
        revoke_in(&transaction, session.id).await?;
        transaction.commit().await?;
        tracing::warn!(session = %session.id, "a replaced refresh token was shown: session revoked");
        cut(chat, session.id).await;
        return Err(ErrorCode::NotAuthenticated.into());
    }
    // A token replaced a moment ago comes from a second tab, or from an answer that was lost: it gets a successor of its own.
    tokens::Entity::update_many()
        .col_expr(tokens::Column::ReplacedAt, Expr::value(now()))
        .filter(tokens::Column::Hash.eq(hash))
        .filter(tokens::Column::ReplacedAt.is_null())
        .exec(&transaction)
        .await?;
    prolong(chat, &transaction, session.id).await?;
    let next = issue(&transaction, session.id).await?;
    transaction.commit().await?;
    Ok(Renewed { grant: grant(chat, &session)?, refresh_token: next })
}

/// A session that is used goes on, and forgets the tokens that were replaced long ago.
async fn prolong(chat: &Chat, transaction: &Transaction, session: SessionId) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::ExpiresAt, Expr::value(now() + chat.limits().session_seconds * 1000))
        .filter(session::Column::Id.eq(session.0))
        .exec(transaction)
        .await?;
    tokens::Entity::delete_many()
        .filter(tokens::Column::SessionId.eq(session.0))
        .filter(tokens::Column::ReplacedAt.lt(now() - REMEMBER_REPLACED_MS))
        .exec(transaction)
        .await?;
    Ok(())
}
