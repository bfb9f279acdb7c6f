//! The account of a program: it has no password, and somebody answers for it, or it belongs to a hook or a command.

use protocol::{DisplayName, User, UserId, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, SqlErr, sea_query::Expr};

use super::names::{Looks, mark_alike, refuse_alike, taken};
use crate::{
    Error, Result,
    db::{Serial, entity::user, now, serialize},
    settings::mark_changed,
    writer::Transaction,
};

/// Makes one. Nobody signs in with it: programs come with its tokens. That of a hook or a command has no owner: it stays when whoever made
/// that goes, and goes with it.
///
/// # Errors
/// `invalid` where the user name is taken, or looks like one that is.
pub(crate) async fn insert_bot(
    transaction: &Transaction,
    username: &Username,
    name: &DisplayName,
    owner: Option<UserId>,
) -> Result<User> {
    // Of two accounts that are made at once each has to see the names of the other.
    serialize(&**transaction, Serial::FirstAccount).await?;
    refuse_alike(&**transaction, username, None).await?;
    let looks = Looks::of(username.as_str(), name.as_str());
    let alike = mark_alike(&**transaction, name.as_str(), &looks, None).await?;
    if alike.others {
        mark_changed(&**transaction).await?;
    }
    let row = user::ActiveModel {
        id: Set(UserId::generate().0),
        username: Set(username.as_str().to_owned()),
        name: Set(name.as_str().to_owned()),
        username_look: Set(Some(looks.username)),
        name_look: Set(Some(looks.name)),
        ambiguous: Set(alike.itself),
        password_hash: Set(String::new()),
        role: Set(user::Role::Member),
        created_at: Set(now()),
        bot: Set(true),
        owner_id: Set(owner.map(|owner| owner.0)),
        ..Default::default()
    };
    let made = row.insert(&**transaction).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
        _ => error.into(),
    })?;
    Ok(made.into())
}

/// Gives one another name to show.
pub(crate) async fn rename_bot(transaction: &Transaction, id: UserId, name: &DisplayName) -> Result<()> {
    serialize(&**transaction, Serial::FirstAccount).await?;
    let account = user::Entity::find_by_id(id.0).one(&**transaction).await?.ok_or_else(|| Error::internal("no account"))?;
    let looks = Looks::of(&account.username, name.as_str());
    let ambiguous = mark_alike(&**transaction, name.as_str(), &looks, Some(id)).await?.itself;
    user::Entity::update_many()
        .col_expr(user::Column::Name, Expr::value(name.as_str()))
        .col_expr(user::Column::NameLook, Expr::value(looks.name))
        .col_expr(user::Column::Ambiguous, Expr::value(ambiguous))
        .filter(user::Column::Id.eq(id.0))
        .exec(&**transaction)
        .await?;
    Ok(mark_changed(&**transaction).await?)
}
