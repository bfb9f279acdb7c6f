//! Bringing an existing database up to date, with a way back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sea_orm::DatabaseConnection;

use super::{Fault, Result, backup, file, pooler, refuse, utc::utc};
use crate::db::{
    connect,
    schema::{self, Steps},
    urls,
};

/// What a migration did.
#[derive(Debug, Default)]
pub struct Migrated {
    /// The steps that it took; none if the database was up to date.
    pub steps: Vec<String>,
    /// The database as it was before.
    pub backup: Option<PathBuf>,
}

/// Brings the schema up to date. Of a SQLite database that holds something a backup is taken into `backups` first; PostgreSQL has its own
/// tools for that.
///
/// # Errors
/// The database cannot be reached or is of a newer version, or the backup cannot be written: then nothing was changed.
pub async fn migrate(database_url: &str, backups: &Path) -> Result<Migrated> {
    pooler::refuse(database_url).await?;
    refuse::refuse_foreign_file(database_url).await?;
    file::sweep(backups);
    let connection = connect::writer(database_url).await?;
    let steps = Steps::of(&connection).await?;
    refuse::refuse_foreign(&steps, &urls::place(database_url))?;
    refuse::refuse_newer(&steps, "the database")?;
    let mut backup = None;
    if let (true, [first, ..], [_, ..]) = (urls::is_sqlite(database_url), &steps.pending[..], &steps.taken[..]) {
        backup = Some(backup_before(first, &connection, database_url, backups).await?);
    }
    let steps = schema::migrate(&connection).await?;
    connection.close().await?;
    Ok(Migrated { steps, backup })
}

async fn backup_before(step: &str, connection: &DatabaseConnection, database_url: &str, folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder).map_err(|error| Fault::File(folder.to_owned(), error))?;
    let file = folder.join(format!("before-{step}-{}.db", utc(connection).await?));
    backup(database_url, &file).await?;
    Ok(file)
}
