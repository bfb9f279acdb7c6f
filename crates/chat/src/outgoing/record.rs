//! Writing down what came of a try: done, again later, or no longer.

use protocol::{AlertKind, RoomId, User, UserId};
use sea_orm::{ColumnTrait, QueryFilter};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, prelude::Uuid, sea_query::Expr};

use super::{attempt::Outcome, hook::columns, queue::HELD_MS};
use crate::{
    Result,
    account_log::NewAlert,
    db::{Sql, entity::outgoing_delivery, now, users},
    writer::{Transaction, Work},
};

/// Between the first two tries.
const FIRST_MS: i64 = 10_000;
/// Between two tries, at most.
const MOST_MS: i64 = 60 * 60 * 1000;
/// After so long a delivery is given up, and a hook of which every try failed rests.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What came of a try.
pub(super) struct Record {
    pub(super) hook: Uuid,
    pub(super) holder: Uuid,
    pub(super) delivery: Uuid,
    /// Tries before this one.
    pub(super) attempts: i64,
    /// Since when it is tried.
    pub(super) since: i64,
    /// Nothing where there was nothing to deliver any more.
    pub(super) outcome: Option<Outcome>,
}

impl Work for Record {
    /// Whether the next one may be tried.
    type Answer = bool;

    async fn run(&self, transaction: &mut Transaction) -> Result<bool> {
        let Some(outcome) = &self.outcome else {
            outgoing_delivery::Entity::delete_by_id(self.delivery).exec(&**transaction).await?;
            return Ok(true);
        };
        let (backend, at) = (transaction.get_database_backend(), now());
        let state = match outcome.taken {
            true => "delivered",
            false if at - self.since >= DAY_MS => "failed",
            false => "waiting",
        };
        let row = Sql::new(backend, "UPDATE outgoing_deliveries SET state = ")
            .value(state)
            .text(", attempts = attempts + 1, tried_at = ")
            .value(at)
            .text(", next_at = ")
            .value(at + pause(self.attempts, random()))
            .text(", status = ")
            .value(outcome.status.map(i64::from))
            .text(", error = ")
            .value(outcome.error.as_str())
            .text(" WHERE id = ")
            .value(self.delivery);
        transaction.add(row.done());
        let held = Sql::new(backend, "UPDATE outgoing_hooks SET held_until = ").value(at + HELD_MS);
        let hook = if outcome.taken {
            held.text(", failures = 0, failing_since = NULL, hold_until = 0")
        } else {
            held.text(", failures = failures + 1, failing_since = COALESCE(failing_since, ").value(at).text(")")
        };
        let hook = hook.text(" WHERE id = ").value(self.hook).text(" AND holder = ").value(self.holder);
        let found = transaction.query_one_raw(hook.text(" RETURNING failures, failing_since").done()).await?;
        // Somebody else has it in hand, or it is gone.
        let Some(row) = found else { return Ok(false) };
        let (failures, failing_since): (i64, Option<i64>) = columns(&row)?;
        if outcome.taken {
            return Ok(true);
        }
        let hold = Sql::new(backend, "UPDATE outgoing_hooks SET hold_until = ").value(at + pause(failures - 1, random()));
        transaction.add(hold.text(" WHERE id = ").value(self.hook).done());
        if failing_since.is_some_and(|since| at - since >= DAY_MS) {
            self.rest(transaction, at).await?;
        }
        Ok(false)
    }
}

impl Record {
    /// Every try has failed for a day: no more are made, and who made it is told.
    async fn rest(&self, transaction: &mut Transaction, at: i64) -> Result<()> {
        let backend = transaction.get_database_backend();
        let paused = Sql::new(backend, "UPDATE outgoing_hooks SET paused_at = ").value(at).text(" WHERE id = ").value(self.hook);
        let row = transaction.query_one_raw(paused.text(" RETURNING room_id, made_by, bot_id").done()).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the hook has gone".to_owned()))?;
        let (room, made_by, bot): (Uuid, Uuid, Uuid) = columns(&row)?;
        outgoing_delivery::Entity::update_many()
            .col_expr(outgoing_delivery::Column::State, Expr::value(outgoing_delivery::State::Failed))
            .filter(outgoing_delivery::Column::HookId.eq(self.hook))
            .filter(outgoing_delivery::Column::State.eq(outgoing_delivery::State::Waiting))
            .exec(&**transaction)
            .await?;
        let User { name, .. } = users::person(&**transaction, UserId(bot)).await?;
        let text = format!("The outgoing webhook “{name}” could not be delivered for a day and rests now. Its page says why.");
        let alert = NewAlert { kind: AlertKind::Report, text, author: None, room: Some(RoomId(room)) };
        transaction.alert(UserId(made_by), alert).await
    }
}

/// How long to wait after so many tries and one more: twice as long each time, and not all at the same moment.
fn pause(before: i64, random: u32) -> i64 {
    let doubled = FIRST_MS << before.clamp(0, 16);
    let most = doubled.min(MOST_MS);
    most * 4 / 5 + most * 2 / 5 * i64::from(random % 1000) / 1000
}

fn random() -> u32 {
    Uuid::now_v7().as_u128() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_become_rarer_up_to_one_an_hour() {
        for (before, expected) in [(0, 10_000), (1, 20_000), (5, 320_000), (9, MOST_MS), (40, MOST_MS), (i64::MAX, MOST_MS)] {
            assert_eq!(pause(before, 0), expected * 4 / 5);
            for random in [1, 500, 999, u32::MAX] {
                let pause = pause(before, random);
                assert!(pause >= expected * 4 / 5 && pause <= expected * 6 / 5, "{before} {random}: {pause}");
            }
        }
    }
}
