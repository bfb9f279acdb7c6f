//! An account.

use sea_orm::entity::prelude::*;

/// What an account may do on the whole server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum Role {
    /// The first account.
    Owner,
    /// Everybody else.
    Member,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    /// Folded to lower case.
    #[sea_orm(unique)]
    pub(crate) username: String,
    pub(crate) name: String,
    /// What the user name looks like.
    pub(crate) username_look: Option<String>,
    /// What the name looks like.
    pub(crate) name_look: Option<String>,
    /// Whether the name alone does not say who it is.
    pub(crate) ambiguous: bool,
    /// PHC string.
    pub(crate) password_hash: String,
    pub(crate) role: Role,
    pub(crate) created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for protocol::User {
    fn from(user: Model) -> Self {
        Self { id: protocol::UserId(user.id), username: user.username, name: user.name, ambiguous: user.ambiguous }
    }
}
