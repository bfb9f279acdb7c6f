//! Who hears of a message apart from its room: whom it calls by name, whom it answers, who follows the thread that it stands in. One row for
//! each, by the first of these reasons.

use protocol::{RoomId, Seq, UserId};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::mentions::Called;
use crate::{Result, db::Sql, writer::Transaction};

/// Rows that are written by one statement.
const ROWS: usize = 500;

/// By what somebody is called, as it is stored.
mod reason {
    pub(super) const MENTION: &str = "mention";
    pub(super) const REPLY: &str = "reply";
    pub(super) const THREAD: &str = "thread";
}

/// A message that may call somebody.
pub(super) struct Call<'a> {
    pub(super) room: RoomId,
    /// Whether anybody may read it.
    pub(super) is_public: bool,
    pub(super) seq: Seq,
    pub(super) at: i64,
    pub(super) author: UserId,
    pub(super) called: &'a Called,
    /// Whose message it answers.
    pub(super) quoted: Option<UserId>,
    /// The message under which it stands, and who wrote that.
    pub(super) thread: Option<(Seq, Option<UserId>)>,
}

/// Puts messages into the inboxes of those whom they call, and tells their accounts.
pub(super) async fn call(transaction: &mut Transaction, calls: &[Call<'_>]) -> Result<()> {
    if calls.is_empty() {
        return Ok(());
    }
    let backend = transaction.get_database_backend();
    for statement in calls.iter().flat_map(|call| call.statements(backend)) {
        transaction.add(statement);
    }
    let messages: Vec<_> = calls.iter().map(|call| (call.room, call.seq)).collect();
    transaction.called(&messages).await
}

/// Nobody is called by name by a message any more.
pub(super) fn take_back(transaction: &mut Transaction, (room, seq): (RoomId, Seq)) {
    let delete = Sql::new(transaction.get_database_backend(), "DELETE FROM inbox WHERE room_id = ").value(room.0);
    transaction.add(delete.text(" AND seq = ").value(seq.0).text(" AND reason = ").value(reason::MENTION).done());
}

impl Call<'_> {
    fn statements(&self, backend: DbBackend) -> Vec<Statement> {
        let mut statements = Vec::new();
        let named: Vec<_> = self.called.people.iter().copied().filter(|person| *person != self.author).collect();
        for people in named.chunks(ROWS) {
            let insert = Sql::new(backend, "INSERT INTO inbox (user_id, room_id, seq, reason, at) VALUES ");
            let rows = people.iter().map(|person| self.row(*person, reason::MENTION));
            statements.push(insert.rows(rows).text(" ON CONFLICT DO NOTHING").done());
        }
        if self.called.all {
            statements.push(self.members(backend, reason::MENTION).text(" ON CONFLICT DO NOTHING").done());
        }
        for people in self.called.here.chunks(ROWS) {
            let members = self.members(backend, reason::MENTION).text(" AND m.user_id IN ");
            statements.push(members.list(people.iter().map(|person| person.0.into())).text(" ON CONFLICT DO NOTHING").done());
        }
        if let Some(quoted) = self.quoted {
            statements.extend(self.quoted(backend, quoted));
        }
        if let Some((root, author)) = self.thread {
            statements.extend(self.followers(backend, root, author));
        }
        statements
    }

    fn row(&self, person: UserId, reason: &str) -> [Value; 5] {
        [person.0.into(), self.room.0.into(), self.seq.0.into(), reason.into(), self.at.into()]
    }

    /// The beginning of a row for members other than the author.
    fn members(&self, backend: DbBackend, reason: &str) -> Sql {
        self.each(backend, reason)
            .text(" FROM memberships m WHERE m.room_id = ")
            .value(self.room.0)
            .text(" AND m.user_id <> ")
            .value(self.author.0)
    }

    fn each(&self, backend: DbBackend, reason: &str) -> Sql {
        Sql::new(backend, "INSERT INTO inbox (user_id, room_id, seq, reason, at) SELECT m.user_id, ")
            .value(self.room.0)
            .text(", ")
            .value(self.seq.0)
            .text(", ")
            .value(reason)
            .text(", ")
            .value(self.at)
    }

    /// Whoever wrote what is answered hears of it while they may read it.
    fn quoted(&self, backend: DbBackend, quoted: UserId) -> Option<Statement> {
        if quoted == self.author {
            return None;
        }
        if self.is_public {
            let insert = Sql::new(backend, "INSERT INTO inbox (user_id, room_id, seq, reason, at) VALUES ");
            return Some(insert.rows([self.row(quoted, reason::REPLY)]).text(" ON CONFLICT DO NOTHING").done());
        }
        let member = self.members(backend, reason::REPLY).text(" AND m.user_id = ").value(quoted.0);
        Some(member.text(" ON CONFLICT DO NOTHING").done())
    }

    /// Who wrote the message under which a thread stands follows it, and who answers there: but for those who did and do not want to any
    /// more. Then those who follow hear of it.
    fn followers(&self, backend: DbBackend, root: Seq, author: Option<UserId>) -> [Statement; 2] {
        // What is there already is not new to who answers, and to who wrote the first message all of it is.
        let row = |user: UserId, read: Seq| [self.room.0.into(), root.0.into(), user.0.into(), read.0.into()];
        let rows = author.filter(|author| *author != self.author).map(|author| row(author, root));
        let rows = rows.into_iter().chain([row(self.author, self.seq)]);
        let follow = Sql::new(backend, "INSERT INTO follows (room_id, seq, user_id, last_read_seq) VALUES ")
            .rows(rows)
            .text(" ON CONFLICT DO NOTHING")
            .done();
        let hear = self
            .each(backend, reason::THREAD)
            .text(" FROM follows m WHERE m.room_id = ")
            .value(self.room.0)
            .text(" AND m.seq = ")
            .value(root.0)
            .text(" AND m.left_at IS NULL AND m.user_id <> ")
            .value(self.author.0);
        let hear = if self.is_public {
            hear
        } else {
            hear.text(" AND EXISTS (SELECT 1 FROM memberships o WHERE o.room_id = m.room_id AND o.user_id = m.user_id)")
        };
        [follow, hear.text(" ON CONFLICT DO NOTHING").done()]
    }
}
