//! Buckets that the nodes share: rows of PostgreSQL, which is what nodes have in common whether or not their Redis is there. SQLite has one
//! node, which knows its buckets itself.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr};

use super::{buckets::throttled, rate::Rate};
use crate::{
    Result,
    credentials::fingerprint,
    db::{Db, Sql},
};

/// A bucket is a row with the time at which it will be full again, by the clock of the database; one that is not there is full.
const NOW: &str = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint";
/// Rows of buckets that are full again are dropped after so many drops were taken.
const SWEEP_EVERY: u32 = 1_024;

/// The buckets of all nodes, where there can be several.
pub(super) struct Shared {
    db: Db,
    taken: AtomicU32,
}

impl Shared {
    pub(super) fn new(db: Db) -> Self {
        Self { db, taken: AtomicU32::new(0) }
    }

    /// Takes a drop.
    ///
    /// # Errors
    /// `throttled`: there is none. `unavailable`.
    pub(super) async fn take(&self, key: &str, rate: Rate) -> Result<()> {
        let Some(db) = self.db.shared() else { return Ok(()) };
        if self.taken.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            db.execute_unprepared(&format!("DELETE FROM buckets WHERE full_at < {NOW}")).await?;
        }
        let each = i64::try_from(rate.each.as_millis()).unwrap_or(i64::MAX);
        let full = each.saturating_mul(rate.burst.get().into());
        // Names that somebody made up are not kept as they are: now and then one is a password in the wrong field.
        let key = fingerprint(key);
        if pour(db, &key, each, full).await? {
            return Ok(());
        }
        let wait = left(db, &key).await?.saturating_add(each).saturating_sub(full);
        Err(throttled(Duration::from_millis(wait.max(0).unsigned_abs())).into())
    }
}

/// Takes a drop if there is one. It moves the time on by `each`; that may not be further away than it takes to fill the bucket.
async fn pour(db: &DatabaseConnection, key: &str, each: i64, full: i64) -> std::result::Result<bool, DbErr> {
    let next = |sql: Sql| sql.text("GREATEST(buckets.full_at, ").text(NOW).text(") + ").value(each);
    let sql = Sql::new(DbBackend::Postgres, "INSERT INTO buckets (key, full_at) VALUES (").value(key).text(", ").text(NOW);
    let sql = next(sql.text(" + ").value(each).text(") ON CONFLICT (key) DO UPDATE SET full_at = "));
    let sql = next(sql.text(" WHERE ")).text(" <= ").text(NOW).text(" + ").value(full);
    Ok(db.query_one_raw(sql.text(" RETURNING 1").done()).await?.is_some())
}

/// Milliseconds until a bucket is full.
async fn left(db: &DatabaseConnection, key: &str) -> std::result::Result<i64, DbErr> {
    let sql = Sql::new(DbBackend::Postgres, "SELECT full_at - ").text(NOW).text(" FROM buckets WHERE key = ").value(key);
    db.query_one_raw(sql.done()).await?.map_or(Ok(0), |row| row.try_get_by_index(0))
}
