//! Whether it is the person themselves: the password, asked for at a sign-in and before something that matters.

use std::net::IpAddr;

use protocol::{Field, FieldError, Password, Problem};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::session::Session;
use crate::{
    Chat, Result,
    credentials::{DjangoHash, Lane, TypedPassword, fingerprint},
    db::entity::user,
};

/// The account of somebody who is signed in, if this is its password. Whoever has found an open browser may guess as often as a known
/// device.
///
/// # Errors
/// `invalid` when it is not, `throttled`, `unavailable`.
pub(crate) async fn prove(chat: &Chat, session: &Session, password: &str, from: IpAddr) -> Result<user::Model> {
    let mark = fingerprint(["account ", &session.user.id.to_string()].concat());
    chat.sign_ins().device(&mark, from).await?;
    let account = user::Entity::find_by_id(session.user.id.0).one(chat.db().read()).await?;
    let proved = match TypedPassword::parse(password) {
        Some(password) => verify(chat, account, password, Lane::Known).await?,
        None => None,
    };
    Ok(proved.ok_or(FieldError { field: Field::CurrentPassword, problem: Problem::Wrong })?)
}

/// The account, if this is its password. One whose hash is of an older form gets a hash of the form that is compared.
pub(super) async fn verify(
    chat: &Chat,
    account: Option<user::Model>,
    password: TypedPassword,
    lane: Lane,
) -> Result<Option<user::Model>> {
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    if chat.hasher().verify(password.normal.clone(), stored.clone(), lane).await? {
        return match account {
            Some(account) if DjangoHash::is_one(&account.password_hash) => {
                Ok(Some(rehashed(chat, account, password.normal).await?))
            }
            account => Ok(account),
        };
    }
    for form in password.older {
        if chat.hasher().verify(form, stored.clone(), lane).await?
            && let Some(account) = account
        {
            return Ok(Some(rehashed(chat, account, password.normal).await?));
        }
    }
    Ok(None)
}

/// The account with a hash of the form that is compared, by Argon2id.
async fn rehashed(chat: &Chat, account: user::Model, password: Password) -> Result<user::Model> {
    let password_hash = rehash(chat, &account, password).await?;
    Ok(user::Model { password_hash, ..account })
}

async fn rehash(chat: &Chat, account: &user::Model, password: Password) -> Result<String> {
    let hash = chat.hasher().hash(password).await?;
    let transaction = chat.db().begin().await?;
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash.as_str()))
        .filter(user::Column::Id.eq(account.id))
        .filter(user::Column::PasswordHash.eq(account.password_hash.as_str()))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(hash)
}
