//! What happened, as a row of the log and back: the one place that knows both.
//!
//! A row says which message or person it is about; what it says of them is read with it, as it stands now. So whoever was away gets
//! the final text, once.

use hub::{Frame, Published};
use protocol::{Change, ClientId, EpochId, Event, MessageId, NewMessage, RoomId, Seq, ServerFrame, User, UserId, Visibility};
use sea_orm::{DbBackend, FromQueryResult, Statement, Value, prelude::Uuid};

use crate::{
    Error, Result,
    db::{Sql, entity::room},
    policy::{Access, Actor},
};

/// The words for what happened, as they are stored.
mod kind {
    pub(super) const MESSAGE_CREATED: &str = "message_created";
    pub(super) const MEMBER_JOINED: &str = "member_joined";
    pub(super) const MEMBER_LEFT: &str = "member_left";
    pub(super) const ROOM_CHANGED: &str = "room_changed";
}

/// Enters events into the log.
pub(crate) fn insert<'a>(backend: DbBackend, events: impl IntoIterator<Item = &'a Event>) -> Statement {
    let start = Sql::new(backend, "INSERT INTO room_events (room_id, seq, kind, message_id, actor_id, at) VALUES ");
    start.rows(events.into_iter().map(row)).done()
}

fn row(event: &Event) -> [Value; 6] {
    let (kind, message) = match &event.change {
        Change::MessageCreated { message } => (kind::MESSAGE_CREATED, Some(message.id.0)),
        Change::MemberJoined => (kind::MEMBER_JOINED, None),
        Change::MemberLeft => (kind::MEMBER_LEFT, None),
        Change::RoomChanged { .. } => (kind::ROOM_CHANGED, None),
    };
    [event.room.0.into(), event.seq.0.into(), kind.into(), message.into(), event.actor.id.0.into(), event.at.into()]
}

/// A row of the log, with the current state that it speaks of.
#[derive(FromQueryResult)]
pub(super) struct Entry {
    seq: i64,
    kind: String,
    at: i64,
    visibility: room::Visibility,
    room_name: String,
    topic: String,
    actor_id: Uuid,
    username: String,
    name: String,
    ambiguous: bool,
    message_id: Option<Uuid>,
    client_id: Option<Uuid>,
    body: Option<String>,
}

impl Entry {
    /// What the row says, ready to be delivered.
    pub(super) fn into_published(self, room: RoomId, epoch: EpochId) -> Result<Published> {
        let change = match self.kind.as_str() {
            kind::MESSAGE_CREATED => {
                let (Some(id), Some(client_id), Some(body)) = (self.message_id, self.client_id, self.body) else {
                    return Err(Error::internal(format!("entry {} of room {room} has lost its message", self.seq)));
                };
                Change::MessageCreated { message: NewMessage { id: MessageId(id), client_id: ClientId(client_id), body } }
            }
            kind::MEMBER_JOINED => Change::MemberJoined,
            kind::MEMBER_LEFT => Change::MemberLeft,
            kind::ROOM_CHANGED => Change::RoomChanged { name: self.room_name, topic: self.topic },
            other => return Err(Error::internal(format!("entry {} of room {room} is of an unknown kind, {other}", self.seq))),
        };
        let actor = User { id: UserId(self.actor_id), username: self.username, name: self.name, ambiguous: self.ambiguous };
        Ok(publish(Event { room, seq: Seq(self.seq), at: self.at, actor, change }, epoch, self.visibility.into()))
    }
}

/// An event, encoded once for all who read it. Who has left a room that only members read is barred from what comes after.
pub(crate) fn publish(event: Event, epoch: EpochId, visibility: Visibility) -> Published {
    let (room, seq, actor) = (event.room, event.seq, event.actor.id);
    let left = matches!(event.change, Change::MemberLeft);
    let bars = (left && !Access::new(visibility, Actor::User(actor), None).may_read()).then_some(actor);
    Published { room, seq, epoch, frame: Frame::of(&ServerFrame::Event(event)), bars }
}
