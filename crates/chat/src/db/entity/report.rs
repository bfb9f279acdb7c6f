//! A message that somebody brought before the moderators.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reports")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) room_id: Uuid,
    pub(crate) message_id: Uuid,
    pub(crate) by_id: Uuid,
    pub(crate) reason: String,
    pub(crate) at: i64,
    pub(crate) closed_at: Option<i64>,
    pub(crate) closed_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
