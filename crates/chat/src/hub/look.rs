//! Looking into the database, where the truth is (G5).
//!
//! The broker only wakes: it may lose a signal, bring it late, or be gone for an hour. A node that sees a gap in a room, or has
//! heard nothing about a room that it serves for a while, reads the log itself; what it finds is delivered like what is brought.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use protocol::{RoomId, Seq, SessionId, limits};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::{Hub, feed::Feed};
use crate::{
    Error, Result,
    db::{
        Db,
        entity::{room, session},
    },
    events, sessions,
};

/// A room that was quiet this long is looked up. A right that was taken away is gone after two of these on every node (G9).
const PERIOD: Duration = Duration::from_millis(1500);
/// What two nodes write at the same moment may come in the wrong order; only what is missing after this is read.
const GRACE: Duration = Duration::from_millis(50);
/// Longest time for a look. One that hangs on a dead connection would be the last.
const LOOK_MAX: Duration = Duration::from_secs(10);
/// Ids in one statement.
const CHUNK: usize = 500;

/// Watches over the rooms of a hub for as long as it is polled, and over its sessions where other nodes can end them.
pub(crate) async fn watch(hub: Arc<Hub>, db: Db, many_nodes: bool) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let looked = tokio::select! {
            _ = ticks.tick() => timeout(LOOK_MAX, look(&hub, &db, many_nodes)).await,
            () = hub.gap.notified() => {
                sleep(GRACE).await;
                timeout(LOOK_MAX, fill_gaps(&hub, &db)).await
            }
        };
        if let Err(error) = looked.unwrap_or_else(|elapsed| Err(Error::unavailable(elapsed))) {
            tracing::warn!(%error, "could not look into the database for what the broker may have lost");
        }
    }
}

async fn look(hub: &Hub, db: &Db, many_nodes: bool) -> Result<()> {
    let feeds = hub.feeds();
    let quiet: Vec<_> = feeds.into_iter().filter(|(_, feed)| feed.lock().is_quiet()).collect();
    catch_up(hub, db, &quiet).await?;
    if many_nodes { cut_ended(hub, db).await } else { Ok(()) }
}

async fn fill_gaps(hub: &Hub, db: &Db) -> Result<()> {
    let gaps: Vec<_> = hub.feeds().into_iter().filter(|(_, feed)| feed.lock().has_gap()).collect();
    catch_up(hub, db, &gaps).await
}

/// Reads and delivers what was committed after the last delivery.
async fn catch_up(hub: &Hub, db: &Db, feeds: &[(RoomId, Arc<Mutex<Feed>>)]) -> Result<()> {
    for feeds in feeds.chunks(CHUNK) {
        let heads: Vec<(Uuid, i64)> = room::Entity::find()
            .select_only()
            .columns([room::Column::Id, room::Column::LastSeq])
            .filter(room::Column::Id.is_in(feeds.iter().map(|(room, _)| room.0)))
            .into_tuple()
            .all(db.read())
            .await?;
        let heads: HashMap<Uuid, i64> = heads.into_iter().collect();
        for (room, feed) in feeds {
            let Some(head) = heads.get(&room.0) else { continue };
            let last = feed.lock().last();
            read_up_to(hub, db, *room, last, Seq(*head)).await?;
        }
    }
    Ok(())
}

async fn read_up_to(hub: &Hub, db: &Db, room: RoomId, mut last: Seq, head: Seq) -> Result<()> {
    while last < head {
        let end = Seq(head.0.min(last.0 + limits::REPLAY_MAX.cast_signed()));
        let missed = events::between(db, room, last, end).await?;
        metrics::counter!("snug_looked_up_total").increment(missed.len() as u64);
        hub.deliver(missed);
        last = end;
    }
    Ok(())
}

/// Closes the sockets of sessions that another node has ended.
async fn cut_ended(hub: &Hub, db: &Db) -> Result<()> {
    let live: Vec<SessionId> = hub.sessions().into_iter().collect();
    for live in live.chunks(CHUNK) {
        let alive: Vec<Uuid> = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(Condition::all().add(session::Column::Id.is_in(live.iter().map(|id| id.0))).add(sessions::alive()))
            .into_tuple()
            .all(db.read())
            .await?;
        let alive: HashSet<Uuid> = alive.into_iter().collect();
        live.iter().filter(|id| !alive.contains(&id.0)).for_each(|id| hub.cut(*id));
    }
    Ok(())
}
