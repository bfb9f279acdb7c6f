//! Keeping somebody out for a while: everything that they are signed in with ends, and they cannot sign in again.

use std::sync::Arc;

use protocol::{ErrorCode, HouseRole, SessionId, Topic, UserId, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
    people::found,
    role::last_owner,
};
use crate::{
    Chat, Error, Result,
    credentials::RefreshToken,
    db::{
        entity::{link, user},
        now, tokens, users,
    },
    policy::HouseAction,
    sessions,
    settings::{Settings, mark_changed},
    writer::{Transaction, Work},
};

/// What a link to the words about a suspension is for.
const NOTICE: &str = "suspended";
/// How long such a link holds, in milliseconds.
const NOTICE_MS: i64 = 10 * 60 * 1000;

/// Suspends an account until a time (unix milliseconds), or for ever. The reason is for its owner and for admins.
///
/// # Errors
/// `last_owner`, `not_allowed`, `not_found`, `invalid` for a reason that is too long, `unavailable`.
pub async fn suspend(chat: &Chat, by: impl Into<By>, account: UserId, until: Option<i64>, reason: &str) -> Result<()> {
    let reason = Topic::parse(reason)?.as_str().to_owned();
    let until = until.unwrap_or(i64::MAX);
    run(chat, by.into(), account, Measure::Suspend { until, reason }).await
}

/// Lets somebody in again.
///
/// # Errors
/// `not_allowed`, `not_found`, `unavailable`.
pub async fn lift(chat: &Chat, by: impl Into<By>, account: UserId) -> Result<()> {
    run(chat, by.into(), account, Measure::Lift).await
}

/// Ends everything that an account is signed in with, and its access tokens.
///
/// # Errors
/// `not_allowed`, `not_found`, `unavailable`.
pub async fn sign_out(chat: &Chat, by: impl Into<By>, account: UserId) -> Result<()> {
    run(chat, by.into(), account, Measure::SignOut).await
}

/// Why an account may not be used now, if it may not.
pub(crate) fn suspension(account: &user::Model) -> Option<Error> {
    let until = account.suspended_until.filter(|until| *until > now())?;
    let mut detail = match until {
        i64::MAX => "It has no end of its own.".to_owned(),
        until => format!("It ends on {}.", crate::db::utc(until)),
    };
    if !account.suspended_for.is_empty() {
        detail.push_str(" The reason: ");
        detail.push_str(&account.suspended_for);
    }
    Some(protocol::Error::from(ErrorCode::Suspended).with_detail(detail).into())
}

/// A token for the page that says why an account may not be used, to be given to whoever has just proved that it is theirs.
///
/// # Errors
/// `unavailable`.
pub async fn notice(chat: &Chat, username: &str) -> Result<Option<String>> {
    let Ok(username) = Username::parse(username) else { return Ok(None) };
    let Some(account) = users::by_name(chat.db().read(), &username).await? else { return Ok(None) };
    let (token, transaction) = (RefreshToken::generate()?, chat.db().begin().await?);
    let row = link::ActiveModel {
        hash: Set(token.hash()),
        purpose: Set(NOTICE.to_owned()),
        user_id: Set(Some(account.id)),
        expires_at: Set(now() + NOTICE_MS),
    };
    row.insert(&transaction).await?;
    link::Entity::delete_many().filter(link::Column::ExpiresAt.lt(now())).exec(&transaction).await?;
    transaction.commit().await?;
    Ok(Some(token.as_str().to_owned()))
}

/// Why the account of such a token may not be used.
///
/// # Errors
/// `not_found` for a token that does not hold, and for an account that may be used again; `unavailable`.
pub async fn noticed(chat: &Chat, token: &str) -> Result<protocol::Error> {
    let db = chat.db().read();
    let link = link::Entity::find_by_id(RefreshToken::hash_of(token)).filter(link::Column::Purpose.eq(NOTICE));
    let link = link.filter(link::Column::ExpiresAt.gt(now())).one(db).await?;
    let id = link.and_then(|link| link.user_id).ok_or(ErrorCode::NotFound)?;
    let account = found(db, UserId(id)).await?;
    Ok(suspension(&account).ok_or(ErrorCode::NotFound)?.public())
}

enum Measure {
    Suspend { until: i64, reason: String },
    Lift,
    SignOut,
}

async fn run(chat: &Chat, by: By, account: UserId, measure: Measure) -> Result<()> {
    let ended = chat.writer().run(Measured { by, account, measure, settings: chat.settings() }).await?;
    // Who may not write any longer is no member who may.
    chat.seats().clear();
    sessions::cut(chat, ended).await;
    chat.renew().await;
    Ok(())
}

struct Measured {
    by: By,
    account: UserId,
    measure: Measure,
    settings: Arc<Settings>,
}

impl Work for Measured {
    /// The sessions that have ended.
    type Answer = Vec<SessionId>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Vec<SessionId>> {
        let db = &**transaction;
        let doer = Doer::of(db, self.by).await?;
        let account = found(db, self.account).await?;
        let role = HouseRole::from(account.role);
        doer.permit(HouseAction::ManageAccount(role), &self.settings)?;
        let (deed, detail) = match &self.measure {
            Measure::Suspend { until, reason } => {
                if role == HouseRole::Owner {
                    last_owner(db, self.account).await?;
                }
                set(transaction, self.account, Some(*until), reason).await?;
                let until = if *until == i64::MAX { "for ever".to_owned() } else { format!("until {}", crate::db::utc(*until)) };
                (Deed::Suspend, format!("{until} {reason}"))
            }
            Measure::Lift => {
                set(transaction, self.account, None, "").await?;
                (Deed::Lift, String::new())
            }
            Measure::SignOut => (Deed::SignOut, String::new()),
        };
        let db = &**transaction;
        enter(db, &doer, deed, Subject::account(self.account, &account.username), detail).await?;
        mark_changed(db).await?;
        match self.measure {
            Measure::Lift => Ok(Vec::new()),
            // Programs come in again by themselves when it is over.
            Measure::Suspend { .. } => {
                let ended = sessions::end_all(transaction, self.account, None).await?;
                Ok([ended, tokens::of(&**transaction, self.account).await?].concat())
            }
            Measure::SignOut => {
                let ended = sessions::end_all(transaction, self.account, None).await?;
                Ok([ended, tokens::end_all(&**transaction, self.account).await?].concat())
            }
        }
    }
}

async fn set(transaction: &Transaction, account: UserId, until: Option<i64>, reason: &str) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::SuspendedUntil, Expr::value(until))
        .col_expr(user::Column::SuspendedFor, Expr::value(reason))
        .filter(user::Column::Id.eq(account.0))
        .exec(&**transaction)
        .await?;
    Ok(())
}
