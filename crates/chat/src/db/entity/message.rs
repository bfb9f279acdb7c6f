//! A message as it stands now.

use sea_orm::entity::prelude::*;

/// [`protocol::MessageKind`] as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum Kind {
    Text,
    Bot,
    System,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) room_id: Uuid,
    pub(crate) seq: i64,
    pub(crate) author_id: Uuid,
    pub(crate) client_id: Uuid,
    /// Markdown source, never HTML.
    pub(crate) body: String,
    pub(crate) created_at: i64,
    /// When its text was taken away.
    pub(crate) deleted_at: Option<i64>,
    /// How often its text was changed.
    pub(crate) revision: i64,
    pub(crate) edited_at: Option<i64>,
    /// The place of the message that it answers.
    pub(crate) reply_to: Option<i64>,
    /// The place of the message under which it stands.
    pub(crate) thread_of: Option<i64>,
    /// Whether it stands in the room, and not in its thread alone.
    pub(crate) in_room: bool,
    /// What is shown of the thread under it, of its reactions and of whom it calls: JSON, `log::stored` knows it.
    pub(crate) thread: String,
    pub(crate) reactions: String,
    pub(crate) mentions: String,
    pub(crate) pinned: bool,
    pub(crate) kind: Kind,
    /// What programs keep with it: JSON.
    pub(crate) extra: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::AuthorId", to = "super::user::Column::Id")]
    Author,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Author.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl From<Kind> for protocol::MessageKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text,
            Kind::Bot => Self::Bot,
            Kind::System => Self::System,
        }
    }
}

impl From<protocol::MessageKind> for Kind {
    fn from(kind: protocol::MessageKind) -> Self {
        match kind {
            protocol::MessageKind::Text => Self::Text,
            protocol::MessageKind::Bot => Self::Bot,
            protocol::MessageKind::System => Self::System,
        }
    }
}
