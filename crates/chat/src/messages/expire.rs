//! Deleting what is older than the house keeps it. In a room it is as if somebody had deleted one message after the other, so pages that are
//! open and whoever was away hear of it in the same way; a few at a time, so that what others write does not wait.

use std::{collections::BTreeMap, time::Duration};

use protocol::{RoomId, Seq};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, prelude::Uuid};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::{delete::take_away, find::find};
use crate::{
    Chat, Result,
    db::{Sql, first_id, now, users},
    writer::{Transaction, Work},
};

/// How often it is looked what has become too old. Not at once at the start: a command has ended by then.
const PERIOD: Duration = Duration::from_secs(60);
/// Messages that are looked at in one go.
const LOOKED_AT: u64 = 500;
/// Messages that are deleted in one transaction.
const AT_ONCE: usize = 50;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Deletes what becomes too old, as long as there is the chat.
pub(crate) fn keep_no_longer(chat: &Chat) {
    let weak = chat.weak();
    chat.spawn(async move {
        let mut ticks = interval_at(Instant::now() + PERIOD, PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut done = Uuid::nil();
        loop {
            ticks.tick().await;
            let Some(chat) = weak.get() else { break };
            if let Err(error) = expire_after(&chat, now(), &mut done).await {
                tracing::warn!(%error, "what is older than the house keeps it is not all gone yet");
            }
        }
    });
}

/// Deletes what is too old at this time (unix milliseconds). How many messages that were.
///
/// # Errors
/// `unavailable`.
pub async fn expire(chat: &Chat, at: i64) -> Result<u64> {
    expire_after(chat, at, &mut Uuid::nil()).await
}

/// The same, of those after this one. What is before has been looked at; ids sort by the time that they were made.
async fn expire_after(chat: &Chat, at: i64, done: &mut Uuid) -> Result<u64> {
    let Some(days) = chat.settings().retention_days else { return Ok(0) };
    let end = first_id(at - i64::from(days) * DAY_MS);
    let mut deleted = 0;
    loop {
        let found = look(chat.db().read(), *done, end).await?;
        let Some(last) = found.last().map(|old| old.id) else { return Ok(deleted) };
        for portion in found.chunks(AT_ONCE) {
            let mut messages = BTreeMap::<_, Vec<_>>::new();
            for old in portion.iter().filter(|old| !old.deleted) {
                messages.entry(old.room).or_default().push(old.seq);
            }
            if !messages.is_empty() {
                deleted += chat.writer().run(Expire { messages }).await?;
            }
        }
        *done = last;
    }
}

/// A message that is too old.
struct Old {
    id: Uuid,
    room: RoomId,
    seq: Seq,
    deleted: bool,
}

async fn look(db: &impl ConnectionTrait, after: Uuid, end: Uuid) -> Result<Vec<Old>> {
    // What is deleted already is passed over here and not by the database, which would have to look at all of it at once.
    let select = "SELECT m.id, m.room_id, m.seq, m.deleted_at IS NOT NULL OR r.deleted_at IS NOT NULL \
                  FROM messages m JOIN rooms r ON r.id = m.room_id WHERE m.id > ";
    let select = Sql::new(db.get_database_backend(), select).value(after).text(" AND m.id < ").value(end);
    let rows = db.query_all_raw(select.text(" ORDER BY m.id").limit(LOOKED_AT).done()).await?;
    Ok(rows.iter().map(old).collect::<std::result::Result<_, _>>()?)
}

fn old(row: &QueryResult) -> std::result::Result<Old, DbErr> {
    let (id, room, seq, deleted): (Uuid, Uuid, i64, bool) = row.try_get_many_by_index()?;
    Ok(Old { id, room: RoomId(room), seq: Seq(seq), deleted })
}

struct Expire {
    /// In the order in which sends lock the rooms.
    messages: BTreeMap<RoomId, Vec<Seq>>,
}

impl Work for Expire {
    /// How many have gone.
    type Answer = u64;

    async fn run(&self, transaction: &mut Transaction) -> Result<u64> {
        let house = users::house(&**transaction).await?;
        let mut deleted = 0;
        for (room, messages) in &self.messages {
            for seq in messages {
                let message = find(&**transaction, *room, *seq).await?;
                // Another node was first, or somebody has deleted it.
                if message.deleted {
                    continue;
                }
                take_away(transaction, &message, house).await?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }
}
