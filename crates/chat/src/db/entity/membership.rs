//! Who is in which room.

use protocol::RoomRole;
use sea_orm::entity::prelude::*;

/// What a member may do in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum Role {
    /// Made the room, or was given it.
    Owner,
    /// Keeps order.
    Moderator,
    /// Joined it.
    Member,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) room_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) user_id: Uuid,
    pub(crate) role: Role,
    pub(crate) joined_at: i64,
    /// Until then they may not write.
    pub(crate) muted_until: Option<i64>,
    /// Since when a direct conversation is not in their list.
    pub(crate) hidden_at: Option<i64>,
    /// Up to where they have read.
    pub(crate) last_read_seq: i64,
    /// Up to where they had, before they took all for read and nothing since.
    pub(crate) read_before: Option<i64>,
    /// Of what they want to hear: `everything`, `mentions`, `nothing`.
    pub(crate) level: String,
    /// Until when they want to hear nothing at all.
    pub(crate) quiet_until: Option<i64>,
    pub(crate) starred_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl From<Role> for RoomRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Moderator => Self::Moderator,
            Role::Member => Self::Member,
        }
    }
}

impl From<RoomRole> for Role {
    fn from(role: RoomRole) -> Self {
        match role {
            RoomRole::Owner => Self::Owner,
            RoomRole::Moderator => Self::Moderator,
            RoomRole::Member => Self::Member,
        }
    }
}
