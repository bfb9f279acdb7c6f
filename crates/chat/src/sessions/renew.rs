//! Staying signed in: refresh tokens for access tokens.

use std::net::IpAddr;

use protocol::{ErrorCode, TokenGrant};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    lifetime,
    revoke::revoke_reused,
    session::{Found, Session, Standing, lock, lookup},
    succession::succeed,
};
use crate::{
    Chat, Result,
    credentials::{Claims, RefreshToken},
    db::{Transaction, entity::session, now},
    throttle::Deed,
};

/// What a refresh token was exchanged for.
#[derive(Debug)]
pub struct Renewed {
    /// The access token.
    pub grant: TokenGrant,
    /// The refresh token that takes the place of the one that was shown.
    pub refresh_token: RefreshToken,
    /// How long the session lasts if it is not used again, in seconds.
    pub lasts: i64,
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

/// Exchanges a refresh token for an access token and the next refresh token. It is when the session was used last, and from where.
///
/// # Errors
/// `not_authenticated` for one that is unknown, expired or revoked, and for one in whose place another has gone on: then the session has
/// ended for everybody who holds a token of it. `throttled`, `unavailable`.
pub async fn renew(chat: &Chat, refresh_token: &str, from: IpAddr) -> Result<Renewed> {
    let (session, refresh_token, lasts) = exchange(chat, refresh_token, from, Again::Allowed).await?;
    Ok(Renewed { grant: grant(chat, &session)?, refresh_token, lasts })
}

/// Whether a token may be shown again whose exchange may not have arrived.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Allowed,
    Refused,
}

/// Exchanges a refresh token for the next one, which lasts so many seconds.
pub(super) async fn exchange(
    chat: &Chat,
    refresh_token: &str,
    from: IpAddr,
    again: Again,
) -> Result<(Session, RefreshToken, i64)> {
    // Before the transaction: what comes too often is not to hold up those who write.
    let Some(found) = lookup(chat.db().read(), refresh_token).await? else {
        return Err(ErrorCode::NotAuthenticated.into());
    };
    chat.deeds().by(found.session.user.id, Deed::Renew)?;
    let transaction = chat.db().begin().await?;
    let Some(found) = lock(&transaction, refresh_token).await? else {
        return Err(ErrorCode::NotAuthenticated.into());
    };
    if found.standing == Standing::Spent {
        drop(transaction);
        revoke_reused(chat, found.session.id).await?;
        return Err(ErrorCode::NotAuthenticated.into());
    }
    if found.standing == Standing::Last && again == Again::Refused {
        return Err(ErrorCode::NotAuthenticated.into());
    }
    let next = succeed(chat, &transaction, &found).await?;
    let now = now();
    let end = lifetime::end(chat.limits(), found.began, now);
    prolong(&transaction, &found, (now, end), from).await?;
    transaction.commit().await?;
    Ok((found.session, next, (end - now) / 1000))
}

/// A session that is used goes on, from the token that was shown.
async fn prolong(transaction: &Transaction, found: &Found, (now, end): (i64, i64), from: IpAddr) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::ExpiresAt, Expr::value(end))
        .col_expr(session::Column::UsedAt, Expr::value(now))
        .col_expr(session::Column::Address, Expr::value(from.to_canonical().to_string()))
        .col_expr(session::Column::RenewedWith, Expr::value(found.hash.as_str()))
        .filter(session::Column::Id.eq(found.session.id.0))
        .exec(transaction)
        .await?;
    Ok(())
}
