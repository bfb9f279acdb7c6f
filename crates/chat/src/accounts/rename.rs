//! Changing one's user name. What refers to an account does so by its id, so nothing else has to change.

use protocol::{User, Username};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, SqlErr, sea_query::Expr};

use super::names::{Looks, mark_alike, refuse_alike, taken};
use crate::{
    Chat, Error, Result, account_log,
    db::{Serial, entity::user, serialize, users},
    sessions::Session,
    settings::mark_changed,
    throttle::Deed,
};

/// Gives an account another user name. Somebody else may take the old one.
///
/// # Errors
/// `invalid` when it cannot be taken, `throttled`, `unavailable`.
pub async fn rename(chat: &Chat, session: &Session, username: &str) -> Result<User> {
    let username = Username::parse(username)?;
    let id = session.user.id;
    chat.deeds().by(id, Deed::EditRoom)?;
    let transaction = chat.db().begin().await?;
    // Two names alike at once: only one of them is taken.
    serialize(&transaction, Serial::FirstAccount).await?;
    let user = users::person(&transaction, id).await?;
    if user.username == username.as_str() {
        return Ok(user);
    }
    refuse_alike(&transaction, &username, Some(id)).await?;
    let looks = Looks::of(username.as_str(), &user.name);
    let alike = mark_alike(&transaction, &user.name, &looks, Some(id)).await?;
    user::Entity::update_many()
        .col_expr(user::Column::Username, Expr::value(username.as_str()))
        .col_expr(user::Column::UsernameLook, Expr::value(looks.username))
        .col_expr(user::Column::Ambiguous, Expr::value(alike.itself))
        .filter(user::Column::Id.eq(id.0))
        .exec(&transaction)
        .await
        .map_err(|error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
            _ => Error::from(error),
        })?;
    account_log::rename(&transaction, &user.username, &["@", username.as_str()].concat()).await?;
    mark_changed(&transaction).await?;
    transaction.commit().await?;
    chat.renew().await;
    Ok(User { username: username.into_string(), ambiguous: alike.itself, ..user })
}
