//! A short text to one person.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "alerts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) user_id: Uuid,
    /// The account's count when it changed last.
    pub(crate) rev: i64,
    pub(crate) kind: String,
    pub(crate) text: String,
    /// Nobody where the command line said it.
    pub(crate) author_id: Option<Uuid>,
    pub(crate) room_id: Option<Uuid>,
    pub(crate) at: i64,
    pub(crate) read_at: Option<i64>,
    pub(crate) dismissed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
