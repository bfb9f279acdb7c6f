//! What happened, as a row of the log and back: the one place that knows both.
//!
//! A row says which message or person it is about; what it says of them is read with it, as it stands now. So whoever was away gets
//! the final text, once.

use hub::{Bars, Frame, Published};
use protocol::{
    Change, ClientId, EpochId, Event, MessageId, NewMessage, RoomId, RoomRole, Seq, ServerFrame, User, UserId, Visibility,
};
use sea_orm::{DbBackend, FromQueryResult, Statement, Value, prelude::Uuid};

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
}

/// Enters events into the log.
pub(crate) fn insert<'a>(backend: DbBackend, events: impl IntoIterator<Item = &'a Event>) -> Statement {
    let start = Sql::new(backend, "INSERT INTO room_events (room_id, seq, kind, message_id, actor_id, at, subject_id) VALUES ");
    start.rows(events.into_iter().map(row)).done()
}

fn row(event: &Event) -> [Value; 7] {
    let (kind, message, subject) = match &event.change {
        Change::MessageCreated { message } => (kind::MESSAGE_CREATED, Some(message.id.0), None),
        Change::MemberJoined => (kind::MEMBER_JOINED, None, None),
        Change::MemberLeft => (kind::MEMBER_LEFT, None, None),
        Change::MemberAdded { user } => (kind::MEMBER_ADDED, None, Some(user.id.0)),
        Change::MemberRemoved { user } => (kind::MEMBER_REMOVED, None, Some(user.id.0)),
        Change::MemberChanged { user, .. } => (kind::MEMBER_CHANGED, None, Some(user.id.0)),
        Change::RoomChanged { .. } => (kind::ROOM_CHANGED, None, None),
        Change::MessageDeleted { id, .. } => (kind::MESSAGE_DELETED, Some(id.0), None),
    };
    let (room, seq, actor) = (event.room.0, event.seq.0, event.actor.id.0);
    [room.into(), seq.into(), kind.into(), message.into(), actor.into(), event.at.into(), subject.into()]
}

/// The rows of a room after a place, up to and with another one, each with the current state that it speaks of.
pub(super) fn select(backend: DbBackend, room: RoomId, (after, end): (Seq, Seq)) -> Statement {
    Sql::new(backend, "SELECT e.seq, e.kind, e.at, e.actor_id, a.username, a.name, a.ambiguous, a.picture, ")
        .text("e.message_id, m.client_id, m.body, m.seq AS message_seq, m.deleted_at, ")
        .text("e.subject_id, s.username AS subject_username, s.name AS subject_name, s.ambiguous AS subject_ambiguous, s.picture AS subject_picture, ")
        .text("p.role AS subject_role, p.muted_until, ")
        .text("r.name AS room_name, r.topic, r.slug, r.archived_at, r.slow_seconds, ")
        .text(settings::VISIBILITY)
        .text(" FROM room_events e JOIN rooms r ON r.id = e.room_id JOIN users a ON a.id = e.actor_id ")
        .text("LEFT JOIN messages m ON m.id = e.message_id LEFT JOIN users s ON s.id = e.subject_id ")
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
    message_id: Option<Uuid>,
    client_id: Option<Uuid>,
    body: Option<String>,
    message_seq: Option<i64>,
    deleted_at: Option<i64>,
    subject_id: Option<Uuid>,
    subject_username: Option<String>,
    subject_name: Option<String>,
    subject_ambiguous: Option<bool>,
    subject_picture: Option<String>,
    subject_role: Option<membership::Role>,
    muted_until: Option<i64>,
    room_name: String,
    topic: String,
    slug: String,
    visibility: room::Visibility,
    archived_at: Option<i64>,
    slow_seconds: i64,
}

impl Entry {
    /// What the row says, ready to be delivered.
    pub(super) fn into_published(self, room: RoomId, epoch: EpochId) -> Result<Published> {
        let (seq, at, visibility) = (Seq(self.seq), self.at, self.visibility.into());
        let actor = User {
            id: UserId(self.actor_id),
            username: self.username.clone(),
            name: self.name.clone(),
            ambiguous: self.ambiguous,
            picture: self.picture.clone(),
        };
        let change = self.change().map_err(|lost| Error::internal(format!("entry {seq} of room {room} {lost}")))?;
        Ok(publish(Event { room, seq, at, actor, change }, epoch, visibility))
    }

    fn change(self) -> std::result::Result<Change, String> {
        Ok(match self.kind.as_str() {
            kind::MESSAGE_CREATED => {
                let (Some(id), Some(client_id), Some(body)) = (self.message_id, self.client_id, self.body) else {
                    return Err("has lost its message".to_owned());
                };
                let (id, client_id) = (MessageId(id), ClientId(client_id));
                Change::MessageCreated { message: NewMessage { id, client_id, body, deleted: self.deleted_at.is_some() } }
            }
            kind::MESSAGE_DELETED => match (self.message_id, self.message_seq) {
                (Some(id), Some(seq)) => Change::MessageDeleted { id: MessageId(id), seq: Seq(seq) },
                _ => return Err("has lost its message".to_owned()),
            },
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
            (Some(id), Some(username), Some(name), Some(ambiguous)) => {
                Ok(User { id: UserId(id), username, name, ambiguous, picture: self.subject_picture })
            }
            _ => Err("has lost whom it is about".to_owned()),
        }
    }
}

/// An event, encoded once for all who read it. Who may read no longer is barred from what comes after: somebody who has left a room that only
/// members read, and strangers where only members read from now on.
pub(crate) fn publish(event: Event, epoch: EpochId, visibility: Visibility) -> Published {
    let (room, seq) = (event.room, event.seq);
    let open = Access::new(visibility, Actor::User(event.actor.id), None).may(Action::Read);
    let bars = match &event.change {
        _ if open => Bars::Nobody,
        Change::MemberLeft => Bars::One(event.actor.id),
        Change::MemberRemoved { user } => Bars::One(user.id),
        Change::RoomChanged { .. } => Bars::Strangers,
        _ => Bars::Nobody,
    };
    Published { room, seq, epoch, frame: Frame::of(&ServerFrame::Event(event)), bars }
}
