//! The epoch of the logs: a random id of the database. Whatever takes places back gives it another one, so that a client who has been
//! given those places begins anew instead of taking other events for them (G4).
//!
//! Backups have none, and a restore leaves none: whoever opens the database makes one. A dump that was put back and a replica that was
//! promoted come with the old id; they are known by the place where PostgreSQL keeps them, and an older copy of SQLite's file by the mark
//! beside it ([`super::mark`]).

use protocol::EpochId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, prelude::Uuid};

use super::sql::Sql;

/// The epoch, in a statement about other things too: both are of one moment then.
pub(crate) const SELECT: &str = "(SELECT id FROM epoch)";

/// The cluster, its timeline (another one after each promotion and each recovery of an earlier time), the database, and the table: a
/// dump that is put back makes the table anew.
const PLACE: &str = "SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), \
    substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), \
    (SELECT oid FROM pg_database WHERE datname = current_database()), 'epoch'::regclass::oid)";

/// Where the database is now, as PostgreSQL tells it; SQLite tells nothing.
pub(super) async fn place(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return Ok(None);
    }
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, PLACE)).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// The epoch, unless there is none yet or it was made at another place.
pub(super) async fn of(db: &impl ConnectionTrait, place: Option<&str>) -> Result<Option<EpochId>, DbErr> {
    let select = Statement::from_string(db.get_database_backend(), "SELECT id, place FROM epoch");
    let Some(row) = db.query_one_raw(select).await? else { return Ok(None) };
    let (id, made_at): (Uuid, Option<String>) = row.try_get_many_by_index()?;
    let is_elsewhere = place.zip(made_at.as_deref()).is_some_and(|(place, made_at)| place != made_at);
    Ok((!is_elsewhere).then_some(EpochId(id)))
}

/// Begins another epoch.
pub(super) async fn renew(transaction: &impl ConnectionTrait, place: Option<String>) -> Result<EpochId, DbErr> {
    let (backend, epoch) = (transaction.get_database_backend(), EpochId::generate());
    forget(transaction).await?;
    let insert = Sql::new(backend, "INSERT INTO epoch (one, id, place) VALUES ").list([1.into(), epoch.0.into(), place.into()]);
    transaction.execute_raw(insert.done()).await?;
    Ok(epoch)
}

/// Where the epoch was made, or moved to.
pub(super) async fn made_at(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let select = Statement::from_string(db.get_database_backend(), "SELECT place FROM epoch");
    db.query_one_raw(select).await?.map_or(Ok(None), |row| row.try_get_by_index(0))
}

/// The database lies there now, and the epoch goes on.
pub(super) async fn move_to(db: &impl ConnectionTrait, place: &str) -> Result<(), DbErr> {
    let update = Sql::new(db.get_database_backend(), "UPDATE epoch SET place = ").value(place);
    db.execute_raw(update.done()).await.map(|_| ())
}

/// Leaves the database without an epoch: whoever opens it gives it one.
pub(crate) async fn forget(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared("DELETE FROM epoch").await.map(|_| ())
}
