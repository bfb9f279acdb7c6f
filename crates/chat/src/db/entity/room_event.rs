//! One entry of a room's log: append-only, and what carries `seq`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "room_events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) room_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) seq: i64,
    /// What happened: `log::rows` knows the words.
    pub(crate) kind: String,
    pub(crate) message_id: Option<Uuid>,
    pub(crate) actor_id: Uuid,
    pub(crate) at: i64,
    /// Whom it is about, when that is somebody else than who did it.
    pub(crate) subject_id: Option<Uuid>,
    /// What it is about beside that: the emoji of a reaction.
    pub(crate) detail: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
