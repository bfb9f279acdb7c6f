//! An address at which another program posts into a room.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "hooks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) room_id: Uuid,
    /// The account that its messages are from.
    pub(crate) user_id: Uuid,
    /// The hash of what its address ends with.
    pub(crate) secret: String,
    pub(crate) made_by: Uuid,
    pub(crate) made_at: i64,
    /// Whether its messages may call all members.
    pub(crate) calls_all: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
