//! From the log of a room to the deliveries of its hooks. One process at a time works for a hook: it holds it for some seconds, and whoever
//! is killed holds it no longer than that.

use protocol::{RoomId, Seq};
use sea_orm::{ConnectionTrait, DbBackend, Statement, prelude::Uuid};

use super::hook::{begins_with, columns, words_of};
use crate::{
    Result,
    db::{Sql, now},
    writer::{Transaction, Work},
};

/// For so long a hook is held without a word from its holder: longer than an answer is waited for.
pub(super) const HELD_MS: i64 = 10_000;
/// A hook for which there was nothing to do is left alone for so long.
const IDLE_MS: i64 = 1_000;
/// Places of a log that are looked at in one transaction.
const PLACES: i64 = 500;
/// Deliveries that wait for one hook. What comes after them waits in the log of the room.
const WAITING_MAX: i64 = 1_000;
/// Deliveries that are kept of each hook when they are done.
const KEPT: u64 = 200;

/// The hooks for which there is something to do, those first that had no turn for longest.
pub(super) async fn due(db: &impl ConnectionTrait) -> Result<Vec<Uuid>> {
    let rows = db.query_all_raw(due_statement(db.get_database_backend(), now())).await?;
    rows.iter().map(|row| columns::<(Uuid,)>(row).map(|(id,)| id)).collect()
}

fn due_statement(backend: DbBackend, at: i64) -> Statement {
    Sql::new(
        backend,
        "SELECT h.id FROM outgoing_hooks h JOIN rooms r ON r.id = h.room_id WHERE h.paused_at IS NULL AND h.held_until <= ",
    )
    .value(at)
    .text(" AND r.deleted_at IS NULL AND (r.last_seq > h.seq OR h.next_at <= ")
    .value(at)
    .text(") ORDER BY h.held_until, h.id")
    .done()
}

/// Whether there is any hook that does not rest.
pub(super) async fn any(db: &impl ConnectionTrait) -> Result<bool> {
    let select = Sql::new(db.get_database_backend(), "SELECT h.seq FROM outgoing_hooks h WHERE h.paused_at IS NULL").limit(1);
    Ok(db.query_one_raw(select.done()).await?.is_some())
}

/// Takes a hook in hand, and makes deliveries of what was said since.
pub(super) struct Take {
    pub(super) hook: Uuid,
    pub(super) holder: Uuid,
}

impl Work for Take {
    /// Whether it is ours.
    type Answer = bool;

    async fn run(&self, transaction: &mut Transaction) -> Result<bool> {
        let (backend, at) = (transaction.get_database_backend(), now());
        let claim = Sql::new(backend, "UPDATE outgoing_hooks SET holder = ")
            .value(self.holder)
            .text(", held_until = ")
            .value(at + HELD_MS)
            // Whoever is killed meanwhile leaves it due.
            .text(", next_at = ")
            .value(at)
            .text(" WHERE id = ")
            .value(self.hook)
            .text(" AND paused_at IS NULL AND held_until <= ")
            .value(at)
            .text(" RETURNING room_id, seq, words");
        let Some(row) = transaction.query_one_raw(claim.done()).await? else { return Ok(false) };
        let (room, seq, words): (Uuid, i64, String) = columns(&row)?;
        self.fill(transaction, RoomId(room), Seq(seq), &words_of(&words)).await?;
        Ok(true)
    }
}

impl Take {
    async fn fill(&self, transaction: &mut Transaction, room: RoomId, from: Seq, words: &[String]) -> Result<()> {
        let backend = transaction.get_database_backend();
        let waiting = Sql::new(backend, "SELECT COUNT(*), (SELECT last_seq FROM rooms WHERE id = ")
            .value(room.0)
            .text(") FROM outgoing_deliveries WHERE state = 'waiting' AND hook_id = ")
            .value(self.hook);
        let Some(row) = transaction.query_one_raw(waiting.done()).await? else { return Ok(()) };
        let (waiting, head): (i64, i64) = columns(&row)?;
        let to = head.min(from.0 + PLACES);
        if waiting >= WAITING_MAX || to <= from.0 {
            return Ok(());
        }
        // What programs say goes nowhere: two of them would talk to each other for ever.
        let said =
            Sql::new(backend, "SELECT m.seq, m.body FROM messages m JOIN users u ON u.id = m.author_id WHERE m.room_id = ")
                .value(room.0)
                .text(" AND m.seq > ")
                .value(from.0)
                .text(" AND m.seq <= ")
                .value(to)
                .text(" AND m.deleted_at IS NULL AND NOT u.bot ORDER BY m.seq");
        let rows = transaction.query_all_raw(said.done()).await?;
        let mut wanted = Vec::new();
        for row in &rows {
            let (seq, body): (i64, String) = columns(row)?;
            if words.is_empty() || begins_with(words, &body).is_some() {
                wanted.push(seq);
            }
        }
        if !wanted.is_empty() {
            let at = now();
            let row = |seq: i64| {
                [
                    Uuid::now_v7().into(),
                    self.hook.into(),
                    seq.into(),
                    "waiting".into(),
                    at.into(),
                    at.into(),
                    at.into(),
                    "".into(),
                ]
            };
            let insert = Sql::new(
                backend,
                "INSERT INTO outgoing_deliveries (id, hook_id, seq, state, made_at, since, next_at, error) VALUES ",
            );
            transaction.add(insert.rows(wanted.into_iter().map(row)).text(" ON CONFLICT DO NOTHING").done());
        }
        let on = Sql::new(backend, "UPDATE outgoing_hooks SET seq = ").value(to).text(" WHERE id = ").value(self.hook);
        transaction.add(on.done());
        Ok(())
    }
}

/// Lets go of a hook, says when there is something to do again, and forgets what was done long ago.
pub(super) struct LetGo {
    pub(super) hook: Uuid,
    pub(super) holder: Uuid,
    /// Whether anything was done.
    pub(super) did: bool,
}

impl Work for LetGo {
    type Answer = ();

    async fn run(&self, transaction: &mut Transaction) -> Result<()> {
        let backend = transaction.get_database_backend();
        // What was let go last comes last.
        let until = if self.did { now() } else { now() + IDLE_MS };
        let free = Sql::new(backend, "UPDATE outgoing_hooks SET held_until = ")
            .value(until)
            .text(", next_at = (SELECT MIN(CASE WHEN d.next_at > outgoing_hooks.hold_until THEN d.next_at ")
            .text("ELSE outgoing_hooks.hold_until END) FROM outgoing_deliveries d ")
            .text("WHERE d.hook_id = outgoing_hooks.id AND d.state = 'waiting') WHERE id = ")
            .value(self.hook)
            .text(" AND holder = ")
            .value(self.holder);
        transaction.add(free.done());
        if self.did {
            let done = |sql: Sql| sql.text(" hook_id = ").value(self.hook).text(" AND state <> 'waiting'");
            let forget = done(Sql::new(backend, "DELETE FROM outgoing_deliveries WHERE"))
                .text(" AND id NOT IN (SELECT id FROM outgoing_deliveries WHERE");
            transaction.add(done(forget).text(" ORDER BY id DESC").limit(KEPT).text(")").done());
        }
        Ok(())
    }
}
