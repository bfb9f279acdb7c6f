//! Accounts as several use cases look them up.

use protocol::{User, UserId, Username};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::{entity::user, now};

/// The account with this user name, with what is needed to check its password. A former member has none to sign in with.
pub(crate) async fn by_name(db: &impl ConnectionTrait, username: &Username) -> Result<Option<user::Model>, DbErr> {
    let select = user::Entity::find().filter(user::Column::Username.eq(username.as_str()));
    select.filter(user::Column::DeletedAt.is_null()).one(db).await
}

/// The account with this id; of former members too there is one.
pub(crate) async fn by_id(db: &impl ConnectionTrait, id: UserId) -> Result<user::Model, DbErr> {
    let row = user::Entity::find_by_id(id.0).one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound(format!("user {id} has gone")))
}

/// Whether the house would have no owner who can sign in without this account, which is one.
pub(crate) async fn is_last_owner(db: &impl ConnectionTrait, id: UserId) -> Result<bool, DbErr> {
    let owners = user::Entity::find().filter(user::Column::Role.eq(user::Role::Owner)).filter(user::Column::DeletedAt.is_null());
    let owners = owners.all(db).await?;
    let (own, others): (Vec<_>, Vec<_>) = owners.into_iter().partition(|owner| owner.id == id.0);
    Ok(!own.is_empty() && others.iter().all(|owner| owner.suspended_until.is_some_and(|until| until > now())))
}

/// The person as events name them.
pub(crate) async fn person(db: &impl ConnectionTrait, id: UserId) -> Result<User, DbErr> {
    Ok(by_id(db, id).await?.into())
}
