//! Beginning a session.

use std::net::IpAddr;

use protocol::{ErrorCode, SessionId, User, UserId, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::{
    devices::{Source, admit, remember},
    lifetime::{self, REMEMBER_REPLACED_MS},
    prove::verify,
    session::Session,
    succession::issue,
};
use crate::{
    Chat, Result,
    credentials::{RefreshToken, TypedPassword},
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

/// Begins a session for an account that has proved itself.
///
/// # Errors
/// `wrong_credentials` when it has got another password meanwhile, or was deleted: the change has ended its sessions, and would miss
/// this one. `suspended`, `unavailable`.
pub(crate) async fn open(chat: &Chat, account: user::Model, from: &Source) -> Result<SignedIn> {
    let id = SessionId::generate();
    let now = now();
    let end = lifetime::end(chat.limits(), now, now);
    let mut transaction = chat.db().begin().await?;
    let account = unchanged(&transaction, &account).await?;
    let (role, user) = (account.role.into(), User::from(account));
    remember(&mut transaction, user.id, from);
    forget_ended(&transaction, user.id).await?;
    let row = session::ActiveModel {
        id: Set(id.0),
        user_id: Set(user.id.0),
        created_at: Set(now),
        expires_at: Set(end),
        revoked_at: Set(None),
        renewed_with: Set(None),
        agent: Set(from.agent()),
        address: Set(from.address.to_canonical().to_string()),
        used_at: Set(Some(now)),
    };
    row.insert(&transaction).await?;
    let refresh_token = issue(&transaction, id).await?;
    transaction.commit().await?;
    Ok(SignedIn { session: Session { id, user, role }, refresh_token, lasts: (end - now) / 1000 })
}

/// An account that is still the one that has proved itself, and may come in. On PostgreSQL it stays so until the transaction ends.
async fn unchanged(transaction: &Transaction, account: &user::Model) -> Result<user::Model> {
    let row = user::Entity::find_by_id(account.id).lock_shared().one(transaction).await?;
    let row = row.filter(|row| row.password_hash == account.password_hash && row.deleted_at.is_none());
    let row = row.ok_or(ErrorCode::WrongCredentials)?;
    match house::suspension(&row) {
        Some(error) => Err(error),
        None => Ok(row),
    }
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
