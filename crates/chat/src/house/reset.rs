//! A new password for somebody who has lost theirs: by a link that an admin gives them, or set by whoever has the machine.

use std::net::IpAddr;

use protocol::{ErrorCode, HouseRole, User, UserId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
    people::found,
};
use crate::{
    Chat, Result,
    credentials::{RefreshToken, new_password},
    db::{
        Transaction,
        entity::{link, user},
        now,
    },
    policy::HouseAction,
    sessions,
};

const RESET: &str = "reset";
/// How long a link holds, in milliseconds.
const LASTS_MS: i64 = 24 * 60 * 60 * 1000;

/// Makes a link by which the owner of an account can set a new password, once, within a day. One that was made before holds no longer.
/// The token of it: `/reset/{token}`.
///
/// # Errors
/// `not_allowed`, `not_found`, `unavailable`.
pub async fn reset_link(chat: &Chat, by: impl Into<By>, account: UserId) -> Result<String> {
    let (token, by) = (RefreshToken::generate()?, by.into());
    let transaction = chat.db().begin().await?;
    permitted(chat, &transaction, by, account, Deed::ResetLink).await?;
    forget_links(&transaction, account).await?;
    let row = link::ActiveModel {
        hash: Set(token.hash()),
        purpose: Set(RESET.to_owned()),
        user_id: Set(Some(account.0)),
        expires_at: Set(now() + LASTS_MS),
    };
    row.insert(&transaction).await?;
    transaction.commit().await?;
    Ok(token.as_str().to_owned())
}

/// Whose password such a link sets.
///
/// # Errors
/// `not_found` for a link that does not hold, `unavailable`.
pub async fn account_of_link(chat: &Chat, token: &str) -> Result<User> {
    Ok(by_link(chat.db().read(), token).await?.into())
}

/// Sets a password by a link, and ends everything that the account is signed in with. Whoever shows the same link at the same time finds
/// it used.
///
/// # Errors
/// `not_found` for a link that does not hold, `invalid` for a password that is none, `throttled`, `unavailable`.
pub async fn use_reset_link(chat: &Chat, token: &str, password: &str, from: IpAddr) -> Result<()> {
    chat.sign_ins().stranger(from).await?;
    let account = by_link(chat.db().read(), token).await?;
    let hash = chat.hasher().hash(new_password(password, &account.username)?).await?;
    let transaction = chat.db().begin().await?;
    let used = link::Entity::delete_by_id(RefreshToken::hash_of(token)).exec(&transaction).await?;
    if used.rows_affected == 0 {
        return Err(ErrorCode::NotFound.into());
    }
    finish(chat, transaction, UserId(account.id), hash).await
}

/// Sets a password, and ends everything that the account is signed in with.
///
/// # Errors
/// `not_allowed`, `not_found`, `invalid` for a password that is none, `unavailable`.
pub async fn set_password(chat: &Chat, by: impl Into<By>, account: UserId, password: &str) -> Result<()> {
    let by = by.into();
    let known = found(chat.db().read(), account).await?;
    let hash = chat.hasher().hash(new_password(password, &known.username)?).await?;
    let transaction = chat.db().begin().await?;
    permitted(chat, &transaction, by, account, Deed::SetPassword).await?;
    forget_links(&transaction, account).await?;
    finish(chat, transaction, account, hash).await
}

async fn permitted(chat: &Chat, transaction: &Transaction, by: By, account: UserId, deed: Deed) -> Result<()> {
    let doer = Doer::of(transaction, by).await?;
    let account = found(transaction, account).await?;
    // Nobody signs in with one.
    if account.bot {
        return Err(ErrorCode::NotAllowed.into());
    }
    doer.permit(HouseAction::ManageAccount(HouseRole::from(account.role)), &chat.settings())?;
    enter(transaction, &doer, deed, Subject::account(UserId(account.id), &account.username), String::new()).await
}

async fn finish(chat: &Chat, transaction: Transaction, account: UserId, hash: String) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .filter(user::Column::Id.eq(account.0))
        .exec(&transaction)
        .await?;
    let ended = sessions::end_all(&transaction, account, None).await?;
    transaction.commit().await?;
    sessions::cut(chat, ended).await;
    Ok(())
}

async fn by_link(db: &impl ConnectionTrait, token: &str) -> Result<user::Model> {
    let link = link::Entity::find_by_id(RefreshToken::hash_of(token))
        .filter(link::Column::Purpose.eq(RESET))
        .filter(link::Column::ExpiresAt.gt(now()));
    let id = link.one(db).await?.and_then(|link| link.user_id).ok_or(ErrorCode::NotFound)?;
    found(db, UserId(id)).await
}

async fn forget_links(transaction: &Transaction, account: UserId) -> Result<()> {
    let links = link::Entity::delete_many().filter(link::Column::UserId.eq(account.0));
    links.filter(link::Column::Purpose.eq(RESET)).exec(transaction).await?;
    Ok(())
}
