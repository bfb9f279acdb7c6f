//! Who did what to whom when: rows that are added in the transaction of what they speak of, and never edited.

use protocol::{Room, UserId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, prelude::Uuid,
};
use serde::Serialize;

use super::doer::{By, Doer};
use crate::{
    Chat, Result,
    db::{entity::audit, now},
    policy::HouseAction,
};

/// Rows of a page.
const PAGE: u64 = 50;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    AddAccount,
    ChangeRole,
    Suspend,
    Lift,
    SignOut,
    ResetLink,
    SetPassword,
    DeleteAccount,
    Export,
    Settle,
    MakeInvite,
    RevokeInvite,
    Announce,
    MakeRoom,
    AddToRoom,
    RemoveFromRoom,
    ChangeRoomRole,
    BanFromRoom,
    LiftBan,
    ChangeVisibility,
    ArchiveRoom,
    BringRoomBack,
    DeleteRoom,
    Import,
    SendSystemMessage,
    DeleteMessage,
    DismissReport,
    MakeToken,
    RevokeToken,
    MakeBot,
    HandBotOver,
    DeleteBot,
    MakeOutgoing,
    ChangeOutgoing,
    DeleteOutgoing,
    MakeCommand,
    DeleteCommand,
    MakeHook,
    ChangeHook,
    RemoveHook,
}

impl Deed {
    const ALL: [Self; 40] = [
        Self::AddAccount,
        Self::ChangeRole,
        Self::Suspend,
        Self::Lift,
        Self::SignOut,
        Self::ResetLink,
        Self::SetPassword,
        Self::DeleteAccount,
        Self::Export,
        Self::Settle,
        Self::MakeInvite,
        Self::RevokeInvite,
        Self::Announce,
        Self::MakeRoom,
        Self::AddToRoom,
        Self::RemoveFromRoom,
        Self::ChangeRoomRole,
        Self::BanFromRoom,
        Self::LiftBan,
        Self::ChangeVisibility,
        Self::ArchiveRoom,
        Self::BringRoomBack,
        Self::DeleteRoom,
        Self::Import,
        Self::SendSystemMessage,
        Self::DeleteMessage,
        Self::DismissReport,
        Self::MakeToken,
        Self::RevokeToken,
        Self::MakeBot,
        Self::HandBotOver,
        Self::DeleteBot,
        Self::MakeOutgoing,
        Self::ChangeOutgoing,
        Self::DeleteOutgoing,
        Self::MakeCommand,
        Self::DeleteCommand,
        Self::MakeHook,
        Self::ChangeHook,
        Self::RemoveHook,
    ];

    /// The word for it, as it is stored.
    fn word(self) -> &'static str {
        match self {
            Self::AddAccount => "add account",
            Self::ChangeRole => "change role",
            Self::Suspend => "suspend",
            Self::Lift => "lift suspension",
            Self::SignOut => "sign out",
            Self::ResetLink => "make reset link",
            Self::SetPassword => "set password",
            Self::DeleteAccount => "delete account",
            Self::Export => "export",
            Self::Settle => "change settings",
            Self::MakeInvite => "make invite",
            Self::RevokeInvite => "revoke invite",
            Self::Announce => "announce",
            Self::MakeRoom => "make room",
            Self::AddToRoom => "add to room",
            Self::RemoveFromRoom => "remove from room",
            Self::ChangeRoomRole => "change room role",
            Self::BanFromRoom => "ban from room",
            Self::LiftBan => "lift ban",
            Self::ChangeVisibility => "change visibility",
            Self::ArchiveRoom => "archive room",
            Self::BringRoomBack => "bring room back",
            Self::DeleteRoom => "delete room",
            Self::Import => "import",
            Self::SendSystemMessage => "send system message",
            Self::DeleteMessage => "delete message",
            Self::DismissReport => "dismiss report",
            Self::MakeToken => "make token",
            Self::RevokeToken => "revoke token",
            Self::MakeBot => "make bot",
            Self::HandBotOver => "hand bot over",
            Self::DeleteBot => "delete bot",
            Self::MakeOutgoing => "make outgoing webhook",
            Self::ChangeOutgoing => "change outgoing webhook",
            Self::DeleteOutgoing => "delete outgoing webhook",
            Self::MakeCommand => "make command",
            Self::DeleteCommand => "delete command",
            Self::MakeHook => "make hook",
            Self::ChangeHook => "change hook",
            Self::RemoveHook => "remove hook",
        }
    }
}

/// To whom or what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    pub(crate) id: Option<Uuid>,
    pub(crate) name: String,
}

impl Subject {
    pub(crate) fn account(id: UserId, username: &str) -> Self {
        Self { id: Some(id.0), name: ["@", username].concat() }
    }

    pub(crate) fn room(room: &Room) -> Self {
        Self { id: Some(room.id.0), name: ["/r/", &room.slug].concat() }
    }
}

/// Enters it.
pub(crate) async fn enter(db: &impl ConnectionTrait, doer: &Doer, deed: Deed, subject: Subject, detail: String) -> Result<()> {
    let row = audit::ActiveModel {
        id: Set(Uuid::now_v7()),
        at: Set(now()),
        actor_id: Set(doer.id.map(|id| id.0)),
        actor: Set(doer.name.clone()),
        action: Set(deed.word().to_owned()),
        subject_id: Set(subject.id),
        subject: Set(subject.name),
        detail: Set(detail),
    };
    row.insert(db).await?;
    Ok(())
}

/// Which entries are looked for.
#[derive(Clone, Debug, Default)]
pub struct AuditSearch {
    /// Who did it: a user name with its `@`, or `command line`; empty for all.
    pub actor: String,
    /// What was done; empty for everything.
    pub action: String,
    /// To whom or what, such as `@bob` or `/r/garden`: all that was done to a room, to those in it too; empty for all.
    pub subject: String,
    /// The entry after which the page begins.
    pub after: Option<Uuid>,
}

/// An entry.
#[derive(Clone, Debug, Serialize)]
pub struct AuditEntry {
    /// When, in unix milliseconds.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To whom or what.
    pub subject: String,
    /// How.
    pub detail: String,
}

/// A page of entries, the newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditPage {
    /// Them.
    pub entries: Vec<AuditEntry>,
    /// The last of them, where there are more.
    pub next: Option<Uuid>,
    /// What can be looked for.
    pub actions: Vec<&'static str>,
}

/// The audit log.
///
/// # Errors
/// `not_allowed`, `unavailable`.
pub async fn audit(chat: &Chat, by: impl Into<By>, search: AuditSearch) -> Result<AuditPage> {
    let db = chat.db().read();
    Doer::of(db, by.into()).await?.permit(HouseAction::Administer, &chat.settings())?;
    let mut select = audit::Entity::find().order_by_desc(audit::Column::Id).limit(PAGE + 1);
    for (column, text) in [(audit::Column::Actor, &search.actor), (audit::Column::Action, &search.action)] {
        if !text.trim().is_empty() {
            select = select.filter(column.eq(text.trim()));
        }
    }
    let subject = search.subject.trim();
    if !subject.is_empty() {
        let whom = Condition::any().add(audit::Column::Subject.eq(subject));
        // What was done to somebody in a room begins with the room.
        let of_room = subject.starts_with("/r/").then(|| audit::Column::Detail.starts_with([subject, ":"].concat()));
        select = select.filter(whom.add_option(of_room));
    }
    if let Some(after) = search.after {
        select = select.filter(audit::Column::Id.lt(after));
    }
    let mut rows = select.all(db).await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let entry = |row: audit::Model| {
        let audit::Model { at, actor, action, subject, detail, .. } = row;
        AuditEntry { at, actor, action, subject, detail }
    };
    Ok(AuditPage { entries: rows.into_iter().map(entry).collect(), next, actions: Deed::ALL.map(Deed::word).to_vec() })
}
