//! Whose request it is.

use protocol::{ErrorCode, SessionId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    lifetime,
    revoke::revoke_reused,
    session::{Found, Session, Standing, lookup},
};
use crate::{
    Chat, Result,
    credentials::Claims,
    db::{
        entity::{session, user},
        now,
        sessions::is_alive,
    },
};

/// Somebody who asks for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Their session.
    pub session: Session,
    /// For how many seconds the browser has to keep the token from now on, when that is longer than it was told.
    pub keep_for: Option<i64>,
    /// How many alerts they have not read.
    pub unread: u64,
}

/// The session behind a refresh token, for a page view: nothing is exchanged, but it is a use of the session. A token that is spent ends
/// its session here as well, else a thief would go on while the owner is only asked to sign in.
///
/// # Errors
/// `unavailable`.
pub async fn by_refresh_token(chat: &Chat, refresh_token: &str) -> Result<Option<Visitor>> {
    match lookup(chat.db().read(), refresh_token).await? {
        Some(Found { standing: Standing::Spent, session, .. }) => {
            revoke_reused(chat, session.id).await?;
            Ok(None)
        }
        Some(found) => {
            // The page can be shown all the same.
            let prolonged =
                prolong(chat, &found).await.inspect_err(|error| tracing::warn!(%error, "a session was not prolonged"));
            Ok(Some(Visitor { session: found.session, keep_for: prolonged.unwrap_or(None), unread: found.unread }))
        }
        None => Ok(None),
    }
}

/// Puts off the end of a session that is used, not with each page, but before much of its time has passed. The seconds that it has then.
async fn prolong(chat: &Chat, found: &Found) -> Result<Option<i64>> {
    let now = now();
    let end = lifetime::end(chat.limits(), found.began, now);
    if end - found.ends < lifetime::worth_writing(chat.limits()) {
        return Ok(None);
    }
    let transaction = chat.db().begin().await?;
    session::Entity::update_many()
        .col_expr(session::Column::ExpiresAt, Expr::value(end))
        .filter(session::Column::Id.eq(found.session.id.0))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(Some((end - now) / 1000))
}

/// The session behind an access token.
///
/// # Errors
/// `not_authenticated` when it is not one of ours, has expired, or its session was ended.
pub async fn by_access_token(chat: &Chat, access_token: &str) -> Result<Session> {
    by_claims(chat, &chat.tokens().verify(access_token)?).await
}

/// Seconds until an access token expires.
///
/// # Errors
/// `not_authenticated` when it is not one of ours or has expired.
pub fn expires_in(chat: &Chat, access_token: &str) -> Result<u64> {
    let claims = chat.tokens().verify(access_token)?;
    Ok(u64::try_from(claims.exp - now() / 1000).unwrap_or(0))
}

/// The session that a verified access token speaks of, if it has not ended.
pub(crate) async fn by_claims(chat: &Chat, claims: &Claims) -> Result<Session> {
    let select = session::Entity::find_by_id(claims.sid.0).filter(is_alive()).find_also_related(user::Entity);
    let row = select.one(chat.db().read()).await?;
    match row {
        Some((session, Some(user))) if session.user_id == claims.sub.0 => {
            Ok(Session { id: SessionId(session.id), role: user.role.into(), user: user.into() })
        }
        _ => Err(ErrorCode::NotAuthenticated.into()),
    }
}
