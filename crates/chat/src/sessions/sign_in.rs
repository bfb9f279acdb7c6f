//! Beginning a session.

use std::net::IpAddr;

use protocol::{ErrorCode, Password, SessionId, User, UserId, Username};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::{
    devices::{Source, admit, remember},
    lifetime::{self, REMEMBER_REPLACED_MS},
    session::Session,
    succession::issue,
};
use crate::{
    Chat, Result,
    credentials::{Lane, RefreshToken, TypedPassword},
    db::{
        Transaction,
        entity::{session, user},
        now, users,
    },
    house,
};

/// A session that was just begun.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its first refresh token.
    pub refresh_token: RefreshToken,
    /// How long the session lasts if it is not used again, in seconds.
    pub lasts: i64,
}

/// Why sign-ins are refused, as the log and the metrics have it.
pub const REFUSALS: [&str; 5] = ["malformed", "unknown_user", "wrong_password", "throttled", "suspended"];

/// Signs in with user name and password.
///
/// # Errors
/// `wrong_credentials`, in the same words and time for an unknown name; `suspended`, `throttled`, `unavailable`.
pub async fn sign_in(chat: &Chat, username: &str, password: &str, from: impl Into<Source>) -> Result<SignedIn> {
    let from = from.into();
    let address = from.address;
    let [malformed, unknown_user, wrong_password, throttled, suspended] =
        REFUSALS.map(|reason| move |user: &str| tell(address, user, reason));
    let username = Username::parse(username).ok();
    let name = username.as_ref().map_or("", Username::as_str);
    let lane = admit(chat, username.as_ref(), &from).await.inspect_err(|error| {
        if error.public().code == ErrorCode::Throttled {
            throttled(name);
        }
    })?;
    let (Some(username), Some(password)) = (&username, TypedPassword::parse(password)) else {
        malformed("");
        return Err(ErrorCode::WrongCredentials.into());
    };
    let account = users::by_name(chat.db().read(), username).await?;
    let is_known = account.is_some();
    let Some(account) = verify(chat, account, password, lane).await? else {
        if is_known {
            wrong_password(name)
        } else {
            unknown_user(name)
        };
        return Err(ErrorCode::WrongCredentials.into());
    };
    if let Some(error) = house::suspension(&account) {
        suspended(name);
        return Err(error);
    }
    open(chat, account, &from).await
}

/// Tells the operator, and programs such as fail2ban (`deploy/fail2ban`), of a sign-in that was refused. What was typed stands in no
/// line unless it has the form of a user name: people type passwords into the wrong field.
fn tell(from: IpAddr, user: &str, reason: &'static str) {
    tracing::info!(client = %from.to_canonical(), reason, user, "sign-in refused");
    metrics::counter!("snug_sign_ins_failed_total", "reason" => reason).increment(1);
}

/// The account, if this is its password. One whose hash is of an older form gets a hash of the form that is compared.
async fn verify(chat: &Chat, account: Option<user::Model>, password: TypedPassword, lane: Lane) -> Result<Option<user::Model>> {
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    if chat.hasher().verify(password.normal.clone(), stored.clone(), lane).await? {
        return Ok(account);
    }
    for form in password.older {
        if chat.hasher().verify(form, stored.clone(), lane).await?
            && let Some(account) = account
        {
            rehash(chat, &account, password.normal).await?;
            return Ok(Some(account));
        }
    }
    Ok(None)
}

async fn rehash(chat: &Chat, account: &user::Model, password: Password) -> Result<()> {
    let hash = chat.hasher().hash(password).await?;
    let transaction = chat.db().begin().await?;
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .filter(user::Column::Id.eq(account.id))
        .filter(user::Column::PasswordHash.eq(account.password_hash.as_str()))
        .exec(&transaction)
        .await?;
    Ok(transaction.commit().await?)
}

/// Begins a session for an account that has proved itself.
pub(crate) async fn open(chat: &Chat, account: user::Model, from: &Source) -> Result<SignedIn> {
    let (role, user) = (account.role.into(), User::from(account));
    let id = SessionId::generate();
    let now = now();
    let end = lifetime::end(chat.limits(), now, now);
    let mut transaction = chat.db().begin().await?;
    still_welcome(&transaction, user.id).await?;
    remember(&mut transaction, user.id, from);
    forget_ended(&transaction, user.id).await?;
    let row = session::ActiveModel {
        id: Set(id.0),
        user_id: Set(user.id.0),
        created_at: Set(now),
        expires_at: Set(end),
        revoked_at: Set(None),
        renewed_with: Set(None),
        ..Default::default()
    };
    row.insert(&transaction).await?;
    let refresh_token = issue(&transaction, id).await?;
    transaction.commit().await?;
    Ok(SignedIn { session: Session { id, user, role }, refresh_token, lasts: (end - now) / 1000 })
}

/// Who was suspended or deleted while the password was checked does not come in any more.
async fn still_welcome(transaction: &Transaction, user: UserId) -> Result<()> {
    let account = user::Entity::find_by_id(user.0).lock_exclusive().one(transaction).await?;
    let account = account.filter(|account| account.deleted_at.is_none()).ok_or(ErrorCode::WrongCredentials)?;
    house::suspension(&account).map_or(Ok(()), Err)
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
