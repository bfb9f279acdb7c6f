//! Reading a room's log back: what happened after a place in it.

use std::collections::{HashMap, HashSet};

use futures::FutureExt;
use hub::{Frame, Published, RoomLog, catch_up::Read};
use protocol::{EpochId, RoomId, Seq, SessionId, UserId, limits};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid};

use super::{
    rows::{self, select},
    stored::People,
};
use crate::{
    Error, Result, account_log,
    db::{
        Db,
        entity::{room, user},
        sessions,
    },
    marks,
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
    let rows = db.read().query_all_raw(select(db.read().get_database_backend(), room, (after, end))).await?;
    let entries = rows.iter().map(rows::read).collect::<std::result::Result<Vec<_>, _>>()?;
    if entries.len() as u64 != end.0.abs_diff(after.0) {
        return Err(Error::internal(format!("room {room} has a hole in its log between {after} and {end}")));
    }
    let people = People::of(db.read(), entries.iter().filter_map(|(_, message)| message.as_ref())).await?;
    let published = entries.into_iter().map(|(entry, message)| {
        let message = message.map(|message| Ok::<_, Error>((message.seq(), message.into_message(&people)?))).transpose()?;
        entry.into_published(message, room, epoch)
    });
    published.collect()
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
                .filter(room::Column::DeletedAt.is_null())
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

    fn changed<'a>(&'a self, accounts: &'a [(UserId, i64)]) -> Read<'a, Vec<(UserId, i64, Frame)>> {
        async move {
            let known: HashMap<Uuid, i64> = accounts.iter().map(|(user, rev)| (user.0, *rev)).collect();
            let revs: Vec<(Uuid, i64)> = user::Entity::find()
                .select_only()
                .columns([user::Column::Id, user::Column::Rev])
                .filter(user::Column::Id.is_in(known.keys().copied()))
                .into_tuple()
                .all(self.read())
                .await?;
            let later = revs.into_iter().filter(|(user, rev)| known.get(user).is_some_and(|known| rev > known));
            let heads = account_log::heads(self.read(), later.map(|(user, _)| UserId(user))).await?;
            let told = |(user, head): (UserId, account_log::Head)| {
                [account_log::changed(head), account_log::missed(head.rev)].map(|frame| (user, head.rev, frame))
            };
            Ok(heads.into_iter().flat_map(told).collect())
        }
        .boxed()
    }

    fn rooms_of(&self, user: UserId) -> Read<'_, Vec<(RoomId, Seq)>> {
        async move { Ok(marks::rooms_of(self.read(), user).await?) }.boxed()
    }

    fn alive<'a>(&'a self, sessions: &'a [SessionId]) -> Read<'a, HashSet<SessionId>> {
        async move { Ok(sessions::alive(self.read(), sessions).await?) }.boxed()
    }
}
