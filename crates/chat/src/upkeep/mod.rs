//! What the operator does to the database from outside: bring it up to date, copy it, fill it from a copy, look whether it is sound.

mod backup;
mod check;
mod copy;
pub mod doctor;
mod file;
mod fill;
mod keep;
mod migrate;
mod notes;
mod pooler;
mod private;
mod refuse;
mod restore;
mod tables;
mod utc;

use std::{
    error::Error,
    io,
    path::{Path, PathBuf},
};

use sea_orm::DbErr;

pub use backup::backup;
pub use check::check;
pub use fill::Progress;
pub use keep::{keep_newest, name_in, tells_time};
pub use migrate::{Migrated, migrate};
pub use notes::{database_bytes, last_backup, note_backup, note_key};
pub use private::make_private;
pub use restore::{Restored, restore};

/// What to look at when the database does not answer.
const CHECK_DATABASE: &str = "Is it there and running, and are SNUG_DATA_DIR and DATABASE_URL right?";

/// Why it was not done, as one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A backup never replaces a file.
    #[error("{0} exists already; choose another name, or move it away first")]
    Exists(PathBuf),
    /// The file or its folder cannot be used.
    #[error("cannot use {0}: {1}")]
    File(PathBuf, io::Error),
    /// What was to be restored is something else.
    #[error("{0} is not a backup of Snug")]
    NotABackup(PathBuf),
    /// What was to be restored is damaged.
    #[error("{0} is damaged ({1}); take another backup")]
    Damaged(PathBuf, String),
    /// The file or database was written by a newer version.
    #[error("{what} was written by a newer version of Snug, which knows {step}; use that version or a later one")]
    Newer {
        /// Which file or database.
        what: String,
        /// A step that this version does not know.
        step: String,
    },
    /// The database is somebody else's.
    #[error(
        "{0} is not Snug's: there is a table {1} and none of the steps of Snug's schema. Give it a database of its own: \
         another SNUG_DATA_DIR or DATABASE_URL"
    )]
    Foreign(String, String),
    /// Between Snug and PostgreSQL stands something that gives each transaction another connection.
    #[error(
        "{0} is reached through a pooler in transaction mode (PgBouncer, a \"pooled\" address of a hoster), which Snug cannot work with: \
         what it prepares on a connection is not there the next time. Use session mode, or the address of PostgreSQL itself"
    )]
    Pooler(String),
    /// The database was written by an older version.
    #[error("the database is of an older version; back it up with that version, or run `snug migrate` first")]
    Older,
    /// A restore would mix two sets of data.
    #[error(
        "the database is not empty: accounts: {accounts}, rooms in use: {rooms}. Restore into an empty one: another \
         SNUG_DATA_DIR or DATABASE_URL, or move the old data away first"
    )]
    NotEmpty {
        /// How many there are.
        accounts: u64,
        /// How many there are, apart from a lobby in which nothing has happened.
        rooms: u64,
    },
    /// The database does not do it.
    #[error("cannot use the database: {0}. {CHECK_DATABASE}")]
    Database(Box<dyn Error + Send + Sync>),
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        Self::Database(error.into())
    }
}

/// What everything here returns.
type Result<T> = std::result::Result<T, Fault>;

/// The URL of a SQLite file. `%` and `?` mean something in URLs, and folders may have them in their names.
#[must_use]
pub fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.display().to_string().replace('%', "%25").replace('?', "%3F"))
}
