//! Reading the log for what the broker did not bring (G5).
//!
//! The broker only wakes: it may lose a signal, bring it late, or be gone for an hour. A node that sees a gap in a room, or has
//! heard nothing about a room that it serves for a while, reads the log itself; what it finds is delivered like what is brought.

use std::{
    collections::{HashMap, HashSet},
    error::Error,
    sync::Arc,
    time::Duration,
};

use futures::future::BoxFuture;
use parking_lot::Mutex;
use protocol::{EpochId, RoomId, Seq, SessionId, UserId, limits};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::{Frame, Hub, Published, feed::Feed};

/// A room that was quiet this long is read. A right that was taken away is gone after two of these on every node (G9).
const PERIOD: Duration = Duration::from_millis(1500);
/// What two nodes write at the same moment may come in the wrong order; only what is missing after this is read.
const GRACE: Duration = Duration::from_millis(50);
/// A single node asks after its accounts and sessions with each of so many ticks: there it hears of everything but their age.
const TICKS_OF_AGE: usize = 3;
/// Longest time for one catch-up. One that hangs on a dead connection would be the last.
const CATCH_UP_MAX: Duration = Duration::from_secs(10);
/// Ids in one question.
const CHUNK: usize = 500;

/// Why the log could not be read.
pub type ReadError = Box<dyn Error + Send + Sync>;

/// Reading, to be awaited.
pub type Read<'a, T> = BoxFuture<'a, Result<T, ReadError>>;

/// Where the truth is.
pub trait RoomLog: Send + Sync + 'static {
    /// The epoch of the logs.
    fn epoch(&self) -> Read<'_, EpochId>;

    /// The last place of each of these rooms, as far as they exist.
    fn heads<'a>(&'a self, rooms: &'a [RoomId]) -> Read<'a, HashMap<RoomId, Seq>>;

    /// The events of a room after a place, up to and with `end`, which is committed.
    fn between(&self, room: RoomId, after: Seq, end: Seq) -> Read<'_, Vec<Published>>;

    /// Those of these accounts in whose logs something has happened after these places, with the last place and what their sockets are
    /// told of it.
    fn changed<'a>(&'a self, accounts: &'a [(UserId, i64)]) -> Read<'a, Vec<(UserId, i64, Frame)>>;

    /// The rooms that somebody is in, with the last place of each.
    fn rooms_of(&self, user: UserId) -> Read<'_, Vec<(RoomId, Seq)>>;

    /// Which of these sessions have not ended.
    fn alive<'a>(&'a self, sessions: &'a [SessionId]) -> Read<'a, HashSet<SessionId>>;
}

/// Watches over the rooms and the sessions of a hub for as long as it is polled.
pub async fn watch(hub: Arc<Hub>, log: Arc<dyn RoomLog>, many_nodes: bool) {
    futures::future::join(hub.tell_news(), look(&hub, &*log, many_nodes)).await;
}

async fn look(hub: &Hub, log: &dyn RoomLog, many_nodes: bool) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut may_have_ended = (1..=TICKS_OF_AGE).map(|tick| many_nodes || tick == TICKS_OF_AGE).cycle();
    loop {
        let done = tokio::select! {
            _ = ticks.tick() => {
                let sessions_too = may_have_ended.next() == Some(true);
                timeout(CATCH_UP_MAX, catch_up_with_all(hub, log, sessions_too)).await
            }
            () = hub.many_accounts_changed() => timeout(CATCH_UP_MAX, tell_accounts(hub, log)).await,
            () = hub.gap_seen() => {
                sleep(GRACE).await;
                timeout(CATCH_UP_MAX, fill_gaps(hub, log)).await
            }
        };
        if let Err(error) = done.unwrap_or_else(|elapsed| Err(elapsed.into())) {
            tracing::warn!(%error, "could not read the log for what the broker may have lost");
        }
    }
}

async fn catch_up_with_all(hub: &Hub, log: &dyn RoomLog, sessions_too: bool) -> Result<(), ReadError> {
    hub.turn(log.epoch().await?);
    let quiet: Vec<_> = hub.feeds().into_iter().filter(|(_, feed)| feed.lock().is_quiet()).collect();
    catch_up(hub, log, &quiet).await?;
    if !sessions_too {
        return Ok(());
    }
    tell_accounts(hub, log).await?;
    tell_news(hub, log).await?;
    watch_anew(hub, log).await?;
    cut_ended(hub, log).await
}

async fn fill_gaps(hub: &Hub, log: &dyn RoomLog) -> Result<(), ReadError> {
    hub.turn(log.epoch().await?);
    let gaps: Vec<_> = hub.feeds().into_iter().filter(|(_, feed)| feed.lock().has_gap()).collect();
    catch_up(hub, log, &gaps).await?;
    watch_anew(hub, log).await
}

/// Reads and delivers what was committed after the last delivery.
async fn catch_up(hub: &Hub, log: &dyn RoomLog, feeds: &[(RoomId, Arc<Mutex<Feed>>)]) -> Result<(), ReadError> {
    for feeds in feeds.chunks(CHUNK) {
        let rooms: Vec<RoomId> = feeds.iter().map(|(room, _)| *room).collect();
        let heads = log.heads(&rooms).await?;
        for (room, feed) in feeds {
            let Some(&head) = heads.get(room) else {
                hub.end(*room);
                continue;
            };
            let last = feed.lock().last();
            read_up_to(hub, log, *room, last, head).await?;
        }
    }
    Ok(())
}

async fn read_up_to(hub: &Hub, log: &dyn RoomLog, room: RoomId, mut last: Seq, head: Seq) -> Result<(), ReadError> {
    while last < head {
        let end = Seq(head.0.min(last.0 + limits::REPLAY_MAX.cast_signed()));
        let missed = log.between(room, last, end).await?;
        metrics::counter!("snug_caught_up_total").increment(missed.len() as u64);
        hub.deliver(missed);
        last = end;
    }
    Ok(())
}

/// Tells people what happened in the logs of their accounts and was not brought to each: an announcement, or what another process on this
/// machine has said.
async fn tell_accounts(hub: &Hub, log: &dyn RoomLog) -> Result<(), ReadError> {
    for known in hub.accounts().chunks(CHUNK) {
        for (user, rev, frame) in log.changed(known).await? {
            hub.account_up_to(user, rev, &frame);
            // They may be in other rooms.
            hub.move_about(user);
        }
    }
    Ok(())
}

/// Looks for what the broker lost of rooms that nobody has before them.
async fn tell_news(hub: &Hub, log: &dyn RoomLog) -> Result<(), ReadError> {
    for rooms in hub.activity().quiet().chunks(CHUNK) {
        let heads = log.heads(rooms).await?;
        for room in rooms {
            match heads.get(room) {
                Some(head) => hub.missed(*room, *head),
                None => hub.end(*room),
            }
        }
    }
    Ok(())
}

/// Reads the rooms of those who have joined or left some.
async fn watch_anew(hub: &Hub, log: &dyn RoomLog) -> Result<(), ReadError> {
    for user in hub.take_moved() {
        let turns: Vec<_> = hub.sockets_of(user).into_iter().map(|socket| (socket, hub.begin_watch(socket))).collect();
        if turns.is_empty() {
            continue;
        }
        let rooms = log.rooms_of(user).await.inspect_err(|_| hub.remember_moved(user))?;
        for (socket, turn) in turns {
            hub.watch(socket, turn, rooms.clone());
        }
    }
    Ok(())
}

/// Closes the sockets of sessions that have come of age, or that another node has ended.
async fn cut_ended(hub: &Hub, log: &dyn RoomLog) -> Result<(), ReadError> {
    let live: Vec<SessionId> = hub.sessions().into_iter().collect();
    for live in live.chunks(CHUNK) {
        let alive = log.alive(live).await?;
        live.iter().filter(|id| !alive.contains(id)).for_each(|id| hub.cut(*id));
    }
    Ok(())
}
