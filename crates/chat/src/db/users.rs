//! Accounts as several use cases look them up.

use protocol::{User, UserId, Username};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::entity::user;

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

/// The person as events name them.
pub(crate) async fn person(db: &impl ConnectionTrait, id: UserId) -> Result<User, DbErr> {
    Ok(by_id(db, id).await?.into())
}
