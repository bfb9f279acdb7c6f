//! A link by which people come in: into the house, or into a room too.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invites")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    #[sea_orm(unique)]
    pub(crate) code: String,
    pub(crate) room_id: Option<Uuid>,
    /// Nobody where the command line made it.
    pub(crate) made_by: Option<Uuid>,
    pub(crate) made_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) uses_max: Option<i64>,
    pub(crate) uses: i64,
    pub(crate) revoked_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
