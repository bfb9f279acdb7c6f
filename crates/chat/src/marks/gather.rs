//! Marks on their way into the database.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
    time::Duration,
};

use hub::Broker;
use parking_lot::Mutex;
use protocol::{RoomId, Seq, UserId};
use sea_orm::ConnectionTrait;
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use super::count::of_room;
use crate::{
    Error, Result, account_log,
    db::{Db, Sql},
};

/// Marks are gathered for so long.
const PAUSE: Duration = Duration::from_millis(200);
/// After a failure it is tried again.
const REST: Duration = Duration::from_secs(2);
/// A database that has not answered by then is asked anew: a connection that the network has forgotten never answers.
const ANSWER_MAX: Duration = Duration::from_secs(4);
/// Marks of one transaction: what others write waits no longer than for these.
const AT_ONCE: usize = 64;

/// Marks that are not written yet. A stop writes them; what a crash takes is read once more.
#[derive(Default)]
pub(crate) struct Marks {
    waiting: Mutex<BTreeMap<(UserId, RoomId), Seq>>,
    news: Notify,
}

impl Marks {
    /// Somebody has read a room up to a place.
    pub(crate) fn note(&self, user: UserId, room: RoomId, seq: Seq) {
        match self.waiting.lock().entry((user, room)) {
            Entry::Vacant(new) => _ = new.insert(seq),
            Entry::Occupied(mut known) => *known.get_mut() = seq.max(*known.get()),
        }
        self.news.notify_one();
    }

    /// What was noted of somebody does not count any more: of this room, or of all.
    pub(crate) fn forget(&self, user: UserId, room: Option<RoomId>) {
        self.waiting.lock().retain(|(noted, of), _| *noted != user || room.is_some_and(|room| room != *of));
    }

    fn take(&self) -> BTreeMap<(UserId, RoomId), Seq> {
        let mut waiting = self.waiting.lock();
        let rest = waiting.keys().nth(AT_ONCE).copied().map(|key| waiting.split_off(&key)).unwrap_or_default();
        std::mem::replace(&mut *waiting, rest)
    }
}

/// Writes marks as they come, for as long as it is polled.
pub(crate) async fn keep_writing(db: Db, broker: Arc<dyn Broker>, marks: Arc<Marks>) {
    loop {
        marks.news.notified().await;
        sleep(PAUSE).await;
        if let Err(error) = write(&db, &*broker, &marks).await {
            tracing::warn!(%error, "what people have read is not written yet");
            sleep(REST).await;
            marks.news.notify_one();
        }
    }
}

/// Writes all that wait, and tells the sockets of their people.
pub(crate) async fn write(db: &Db, broker: &dyn Broker, marks: &Marks) -> Result<()> {
    loop {
        let due = marks.take();
        if due.is_empty() {
            return Ok(());
        }
        match in_time(write_some(db, &due)).await {
            Ok(moved) => in_time(tell(db, broker, moved)).await?,
            Err(error) => {
                due.into_iter().for_each(|((user, room), seq)| marks.note(user, room, seq));
                return Err(error);
            }
        }
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(ANSWER_MAX, asked).await.map_err(Error::unavailable)?
}

/// A mark that has moved, at a place in the log of its account.
type Moved = (UserId, RoomId, i64);

/// Never back, and never beyond the head.
async fn write_some(db: &Db, marks: &BTreeMap<(UserId, RoomId), Seq>) -> Result<Vec<Moved>> {
    let transaction = db.begin().await?;
    let mut moved = Vec::new();
    for ((user, room), seq) in marks {
        let head = "(SELECT r.last_seq FROM rooms r WHERE r.id = memberships.room_id)";
        let update =
            Sql::new(transaction.get_database_backend(), "UPDATE memberships SET read_before = NULL, last_read_seq = CASE WHEN ")
                .text(head)
                .text(" < ")
                .value(seq.0)
                .text(" THEN ")
                .text(head)
                .text(" ELSE ")
                .value(seq.0)
                .text(" END WHERE room_id = ")
                .value(room.0)
                .text(" AND user_id = ")
                .value(user.0)
                .text(" AND last_read_seq < ")
                .value(seq.0)
                .text(" AND last_read_seq < ")
                .text(head);
        if transaction.execute_raw(update.done()).await?.rows_affected() > 0 {
            moved.push((*user, *room, account_log::raise_rev(&transaction, *user).await?));
        }
    }
    transaction.commit().await?;
    Ok(moved)
}

async fn tell(db: &Db, broker: &dyn Broker, moved: Vec<Moved>) -> Result<()> {
    let mut signals = Vec::with_capacity(moved.len());
    for (user, room, rev) in moved {
        if let Some(unread) = of_room(db.read(), user, room).await? {
            signals.push(account_log::read(user, rev, unread));
        }
    }
    if !signals.is_empty() {
        broker.publish(signals).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_furthest_counts_and_none_is_lost_when_there_are_many() {
        let (marks, users, room) = (Marks::default(), [(); AT_ONCE + 1].map(|()| UserId::generate()), RoomId::generate());
        for user in users {
            marks.note(user, room, Seq(7));
            marks.note(user, room, Seq(3));
        }
        let (some, rest) = (marks.take(), marks.take());
        assert_eq!((some.len(), rest.len()), (AT_ONCE, 1));
        assert!(some.values().chain(rest.values()).all(|seq| *seq == Seq(7)));
        let other = RoomId::generate();
        marks.note(users[0], room, Seq(1));
        marks.note(users[0], other, Seq(2));
        marks.note(users[1], room, Seq(3));
        marks.forget(users[0], Some(room));
        assert_eq!(marks.take().into_values().collect::<std::collections::BTreeSet<_>>(), [Seq(2), Seq(3)].into());
        marks.note(users[0], room, Seq(1));
        marks.forget(users[0], None);
        assert!(marks.take().is_empty());
    }
}
