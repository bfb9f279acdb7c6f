//! A message on its way to a URL, or there.

use sea_orm::entity::prelude::*;

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum State {
    /// It is tried, or will be.
    Waiting,
    /// It was taken.
    Delivered,
    /// It is tried no longer.
    Failed,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outgoing_deliveries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) hook_id: Uuid,
    /// The message's place: its text stands with the message alone.
    pub(crate) seq: i64,
    pub(crate) state: State,
    pub(crate) attempts: i64,
    pub(crate) made_at: i64,
    /// Since when it is tried: it was made then, or sent again.
    pub(crate) since: i64,
    pub(crate) next_at: i64,
    pub(crate) tried_at: Option<i64>,
    /// What came back last.
    pub(crate) status: Option<i64>,
    pub(crate) error: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
