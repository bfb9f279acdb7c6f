//! A token by which a program acts for an account.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    /// SHA-256 of the token, base64url.
    #[sea_orm(unique)]
    pub(crate) hash: String,
    /// The account that it acts for.
    pub(crate) user_id: Uuid,
    /// Who made it.
    pub(crate) made_by: Option<Uuid>,
    /// What its maker calls it.
    pub(crate) name: String,
    /// What it may be used for, as `Scopes` writes it.
    pub(crate) scopes: String,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
    /// When it was used last, to the minute.
    pub(crate) used_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
