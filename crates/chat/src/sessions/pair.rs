//! Tokens in pairs, both of them JWTs, as clients of Django REST Framework's simplejwt know them.

use std::net::IpAddr;

use protocol::ErrorCode;

use super::{
    lookup::by_access_token,
    renew::{Again, exchange},
    session::{Session, Standing, lookup},
    sign_in::SignedIn,
};
use crate::{
    Chat, Result,
    credentials::{Claims, RefreshToken, Wrapped},
    db::now,
};

/// An access token and the token that it is renewed with.
#[derive(Debug)]
pub struct Pair {
    /// Opens what every access token opens.
    pub access: String,
    /// The refresh token of the session, in a JWT.
    pub refresh: String,
}

/// The pair of a session that was just begun. The refresh token is worth nothing after `seconds`, whatever the session lasts.
///
/// # Errors
/// `internal`, when they cannot be signed.
pub fn pair(chat: &Chat, signed_in: &SignedIn, seconds: i64) -> Result<Pair> {
    sign(chat, &signed_in.session, &signed_in.refresh_token, signed_in.lasts.min(seconds))
}

/// Exchanges a refresh token for the next pair. It can be shown once: for such clients nothing is kept in case the answer is lost.
///
/// # Errors
/// `not_authenticated` for what is no refresh token of a session, or was exchanged before; `throttled`, `unavailable`.
pub async fn renew_pair(chat: &Chat, refresh: &str, from: IpAddr, seconds: i64) -> Result<Pair> {
    let token = chat.tokens().unwrap(refresh)?.jti;
    let (session, next, lasts) = exchange(chat, &token, from, Again::Refused).await?;
    sign(chat, &session, &next, lasts.min(seconds))
}

/// Whether either token of a pair is good still.
///
/// # Errors
/// `not_authenticated` when it is not; `unavailable`.
pub async fn verify_either(chat: &Chat, token: &str) -> Result<()> {
    let Ok(wrapped) = chat.tokens().unwrap(token) else {
        return by_access_token(chat, token).await.map(|_| ());
    };
    let found = lookup(chat.db().read(), &wrapped.jti).await?;
    match found {
        Some(found) if found.standing == Standing::Next => Ok(()),
        _ => Err(ErrorCode::NotAuthenticated.into()),
    }
}

fn sign(chat: &Chat, session: &Session, refresh: &RefreshToken, lasts: i64) -> Result<Pair> {
    let (now, user) = (now() / 1000, session.user.id);
    let claims = Claims::new(user, session.id, now, chat.limits().access_token_seconds);
    Ok(Pair {
        access: chat.tokens().sign_typed(&claims)?,
        refresh: chat.tokens().wrap(&Wrapped::new(refresh, user, now, lasts))?,
    })
}
