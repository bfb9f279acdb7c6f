//! Beginning a session.

use std::net::IpAddr;

use protocol::{ErrorCode, Password, SessionId, User, UserId, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::{
    lifetime::{REMEMBER_REPLACED_MS, SESSION_SECONDS},
    session::{Session, issue},
};
use crate::{
    Chat, Result,
    credentials::RefreshToken,
    db::{Transaction, entity::session, now, users},
};

/// A session that was just begun.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its first refresh token.
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
    let account = users::by_name(chat.db().read(), &username).await?;
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

/// Drops the sessions of an account that have ended, so that the table does not grow with every log-in.
async fn forget_ended(transaction: &Transaction, user: UserId) -> Result<()> {
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
