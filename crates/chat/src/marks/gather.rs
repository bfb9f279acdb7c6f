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

/// A mark that has moved to a place, which stands in the log of its account.
struct Moved {
    user: UserId,
    room: RoomId,
    to: Seq,
    rev: i64,
}

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
                .text(head)
                .text(" RETURNING last_read_seq");
        if let Some(row) = transaction.query_one_raw(update.done()).await? {
            let (user, room, to) = (*user, *room, Seq(row.try_get_by_index(0)?));
            moved.push(Moved { user, room, to, rev: account_log::raise_rev(&transaction, user).await? });
        }
    }
    transaction.commit().await?;
    Ok(moved)
}

/// Where a mark has moved on meanwhile, whoever moved it tells of it at its own place: told at this one, sockets would see it run back.
async fn tell(db: &Db, broker: &dyn Broker, moved: Vec<Moved>) -> Result<()> {
    let mut signals = Vec::with_capacity(moved.len());
    for Moved { user, room, to, rev } in moved {
        if let Some(unread) = of_room(db.read(), user, room).await?.filter(|now| now.last_read == to) {
            signals.push(account_log::read(user, rev, unread));
        }
    }
    if !signals.is_empty() {
        broker.publish(signals).await;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use hub::Signal;
    use sea_orm::EntityTrait;

    use super::*;
    use crate::{
        Chat, Limits, Options, SigningKey,
        accounts::{Registration, register},
        db::entity::user,
        rooms::{NewRoom, create},
    };

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

    #[tokio::test]
    async fn a_mark_moves_on_and_is_told_where_it_stands_at_its_last_place_alone() {
        let folder = tempfile::tempdir().unwrap();
        let signing_key = SigningKey::load_or_create(&folder.path().join("signing.key")).unwrap();
        let database_url = testkit::database_url(folder.path()).await;
        let options = Options { database_url, redis_url: None, signing_key, limits: Limits::default() };
        let chat = Chat::open(options).await.unwrap();
        let new = Registration { username: "ada", display_name: "", password: "moss and ember" };
        let ada = register(&chat, new, std::net::IpAddr::from([127, 0, 0, 1])).await.unwrap().session;
        let new = NewRoom { name: "Moss", topic: "", visibility: "public", allow_duplicate: false };
        let (user, room) = (ada.user.id, create(&chat, Some(&ada).into(), new).await.unwrap().id);
        let db = chat.db();
        let nine = Sql::new(db.read().get_database_backend(), "UPDATE rooms SET last_seq = 9 WHERE id = ").value(room.0);
        let transaction = db.begin().await.unwrap();
        transaction.execute_raw(nine.done()).await.unwrap();
        transaction.commit().await.unwrap();

        // Another node writes a mark before this one has told of its own.
        let (broker, mut told) = hub::in_process();
        let first = write_some(db, &[((user, room), Seq(4))].into()).await.unwrap();
        let second = write_some(db, &[((user, room), Seq(7))].into()).await.unwrap();
        tell(db, &broker, second).await.unwrap();
        tell(db, &broker, first).await.unwrap();
        drop(broker);
        let mut signals = told.recv().await.unwrap();
        let rev = user::Entity::find_by_id(user.0).one(db.read()).await.unwrap().unwrap().rev;
        assert!(matches!(signals.pop(), Some(Signal::Account { rev: at, .. }) if at == rev));
        assert!(signals.is_empty() && told.recv().await.is_none());

        // Never back, and never beyond the head.
        for (read, moved) in [(3, None), (7, None), (12, Some(9)), (12, None), (8, None)] {
            let written = write_some(db, &[((user, room), Seq(read))].into()).await.unwrap();
            assert_eq!(written.first().map(|mark| mark.to.0), moved, "{read}");
        }
    }
}
