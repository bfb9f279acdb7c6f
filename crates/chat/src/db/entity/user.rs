//! An account.

use protocol::HouseRole;
use sea_orm::entity::prelude::*;

/// What an account may do on the whole server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum Role {
    /// The first account, and whom it made one.
    Owner,
    /// Sees to people and rooms.
    Admin,
    /// Everybody else.
    Member,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    /// Folded to lower case.
    #[sea_orm(unique)]
    pub(crate) username: String,
    pub(crate) name: String,
    /// What the user name looks like.
    pub(crate) username_look: Option<String>,
    /// What the name looks like.
    pub(crate) name_look: Option<String>,
    /// Whether the name alone does not say who it is.
    pub(crate) ambiguous: bool,
    /// PHC string.
    pub(crate) password_hash: String,
    pub(crate) role: Role,
    pub(crate) created_at: i64,
    pub(crate) bio: String,
    pub(crate) pronouns: String,
    /// A name of the IANA time zone database; empty where it was not said.
    pub(crate) time_zone: String,
    /// The `etag` of the picture, if there is one.
    pub(crate) picture: Option<String>,
    /// Until then they may not do anything.
    pub(crate) suspended_until: Option<i64>,
    /// Why; for themselves and for admins.
    pub(crate) suspended_for: String,
    /// Since when it is a former member.
    pub(crate) deleted_at: Option<i64>,
    /// Counts what changes of the account on all of its devices.
    pub(crate) rev: i64,
    /// What they say of what they do, and until when.
    pub(crate) status_emoji: String,
    pub(crate) status_text: String,
    pub(crate) status_until: Option<i64>,
    /// Whether others do not see that they are here.
    pub(crate) invisible: bool,
    /// When they are not to be disturbed, in minutes of their day.
    pub(crate) quiet_from: Option<i64>,
    pub(crate) quiet_to: Option<i64>,
    /// Until when they are not to be disturbed, whatever time it is.
    pub(crate) quiet_until: Option<i64>,
    /// How the list of rooms is arranged, as JSON.
    pub(crate) sidebar: String,
    /// Whether a program speaks through it.
    pub(crate) bot: bool,
    /// Who answers for the program.
    pub(crate) owner_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for protocol::User {
    fn from(user: Model) -> Self {
        let Model { id, username, name, ambiguous, picture, bot, .. } = user;
        Self { id: protocol::UserId(id), username, name, ambiguous, picture, bot }
    }
}

impl From<Role> for HouseRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Member => Self::Member,
        }
    }
}

impl From<HouseRole> for Role {
    fn from(role: HouseRole) -> Self {
        match role {
            HouseRole::Owner => Self::Owner,
            HouseRole::Admin => Self::Admin,
            HouseRole::Member => Self::Member,
        }
    }
}
