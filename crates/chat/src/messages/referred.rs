//! What messages refer to: those that they answer, and those under which they stand.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{Answers, ErrorCode, Quote, RoomId, Seq, Thread, User, UserId, markdown};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, TryGetableMany, prelude::Uuid};

use super::{known::Known, sent::Send};
use crate::{
    Result,
    db::{Sql, users},
    log::stored::{self, People, StoredThread},
    writer::Transaction,
};

/// People who are named at a thread.
const FACES: usize = 3;

/// What a batch refers to. Read only where something in it does.
#[derive(Default)]
pub(super) struct Referred {
    messages: BTreeMap<(RoomId, Seq), Message>,
    people: People,
}

struct Message {
    author: User,
    body: String,
    deleted: bool,
    stands_in: Option<Seq>,
    thread: StoredThread,
    answered: bool,
}

impl Referred {
    /// Reads it.
    pub(super) async fn load(transaction: &Transaction, known: &Known, sends: &[Send]) -> Result<Self> {
        let mut wanted: BTreeMap<RoomId, BTreeSet<Seq>> = BTreeMap::new();
        for send in sends {
            let places = [send.answers.reply_to, send.answers.thread_of];
            if let Some(room) = known.room(&send.room).filter(|_| places != [None, None]) {
                wanted.entry(room.id).or_default().extend(places.into_iter().flatten());
            }
        }
        if wanted.is_empty() {
            return Ok(Self::default());
        }
        let mut messages = BTreeMap::new();
        for row in transaction.query_all_raw(select(transaction.get_database_backend(), wanted)).await? {
            type Columns = (Uuid, i64, String, Option<i64>, Option<i64>, String);
            let (room, seq, body, deleted_at, stands_in, thread) = Columns::try_get_many_by_index(&row).map_err(DbErr::from)?;
            let author = users::of_row(&row, 6)?;
            let (thread, deleted) = (stored::parse::<StoredThread>(&thread)?, deleted_at.is_some());
            let message = Message { author, body, deleted, stands_in: stands_in.map(Seq), thread, answered: false };
            messages.insert((RoomId(room), Seq(seq)), message);
        }
        let people = messages.values().flat_map(|message| message.thread.people.iter().copied()).collect();
        Ok(Self { people: People::read(&**transaction, people).await?, messages })
    }

    /// Whether a message may answer these; gives what is quoted.
    pub(super) fn check(&self, room: RoomId, answers: Answers) -> std::result::Result<Option<Box<Quote>>, ErrorCode> {
        if let Some(root) = answers.thread_of {
            let root = self.messages.get(&(room, root)).ok_or(ErrorCode::NotFound)?;
            if root.stands_in.is_some() {
                return Err(ErrorCode::BadRequest);
            }
            // Under what is gone nothing new begins; what people talk about there goes on.
            if root.deleted && root.thread.replies == 0 {
                return Err(ErrorCode::NotFound);
            }
        }
        let Some(seq) = answers.reply_to else { return Ok(None) };
        let quoted = self.messages.get(&(room, seq)).filter(|message| !message.deleted).ok_or(ErrorCode::NotFound)?;
        let line = markdown::line(&quoted.body);
        Ok(Some(Box::new(Quote { seq, author: quoted.author.clone(), line, deleted: false })))
    }

    /// Somebody answers in a thread: what it is with that.
    pub(super) fn answer(&mut self, room: RoomId, answers: Answers, author: &User, at: i64) -> Option<Box<Thread>> {
        let root = self.messages.get_mut(&(room, answers.thread_of?))?;
        let StoredThread { replies, last_at, people } = &mut root.thread;
        (*replies, *last_at, root.answered) = (*replies + 1, at, true);
        people.retain(|person| *person != author.id);
        people.insert(0, author.id);
        people.truncate(FACES);
        self.people.add(author);
        self.people.thread(root.thread.clone())
    }

    /// Who wrote the message at a place.
    pub(super) fn author(&self, room: RoomId, seq: Seq) -> Option<UserId> {
        self.messages.get(&(room, seq)).map(|message| message.author.id)
    }

    /// Keeps with the threads what was said in them.
    pub(super) fn write(&self, transaction: &mut Transaction) -> Result<()> {
        for ((room, seq), message) in self.messages.iter().filter(|(_, message)| message.answered) {
            let kept = stored::text_of(&message.thread)?;
            let keep = keep(transaction.get_database_backend(), (*room, *seq), kept);
            transaction.add(keep);
        }
        Ok(())
    }
}

fn select(backend: DbBackend, wanted: BTreeMap<RoomId, BTreeSet<Seq>>) -> Statement {
    let select = "SELECT m.room_id, m.seq, m.body, m.deleted_at, m.thread_of, m.thread, u.id, u.username, u.name, u.ambiguous, \
         u.picture, u.bot FROM messages m JOIN users u ON u.id = m.author_id WHERE ";
    let in_room = |sql: Sql, (room, places): (RoomId, BTreeSet<Seq>)| {
        let sql = sql.text("m.room_id = ").value(room.0).text(" AND m.seq IN ");
        sql.list(places.into_iter().map(|seq| seq.0.into()))
    };
    Sql::new(backend, select).any(wanted, in_room).done()
}

fn keep(backend: DbBackend, (room, root): (RoomId, Seq), thread: String) -> Statement {
    Sql::new(backend, "UPDATE messages SET thread = ")
        .value(thread)
        .text(" WHERE room_id = ")
        .value(room.0)
        .text(" AND seq = ")
        .value(root.0)
        .done()
}

/// A message of a thread was deleted: counts those that are left, and gives what the thread is now.
pub(super) async fn recount(transaction: &mut Transaction, room: RoomId, root: Seq) -> Result<Option<Box<Thread>>> {
    let left = |columns: &str| {
        Sql::new(transaction.get_database_backend(), columns)
            .text(" FROM messages WHERE room_id = ")
            .value(room.0)
            .text(" AND thread_of = ")
            .value(root.0)
            .text(" AND deleted_at IS NULL")
    };
    let count = left("SELECT COUNT(*), COALESCE(MAX(seq), 0)").done();
    let row = transaction.query_one_raw(count).await?.ok_or(ErrorCode::NotFound)?;
    let (replies, last): (i64, i64) = TryGetableMany::try_get_many_by_index(&row).map_err(DbErr::from)?;
    let mut thread = StoredThread { replies: replies.unsigned_abs(), ..StoredThread::default() };
    if replies > 0 {
        let last = left("SELECT created_at").text(" AND seq = ").value(last).done();
        let row = transaction.query_one_raw(last).await?.ok_or(ErrorCode::NotFound)?;
        thread.last_at = row.try_get_by_index(0)?;
        let people = left("SELECT author_id").text(" GROUP BY author_id ORDER BY MAX(seq) DESC").limit(FACES as u64).done();
        for row in transaction.query_all_raw(people).await? {
            thread.people.push(UserId(row.try_get_by_index(0)?));
        }
    }
    let keep = keep(transaction.get_database_backend(), (room, root), stored::text_of(&thread)?);
    transaction.add(keep);
    let people = People::read(&**transaction, thread.people.iter().copied().collect()).await?;
    Ok(people.thread(thread))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::plan;

    #[tokio::test]
    async fn what_is_answered_is_found_without_reading_all_that_was_ever_said() {
        let places = BTreeSet::from([Seq(1), Seq(7)]);
        let rooms = [RoomId::generate(), RoomId::generate()].map(|room| (room, places.clone()));
        for wanted in [BTreeMap::from([rooms[0].clone()]), BTreeMap::from(rooms)] {
            let steps = plan(select(DbBackend::Sqlite, wanted)).await;
            assert!(steps.contains("SEARCH m USING") && !steps.contains("SCAN"), "{steps}");
        }
    }
}
