//! Who did what to whom when.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) at: i64,
    /// Nobody: the command line.
    pub(crate) actor_id: Option<Uuid>,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) subject_id: Option<Uuid>,
    pub(crate) subject: String,
    pub(crate) detail: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
