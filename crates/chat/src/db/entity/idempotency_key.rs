//! What was answered to a request that may be sent again.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) user_id: Uuid,
    /// As the account's program chose it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) key: String,
    /// SHA-256 of the request, base64url.
    pub(crate) request: String,
    pub(crate) begun_at: i64,
    /// Of the answer; without it the request is still being done.
    pub(crate) status: Option<i32>,
    /// Those that belong to the answer, one in a line.
    pub(crate) headers: Option<String>,
    /// Without it the answer was not to be kept.
    pub(crate) body: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
