//! A room.

use sea_orm::entity::prelude::*;

/// [`protocol::Visibility`] as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum Visibility {
    Public,
    Open,
    Private,
    Direct,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rooms")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    #[sea_orm(unique)]
    pub(crate) slug: String,
    pub(crate) name: String,
    /// What the name looks like.
    pub(crate) name_look: Option<String>,
    pub(crate) topic: String,
    pub(crate) visibility: Visibility,
    /// The newest place in the room's log.
    pub(crate) last_seq: i64,
    pub(crate) created_at: i64,
    /// Who made it; nobody for the lobby of a new server.
    pub(crate) founder_id: Option<Uuid>,
    pub(crate) archived_at: Option<i64>,
    /// Seconds that a member has to wait between two messages.
    pub(crate) slow_seconds: i64,
    /// Who a direct conversation is between: a hash of their ids.
    #[sea_orm(unique)]
    pub(crate) people: Option<String>,
    /// Since when it is being deleted: its rows go one after the other.
    pub(crate) deleted_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Visibility> for protocol::Visibility {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Public => Self::Public,
            Visibility::Open => Self::Open,
            Visibility::Private => Self::Private,
            Visibility::Direct => Self::Direct,
        }
    }
}

impl From<protocol::Visibility> for Visibility {
    fn from(visibility: protocol::Visibility) -> Self {
        match visibility {
            protocol::Visibility::Public => Self::Public,
            protocol::Visibility::Open => Self::Open,
            protocol::Visibility::Private => Self::Private,
            protocol::Visibility::Direct => Self::Direct,
        }
    }
}

impl From<Model> for protocol::Room {
    fn from(room: Model) -> Self {
        Self {
            id: protocol::RoomId(room.id),
            slug: room.slug,
            name: room.name,
            topic: room.topic,
            visibility: room.visibility.into(),
            archived: room.archived_at.is_some(),
            slow_seconds: u32::try_from(room.slow_seconds).unwrap_or(0),
            starred: false,
            person: None,
        }
    }
}
