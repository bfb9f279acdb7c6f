//! A URL to which goes what is said in a room.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outgoing_hooks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) room_id: Uuid,
    pub(crate) url: String,
    /// The words that a message has to begin with, separated by commas; empty where every message goes out.
    pub(crate) words: String,
    /// What deliveries are signed with.
    pub(crate) secret: String,
    /// Who speaks where an answer is posted back.
    pub(crate) bot_id: Uuid,
    pub(crate) made_by: Uuid,
    pub(crate) made_at: i64,
    /// The place in the room's log up to which deliveries are made of it.
    pub(crate) seq: i64,
    /// Tries that failed since one succeeded, and since when.
    pub(crate) failures: i64,
    pub(crate) failing_since: Option<i64>,
    /// Until when nothing is tried after a failure.
    pub(crate) hold_until: i64,
    /// When something is due.
    pub(crate) next_at: Option<i64>,
    pub(crate) paused_at: Option<i64>,
    /// Which process delivers for it, and until when nobody else does.
    pub(crate) holder: Option<Uuid>,
    pub(crate) held_until: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
