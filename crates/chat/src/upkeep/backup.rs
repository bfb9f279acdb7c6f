//! A backup: one SQLite file with everything, whatever the database is, taken while the server may be writing.

use std::path::Path;

use sea_orm::{AccessMode, ConnectionTrait, DbBackend, IsolationLevel, Statement, TransactionOptions, TransactionTrait};

use super::{
    Fault, Result,
    copy::copy,
    file::{self, Unfinished},
    refuse,
};
use crate::db::{
    connect, epoch,
    schema::{self, Steps},
    urls,
};

/// Writes the database as it is at this moment into a new file.
///
/// # Errors
/// The file exists or cannot be written, or the database cannot be read.
pub async fn backup(database_url: &str, file: &Path) -> Result<()> {
    let unfinished = Unfinished::new(file)?;
    if urls::is_sqlite(database_url) {
        from_sqlite(database_url, unfinished.path()).await?;
    } else {
        from_postgres(database_url, unfinished.path()).await?;
    }
    unfinished.finish()
}

/// SQLite copies itself, of whatever version the tables are, but for the epoch: see [`epoch`]. It reads one state, and in WAL mode the server goes on writing.
async fn from_sqlite(url: &str, path: &Path) -> Result<()> {
    let source = connect::reader(url).await?;
    // Writing another file counts as writing.
    source.execute_unprepared("PRAGMA query_only = OFF").await?;
    let name = path.display().to_string();
    source.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [name.into()])).await?;
    source.close().await?;
    let copy = file::open(path, false).await?;
    if schema::has_table(&copy, "epoch").await? {
        epoch::forget(&copy).await?;
    }
    Ok(copy.close().await?)
}

async fn from_postgres(url: &str, path: &Path) -> Result<()> {
    let source = connect::reader(url).await?;
    // One state of all tables, also while the nodes go on writing.
    let snapshot = TransactionOptions {
        isolation_level: Some(IsolationLevel::RepeatableRead),
        access_mode: Some(AccessMode::ReadOnly),
        ..TransactionOptions::default()
    };
    let from = source.begin_with_options(snapshot).await?;
    let steps = Steps::of(&from).await?;
    refuse::refuse_newer(&steps, "the database")?;
    if !steps.pending.is_empty() {
        return Err(Fault::Older);
    }
    let target = file::open(path, false).await?;
    schema::migrate(&target).await?;
    let to = connect::begin(&target).await?;
    copy(&from, &to).await?;
    to.commit().await?;
    target.close().await?;
    from.commit().await?;
    Ok(source.close().await?)
}
