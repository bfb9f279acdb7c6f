//! What happened, as a row of the log and back: the one place that knows both.
//!
//! A row says which message or person it is about; what it says of them is read with it, as it stands now. So whoever was away gets
//! the final text, once.

use hub::{Bars, Frame, Published};
use protocol::{Change, EpochId, Event, NewMessage, News, RoomId, RoomRole, Seq, ServerFrame, User, UserId, Visibility};
use sea_orm::{DbBackend, DbErr, FromQueryResult, QueryResult, Statement, Value, prelude::Uuid};

use super::stored::{self, Stored};

use crate::{
    Error, Result,
    db::{
        Sql,
        entity::{membership, room},
    },
    policy::{Access, Action, Actor},
    settings,
};

/// The words for what happened, as they are stored.
mod kind {
    pub(super) const MESSAGE_CREATED: &str = "message_created";
    pub(super) const MEMBER_JOINED: &str = "member_joined";
    pub(super) const MEMBER_LEFT: &str = "member_left";
    pub(super) const MEMBER_ADDED: &str = "member_added";
    pub(super) const MEMBER_REMOVED: &str = "member_removed";
    pub(super) const MEMBER_CHANGED: &str = "member_changed";
    pub(super) const ROOM_CHANGED: &str = "room_changed";
    pub(super) const MESSAGE_DELETED: &str = "message_deleted";
    pub(super) const MESSAGE_EDITED: &str = "message_edited";
    pub(super) const REACTION_CHANGED: &str = "reaction_changed";
    pub(super) const MESSAGE_PINNED: &str = "message_pinned";
}

/// Enters events into the log.
pub(crate) fn insert<'a>(backend: DbBackend, events: impl IntoIterator<Item = &'a Event>) -> Statement {
    let start =
        Sql::new(backend, "INSERT INTO room_events (room_id, seq, kind, message_id, actor_id, at, subject_id, detail) VALUES ");
    start.rows(events.into_iter().map(row)).done()
}

fn row(event: &Event) -> [Value; 8] {
    let (kind, message, subject, detail) = match &event.change {
        Change::MessageCreated { message } => (kind::MESSAGE_CREATED, Some(message.id), None, None),
        Change::MemberJoined => (kind::MEMBER_JOINED, None, None, None),
        Change::MemberLeft => (kind::MEMBER_LEFT, None, None, None),
        Change::MemberAdded { user } => (kind::MEMBER_ADDED, None, Some(user.id), None),
        Change::MemberRemoved { user } => (kind::MEMBER_REMOVED, None, Some(user.id), None),
        Change::MemberChanged { user, .. } => (kind::MEMBER_CHANGED, None, Some(user.id), None),
        Change::RoomChanged { .. } => (kind::ROOM_CHANGED, None, None, None),
        Change::MessageDeleted { id, .. } => (kind::MESSAGE_DELETED, Some(*id), None, None),
        Change::MessageEdited { id, .. } => (kind::MESSAGE_EDITED, Some(*id), None, None),
        Change::ReactionChanged { id, emoji, .. } => (kind::REACTION_CHANGED, Some(*id), None, Some(emoji.clone())),
        Change::MessagePinned { id, .. } => (kind::MESSAGE_PINNED, Some(*id), None, None),
    };
    let (message, subject) = (message.map(|id| id.0), subject.map(|id| id.0));
    let (room, seq, actor) = (event.room.0, event.seq.0, event.actor.id.0);
    [room.into(), seq.into(), kind.into(), message.into(), actor.into(), event.at.into(), subject.into(), detail.into()]
}

/// The rows of a room after a place, up to and with another one, each with the current state that it speaks of.
pub(super) fn select(backend: DbBackend, room: RoomId, (after, end): (Seq, Seq)) -> Statement {
    Sql::new(backend, "SELECT e.seq, e.kind, e.at, e.actor_id, a.username, a.name, a.ambiguous, a.picture, a.bot, ")
        .text(stored::COLUMNS)
        .text(", m.author_id AS written_by, e.message_id AS about_id, e.detail, x.at AS reacted_at, ")
        .text("e.subject_id, s.username AS subject_username, s.name AS subject_name, s.ambiguous AS subject_ambiguous, s.picture AS subject_picture, s.bot AS subject_bot, ")
        .text("p.role AS subject_role, p.muted_until, ")
        .text("r.name AS room_name, r.topic, r.slug, r.archived_at, r.slow_seconds, ")
        .text(settings::VISIBILITY)
        .text(" FROM room_events e JOIN rooms r ON r.id = e.room_id JOIN users a ON a.id = e.actor_id ")
        .text("LEFT JOIN messages m ON m.id = e.message_id ")
        .text(stored::JOINS)
        .text("LEFT JOIN reactions x ON x.room_id = e.room_id AND x.seq = m.seq AND x.user_id = e.actor_id AND x.emoji = e.detail ")
        .text("LEFT JOIN users s ON s.id = e.subject_id ")
        .text("LEFT JOIN memberships p ON p.room_id = e.room_id AND p.user_id = e.subject_id WHERE e.room_id = ")
        .value(room.0)
        .text(" AND e.seq > ")
        .value(after.0)
        .text(" AND e.seq <= ")
        .value(end.0)
        .text(" ORDER BY e.seq")
        .done()
}

/// One of them.
#[derive(FromQueryResult)]
pub(super) struct Entry {
    seq: i64,
    kind: String,
    at: i64,
    actor_id: Uuid,
    username: String,
    name: String,
    ambiguous: bool,
    picture: Option<String>,
    bot: bool,
    written_by: Option<Uuid>,
    about_id: Option<Uuid>,
    detail: Option<String>,
    reacted_at: Option<i64>,
    subject_id: Option<Uuid>,
    subject_username: Option<String>,
    subject_name: Option<String>,
    subject_ambiguous: Option<bool>,
    subject_picture: Option<String>,
    subject_bot: Option<bool>,
    subject_role: Option<membership::Role>,
    muted_until: Option<i64>,
    room_name: String,
    topic: String,
    slug: String,
    visibility: room::Visibility,
    archived_at: Option<i64>,
    slow_seconds: i64,
}

/// One of them, and the message that it is about.
pub(super) type About = (Entry, Option<Stored>);

/// Reads one.
pub(super) fn read(row: &QueryResult) -> std::result::Result<About, DbErr> {
    let entry = Entry::from_query_result(row, "")?;
    let message = entry.about_id.is_some().then(|| Stored::from_query_result(row, "")).transpose()?;
    Ok((entry, message))
}

impl Entry {
    /// What the row says, ready to be delivered.
    pub(super) fn into_published(self, message: Option<(Seq, NewMessage)>, room: RoomId, epoch: EpochId) -> Result<Published> {
        let (seq, at, visibility) = (Seq(self.seq), self.at, self.visibility.into());
        let actor = User {
            id: UserId(self.actor_id),
            username: self.username.clone(),
            name: self.name.clone(),
            ambiguous: self.ambiguous,
            picture: self.picture.clone(),
            bot: self.bot,
        };
        let in_room = message.as_ref().is_some_and(|(_, message)| !message.only_in_thread);
        let written_by = self.written_by.filter(|_| in_room).map(UserId);
        let change = self.change(message).map_err(|lost| Error::internal(format!("entry {seq} of room {room} {lost}")))?;
        let deleted = match &change {
            Change::MessageDeleted { seq: deleted, .. } => written_by.map(|author| deletion(seq, author, *deleted)),
            _ => None,
        };
        let published = publish(Event { room, seq, at, actor, change }, epoch, visibility);
        Ok(Published { news: published.news.or(deleted), ..published })
    }

    fn change(self, message: Option<(Seq, NewMessage)>) -> std::result::Result<Change, String> {
        let message = message.ok_or("has lost its message");
        Ok(match self.kind.as_str() {
            kind::MESSAGE_CREATED => Change::MessageCreated { message: message?.1 },
            kind::MESSAGE_DELETED => {
                let (seq, NewMessage { id, thread_of, thread, .. }) = message?;
                Change::MessageDeleted { id, seq, thread_of, thread: thread.filter(|_| thread_of.is_some()) }
            }
            kind::MESSAGE_EDITED => {
                let (seq, NewMessage { id, body, revision, edited_at, mentions, .. }) = message?;
                Change::MessageEdited { id, seq, body, revision, edited_at: edited_at.unwrap_or(self.at), mentions }
            }
            kind::REACTION_CHANGED => {
                let ((seq, NewMessage { id, reactions, .. }), on) = (message?, self.reacted_at.is_some());
                let emoji = self.detail.ok_or("has lost its emoji")?;
                let now = reactions.into_iter().find(|reaction| reaction.emoji == emoji);
                let (count, since) = now.map_or((0, Seq::ZERO), |reaction| (reaction.count, reaction.since));
                Change::ReactionChanged { id, seq, emoji, on, count, since }
            }
            kind::MESSAGE_PINNED => {
                let (seq, NewMessage { id, pinned, .. }) = message?;
                Change::MessagePinned { id, seq, pinned }
            }
            kind::MEMBER_JOINED => Change::MemberJoined,
            kind::MEMBER_LEFT => Change::MemberLeft,
            kind::MEMBER_ADDED => Change::MemberAdded { user: self.subject()? },
            kind::MEMBER_REMOVED => Change::MemberRemoved { user: self.subject()? },
            kind::MEMBER_CHANGED => Change::MemberChanged {
                // Who has gone since is nothing any more; that comes later in the log.
                role: self.subject_role.map_or(RoomRole::Member, Into::into),
                muted_until: self.muted_until,
                user: self.subject()?,
            },
            kind::ROOM_CHANGED => Change::RoomChanged {
                name: self.room_name,
                topic: self.topic,
                slug: self.slug,
                visibility: self.visibility.into(),
                archived: self.archived_at.is_some(),
                slow_seconds: u32::try_from(self.slow_seconds).unwrap_or(0),
            },
            other => return Err(format!("is of an unknown kind, {other}")),
        })
    }

    fn subject(self) -> std::result::Result<User, String> {
        match (self.subject_id, self.subject_username, self.subject_name, self.subject_ambiguous) {
            (Some(id), Some(username), Some(name), Some(ambiguous)) => Ok(User {
                id: UserId(id),
                username,
                name,
                ambiguous,
                picture: self.subject_picture,
                bot: self.subject_bot.unwrap_or_default(),
            }),
            _ => Err("has lost whom it is about".to_owned()),
        }
    }
}

/// That a message is not new to anybody any more, since it was deleted.
pub(crate) fn deletion(seq: Seq, author: UserId, deleted: Seq) -> News {
    News { seq, author, deleted: Some(deleted) }
}

/// An event, encoded once for all who read it. Who may read no longer is barred from what comes after: somebody who has left a room that only
/// members read, and strangers where only members read from now on.
pub(crate) fn publish(event: Event, epoch: EpochId, visibility: Visibility) -> Published {
    let (room, seq) = (event.room, event.seq);
    let open = Access::new(visibility, Actor::User(event.actor.id), None).may(Action::Read);
    let news = match &event.change {
        Change::MessageCreated { message } if !message.deleted && !message.only_in_thread => {
            Some(News { seq, author: event.actor.id, deleted: None })
        }
        _ => None,
    };
    let bars = match &event.change {
        _ if open => Bars::Nobody,
        Change::MemberLeft => Bars::One(event.actor.id),
        Change::MemberRemoved { user } => Bars::One(user.id),
        Change::RoomChanged { .. } => Bars::Strangers,
        _ => Bars::Nobody,
    };
    Published { room, seq, epoch, frame: Frame::of(&ServerFrame::Event(event)), bars, news }
}
