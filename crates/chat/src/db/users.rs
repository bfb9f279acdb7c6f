//! Accounts as several use cases look them up.

use protocol::{User, UserId, Username};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::entity::user;

/// The account with this user name, with what is needed to check its password.
pub(crate) async fn by_name(db: &impl ConnectionTrait, username: &Username) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find().filter(user::Column::Username.eq(username.as_str())).one(db).await
}

/// The person as events name them.
pub(crate) async fn person(db: &impl ConnectionTrait, id: UserId) -> Result<User, DbErr> {
    let row = user::Entity::find_by_id(id.0).one(db).await?;
    Ok(row.ok_or_else(|| DbErr::RecordNotFound(format!("user {id} has gone")))?.into())
}
