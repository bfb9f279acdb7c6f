//! Sessions: signing in, staying signed in, and ending it.
//!
//! A session is the family of refresh tokens that descend from one log-in. Drawing an access token replaces the refresh token by
//! a new one. Whoever shows a replaced one later than a few seconds after has a copy, thief or owner, and nobody can tell which:
//! the whole family ends (RFC 9700, 4.14.2).

mod access_token;
mod refresh_token;

use std::net::IpAddr;

use protocol::{ErrorCode, Password, SessionId, TokenGrant, User, UserId, Username};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    sea_query::Expr,
};

use crate::{
    Chat, Error, Result, accounts,
    db::{
        entity::{refresh_token as tokens, session, user},
        now,
    },
    hub::Signal,
};
pub(crate) use access_token::{Claims, Tokens};
pub use access_token::{NotAKey, SigningKey};
pub use refresh_token::RefreshToken;

/// How long a session lasts after it was last used, in seconds.
pub const SESSION_SECONDS: i64 = 30 * 24 * 60 * 60;
/// How long a replaced token is remembered, so that its reuse is recognised, in milliseconds.
const REMEMBER_REPLACED_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Somebody's sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which sign-in.
    pub id: SessionId,
    /// Whose.
    pub user: User,
}

/// A session that was just begun.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its first refresh token.
    pub refresh_token: RefreshToken,
}

/// What a refresh token was exchanged for.
#[derive(Debug)]
pub struct Renewed {
    /// The access token.
    pub grant: TokenGrant,
    /// The refresh token that takes the place of the one that was shown.
    pub refresh_token: RefreshToken,
}

/// Signs in with user name and password.
///
/// # Errors
/// `wrong_credentials`, in the same words and time for an unknown name; `throttled`; `unavailable`.
pub async fn sign_in(chat: &Chat, username: &str, password: &str, from: IpAddr) -> Result<SignedIn> {
    chat.throttle().check_address(from)?;
    let (Ok(username), Some(password)) = (Username::parse(username), Password::parse_existing(password)) else {
        return Err(ErrorCode::WrongCredentials.into());
    };
    chat.throttle().check_account(username.as_str(), from)?;
    let account = accounts::find(chat, &username).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let matches = chat.hasher().verify(password, stored).await?;
    let account = account.filter(|_| matches).ok_or(ErrorCode::WrongCredentials)?;
    chat.throttle().succeeded(username.as_str(), from);
    open(chat, account.into()).await
}

/// Begins a session for an account that has proved itself.
pub(crate) async fn open(chat: &Chat, user: User) -> Result<SignedIn> {
    let id = SessionId::generate();
    let transaction = chat.db().begin().await?;
    forget_ended(&transaction, user.id).await?;
    let row = session::ActiveModel {
        id: Set(id.0),
        user_id: Set(user.id.0),
        created_at: Set(now()),
        expires_at: Set(now() + SESSION_SECONDS * 1000),
        revoked_at: Set(None),
    };
    row.insert(&transaction).await?;
    let refresh_token = issue(&transaction, id).await?;
    transaction.commit().await?;
    Ok(SignedIn { session: Session { id, user }, refresh_token })
}

/// Draws an access token for a session.
///
/// # Errors
/// `internal`, when it cannot be signed.
pub fn grant(chat: &Chat, session: &Session) -> Result<TokenGrant> {
    let lifetime = chat.limits().access_token_seconds;
    let claims = Claims::new(session, now() / 1000, lifetime);
    Ok(TokenGrant { access_token: chat.tokens().sign(&claims)?, expires_in: lifetime, user: session.user.clone() })
}

/// Exchanges a refresh token for an access token and the next refresh token.
///
/// # Errors
/// `not_authenticated` for one that is unknown, expired or revoked, and for one that was replaced some seconds ago: then the
/// session has ended for everybody who holds a token of it.
pub async fn renew(chat: &Chat, refresh_token: &str) -> Result<Renewed> {
    let hash = refresh_token::hash(refresh_token);
    let transaction = chat.db().begin().await?;
    let Some(found) = lookup(&transaction, &hash).await? else {
        return Err(ErrorCode::NotAuthenticated.into());
    };
    let Found { token, session } = found;
    if !is_fresh(chat, &token) {
        revoke_in(&transaction, session.id).await?;
        transaction.commit().await?;
        tracing::warn!(session = %session.id, "a replaced refresh token was shown: session revoked");
        chat.signal(Signal::Cut(session.id)).await;
        return Err(ErrorCode::NotAuthenticated.into());
    }
    // A token replaced a moment ago comes from a second tab, or from an answer that was lost: it gets a successor of its own.
    tokens::Entity::update_many()
        .col_expr(tokens::Column::ReplacedAt, Expr::value(now()))
        .filter(tokens::Column::Hash.eq(&token.hash))
        .filter(tokens::Column::ReplacedAt.is_null())
        .exec(&transaction)
        .await?;
    prolong(&transaction, session.id).await?;
    let next = issue(&transaction, session.id).await?;
    transaction.commit().await?;
    Ok(Renewed { grant: grant(chat, &session)?, refresh_token: next })
}

/// The session behind a refresh token, for a page view: nothing is rotated.
///
/// # Errors
/// `unavailable`.
pub async fn by_refresh_token(chat: &Chat, refresh_token: &str) -> Result<Option<Session>> {
    let found = lookup(chat.db().read(), &refresh_token::hash(refresh_token)).await?;
    Ok(found.filter(|found| is_fresh(chat, &found.token)).map(|found| found.session))
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
    let row =
        session::Entity::find_by_id(claims.sid.0).filter(alive()).find_also_related(user::Entity).one(chat.db().read()).await?;
    match row {
        Some((session, Some(user))) if session.user_id == claims.sub.0 => {
            Ok(Session { id: SessionId(session.id), user: user.into() })
        }
        _ => Err(ErrorCode::NotAuthenticated.into()),
    }
}

/// Ends a session: its tokens are worth nothing any more, and its live sockets are cut (G9).
///
/// # Errors
/// `unavailable`.
pub async fn revoke(chat: &Chat, id: SessionId) -> Result<()> {
    let transaction = chat.db().begin().await?;
    revoke_in(&transaction, id).await?;
    transaction.commit().await?;
    chat.signal(Signal::Cut(id)).await;
    Ok(())
}

/// Ends the session that a refresh token belongs to. Doing it again is no error.
///
/// # Errors
/// `unavailable`.
pub async fn revoke_by_refresh_token(chat: &Chat, refresh_token: &str) -> Result<()> {
    match lookup(chat.db().read(), &refresh_token::hash(refresh_token)).await? {
        Some(found) => revoke(chat, found.session.id).await,
        None => Ok(()),
    }
}

struct Found {
    token: tokens::Model,
    session: Session,
}

/// The condition of a session that has not ended.
pub(crate) fn alive() -> Condition {
    Condition::all().add(session::Column::RevokedAt.is_null()).add(session::Column::ExpiresAt.gt(now()))
}

async fn lookup(db: &impl ConnectionTrait, hash: &str) -> Result<Option<Found>> {
    let row = tokens::Entity::find_by_id(hash)
        .find_also_related(session::Entity)
        .and_also_related(user::Entity)
        .filter(alive())
        .one(db)
        .await?;
    Ok(match row {
        Some((token, Some(session), Some(user))) => {
            Some(Found { token, session: Session { id: SessionId(session.id), user: user.into() } })
        }
        _ => None,
    })
}

fn is_fresh(chat: &Chat, token: &tokens::Model) -> bool {
    token.replaced_at.is_none_or(|replaced_at| now() - replaced_at <= chat.limits().refresh_grace_ms)
}

async fn issue(transaction: &DatabaseTransaction, session: SessionId) -> Result<RefreshToken> {
    let token = RefreshToken::generate()?;
    let row = tokens::ActiveModel {
        hash: Set(refresh_token::hash(token.as_str())),
        session_id: Set(session.0),
        created_at: Set(now()),
        replaced_at: Set(None),
    };
    row.insert(transaction).await?;
    Ok(token)
}

/// A session that is used goes on, and forgets the tokens that were replaced long ago.
async fn prolong(transaction: &DatabaseTransaction, session: SessionId) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::ExpiresAt, Expr::value(now() + SESSION_SECONDS * 1000))
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

async fn revoke_in(transaction: &DatabaseTransaction, session: SessionId) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now()))
        .filter(session::Column::Id.eq(session.0))
        .filter(session::Column::RevokedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(())
}

/// Drops the sessions of an account that have ended, so that the table does not grow with every log-in.
async fn forget_ended(transaction: &DatabaseTransaction, user: UserId) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::UserId.eq(user.0))
        .filter(
            Condition::any()
                .add(session::Column::ExpiresAt.lt(now()))
                .add(session::Column::RevokedAt.lt(now() - REMEMBER_REPLACED_MS)),
        )
        .exec(transaction)
        .await?;
    Ok(())
}

impl From<getrandom::Error> for Error {
    fn from(cause: getrandom::Error) -> Self {
        Self::internal(cause)
    }
}
