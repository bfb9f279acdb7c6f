//! Reading a room's log back: what happened after a place in it.

use std::collections::{HashMap, HashSet};

use futures::FutureExt;
use hub::{Frame, Published, RoomLog, catch_up::Read};
use protocol::{EpochId, RoomId, Seq, SessionId, limits};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait, prelude::Uuid};

use super::rows::Entry;
use crate::{
    Error, Result,
    db::{
        Db,
        entity::{message, room, room_event, user},
        sessions,
    },
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

/// What happened in a room after `after`, up to and with `head`.
pub(crate) async fn since(db: &Db, room: RoomId, after: Seq, head: Seq) -> Result<Missed> {
    let count = head.0.saturating_sub(after.0).unsigned_abs();
    if count > limits::REPLAY_MAX {
        return Ok(Missed::TooMuch);
    }
    let missed = between(db, room, after, head).await?;
    let bytes: usize = missed.iter().map(|event| event.frame.len()).sum();
    if bytes > REPLAY_MAX_BYTES {
        return Ok(Missed::TooMuch);
    }
    Ok(Missed::Events(missed.into_iter().map(|event| event.frame).collect()))
}

/// The events after a place, up to and with `end`, which is committed.
async fn between(db: &Db, room: RoomId, after: Seq, end: Seq) -> Result<Vec<Published>> {
    let epoch = db.epoch();
    let entries = room_event::Entity::find()
        .join(JoinType::InnerJoin, room_event::Relation::Room.def())
        .join(JoinType::InnerJoin, room_event::Relation::Actor.def())
        .join(JoinType::LeftJoin, room_event::Relation::Message.def())
        .column(room::Column::Visibility)
        .column_as(room::Column::Name, "room_name")
        .column(room::Column::Topic)
        .column(user::Column::Username)
        .column(user::Column::Name)
        .column(user::Column::Ambiguous)
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
    entries.into_iter().map(|entry| entry.into_published(room, epoch)).collect()
}

/// The log as the hub reads it.
impl RoomLog for Db {
    fn epoch(&self) -> Read<'_, EpochId> {
        async move { Ok(self.find_epoch().await?) }.boxed()
    }

    fn heads<'a>(&'a self, rooms: &'a [RoomId]) -> Read<'a, HashMap<RoomId, Seq>> {
        async move {
            let heads: Vec<(Uuid, i64)> = room::Entity::find()
                .select_only()
                .columns([room::Column::Id, room::Column::LastSeq])
                .filter(room::Column::Id.is_in(rooms.iter().map(|room| room.0)))
                .into_tuple()
                .all(self.read())
                .await?;
            Ok(heads.into_iter().map(|(room, head)| (RoomId(room), Seq(head))).collect())
        }
        .boxed()
    }

    fn between(&self, room: RoomId, after: Seq, end: Seq) -> Read<'_, Vec<Published>> {
        async move { Ok(between(self, room, after, end).await?) }.boxed()
    }

    fn alive<'a>(&'a self, sessions: &'a [SessionId]) -> Read<'a, HashSet<SessionId>> {
        async move { Ok(sessions::alive(self.read(), sessions).await?) }.boxed()
    }
}
