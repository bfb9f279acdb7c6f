//! A command that asks a program elsewhere.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "slash_commands")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    /// None where it is there in all rooms.
    pub(crate) room_id: Option<Uuid>,
    /// Its name, in lower case and without the slash.
    pub(crate) word: String,
    pub(crate) url: String,
    /// What questions are signed with.
    pub(crate) secret: String,
    /// Who speaks where all in the room see the answer.
    pub(crate) bot_id: Uuid,
    pub(crate) made_by: Uuid,
    pub(crate) made_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
