//! Changing one's password.

use std::net::IpAddr;

use protocol::{Field, FieldError, Problem, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    Chat, Result,
    credentials::new_password,
    db::{
        Transaction,
        entity::{link, user},
    },
    sessions::{self, Session},
};

/// Gives an account another password. All its other sessions end, and links that would set one are worth nothing any more.
///
/// # Errors
/// `invalid` when the current password is not that, or the new one cannot be taken; `throttled`, `unavailable`.
pub async fn change_password(chat: &Chat, session: &Session, current: &str, new: &str, from: IpAddr) -> Result<()> {
    let new = new_password(new, &session.user.username)?;
    let account = sessions::prove(chat, session, current, from).await?;
    let hash = chat.hasher().hash(new).await?;
    let transaction = chat.db().begin().await?;
    replace(&transaction, &account, hash).await?;
    link::Entity::delete_many().filter(link::Column::UserId.eq(account.id)).exec(&transaction).await?;
    let ended = sessions::end_all(&transaction, UserId(account.id), Some(session.id)).await?;
    transaction.commit().await?;
    sessions::cut(chat, ended).await;
    Ok(())
}

/// Of two that change it at once, the second does not know the current one any more.
async fn replace(transaction: &Transaction, account: &user::Model, hash: String) -> Result<()> {
    let replaced = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .filter(user::Column::Id.eq(account.id))
        .filter(user::Column::PasswordHash.eq(account.password_hash.as_str()))
        .exec(transaction)
        .await?;
    if replaced.rows_affected == 0 {
        return Err(FieldError { field: Field::CurrentPassword, problem: Problem::Wrong }.into());
    }
    Ok(())
}
