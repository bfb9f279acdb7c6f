//! Whose request it is.

use protocol::{ErrorCode, SessionId};
use sea_orm::{EntityTrait, QueryFilter};

use super::session::{Session, is_fresh, lookup};
use crate::{
    Chat, Result,
    credentials::Claims,
    db::{
        entity::{session, user},
        now,
        sessions::is_alive,
    },
};

/// The session behind a refresh token, for a page view: nothing is rotated.
///
/// # Errors
/// `unavailable`.
pub async fn by_refresh_token(chat: &Chat, refresh_token: &str) -> Result<Option<Session>> {
    let found = lookup(chat.db().read(), refresh_token).await?;
    Ok(found.filter(|found| is_fresh(chat, found)).map(|found| found.session))
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
            Ok(Session { id: SessionId(session.id), user: user.into() })
        }
        _ => Err(ErrorCode::NotAuthenticated.into()),
    }
}
