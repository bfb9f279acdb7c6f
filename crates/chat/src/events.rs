//! A room's log: what happened after a place in it.

use protocol::{Change, ClientId, Event, MessageId, NewMessage, RoomId, Seq, ServerFrame, User, UserId, Visibility, limits};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait, prelude::Uuid,
};

use crate::{
    Actor, Chat, Error, Result,
    db::{
        Db,
        entity::{message, room, room_event, user},
    },
    hub::{Frame, Published},
    policy::Access,
};

/// Bytes of events that a resume replays at most, so that a socket cannot make the server hold more (G6).
const REPLAY_MAX_BYTES: usize = 1024 * 1024;

/// What a client missed.
pub(crate) enum Missed {
    /// These encoded events, in order.
    Events(Vec<Frame>),
    /// More than is replayed.
    TooMuch,
}

/// An entry of the log, with the current state that it speaks of.
#[derive(FromQueryResult)]
struct Entry {
    seq: i64,
    kind: room_event::Kind,
    at: i64,
    visibility: room::Visibility,
    actor_id: Uuid,
    username: String,
    name: String,
    message_id: Option<Uuid>,
    client_id: Option<Uuid>,
    body: Option<String>,
}

/// What happened in a room after `after`, up to and with `head`.
pub(crate) async fn since(chat: &Chat, room: RoomId, after: Seq, head: Seq) -> Result<Missed> {
    let count = head.0.saturating_sub(after.0).unsigned_abs();
    if count > limits::REPLAY_MAX {
        return Ok(Missed::TooMuch);
    }
    let missed = between(chat.db(), room, after, head).await?;
    let bytes: usize = missed.iter().map(|event| event.frame.len()).sum();
    if bytes > REPLAY_MAX_BYTES {
        return Ok(Missed::TooMuch);
    }
    Ok(Missed::Events(missed.into_iter().map(|event| event.frame).collect()))
}

/// The events after a place, up to and with `end`, which is committed.
pub(crate) async fn between(db: &Db, room: RoomId, after: Seq, end: Seq) -> Result<Vec<Published>> {
    let entries = room_event::Entity::find()
        .join(JoinType::InnerJoin, room_event::Relation::Room.def())
        .join(JoinType::InnerJoin, room_event::Relation::Actor.def())
        .join(JoinType::LeftJoin, room_event::Relation::Message.def())
        .column(room::Column::Visibility)
        .column(user::Column::Username)
        .column(user::Column::Name)
        .column(message::Column::ClientId)
        .column(message::Column::Body)
        .filter(room_event::Column::RoomId.eq(room.0))
        .filter(room_event::Column::Seq.gt(after.0))
        .filter(room_event::Column::Seq.lte(end.0))
        .order_by_asc(room_event::Column::Seq)
        .into_model::<Entry>()
        .all(db.read())
        .await?;
    if entries.len() as u64 != end.0.abs_diff(after.0) {
        return Err(Error::internal(format!("room {room} has a hole in its log between {after} and {end}")));
    }
    entries.into_iter().map(|entry| entry.into_published(room)).collect()
}

/// An event, encoded once for all who read it. Who has left a room that only members read is barred from what comes after.
pub(crate) fn publish(event: Event, visibility: Visibility) -> Published {
    let (room, seq, actor) = (event.room, event.seq, event.actor.id);
    let left = matches!(event.change, Change::MemberLeft);
    let bars = (left && !Access::new(visibility, Actor::User(actor), false).may_read()).then_some(actor);
    Published { room, seq, frame: Frame::of(&ServerFrame::Event(event)), bars }
}

impl Entry {
    fn into_published(self, room: RoomId) -> Result<Published> {
        let visibility = self.visibility.into();
        let actor = User { id: UserId(self.actor_id), username: self.username, name: self.name };
        let change = match self.kind {
            room_event::Kind::MemberJoined => Change::MemberJoined,
            room_event::Kind::MemberLeft => Change::MemberLeft,
            room_event::Kind::MessageCreated => {
                let (Some(id), Some(client_id), Some(body)) = (self.message_id, self.client_id, self.body) else {
                    return Err(Error::internal(format!("entry {} of room {room} has lost its message", self.seq)));
                };
                Change::MessageCreated { message: NewMessage { id: MessageId(id), client_id: ClientId(client_id), body } }
            }
        };
        Ok(publish(Event { room, seq: Seq(self.seq), at: self.at, actor, change }, visibility))
    }
}
