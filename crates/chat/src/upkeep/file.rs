//! Files that hold a whole database: backups.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use tempfile::{NamedTempFile, TempPath};

use super::{Fault, Result, sqlite_url};

/// A file that has not got its name yet: a backup that was broken off must not look like one. Only its owner may read it, for
/// it will hold the hashes of passwords.
pub(super) struct Unfinished {
    file: TempPath,
    name: PathBuf,
}

impl Unfinished {
    /// In the folder of the name that it shall have.
    pub(super) fn new(name: &Path) -> Result<Self> {
        if name.symlink_metadata().is_ok() {
            return Err(Fault::Exists(name.to_owned()));
        }
        let unfinished = || NamedTempFile::with_prefix_in(".snug-backup-", folder_of(name)?);
        let file = unfinished().map_err(|error| Fault::File(name.to_owned(), error))?.into_temp_path();
        Ok(Self { file, name: name.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// Gives it its name once everything is on the disk. A file of that name which has come up meanwhile is left alone.
    pub(super) fn finish(self) -> Result<()> {
        let Self { file, name } = self;
        let finished = || {
            File::open(&file)?.sync_all()?;
            file.persist_noclobber(&name).map_err(|error| error.error)?;
            // The name is on the disk when the folder is.
            File::open(folder_of(&name)?)?.sync_all()
        };
        finished().map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Fault::Exists(name.clone()),
            _ => Fault::File(name.clone(), error),
        })
    }
}

/// The folder of a file, absolute.
fn folder_of(name: &Path) -> io::Result<PathBuf> {
    match name.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.canonicalize(),
        _ => std::env::current_dir(),
    }
}

/// Opens a file that is there and that nobody else uses: without a write-ahead log beside it, so that the one file is all there is.
pub(super) async fn open(path: &Path, read_only: bool) -> Result<DatabaseConnection> {
    let readable = File::open(path).and_then(|_| path.canonicalize());
    let path = readable.map_err(|error| Fault::File(path.to_owned(), error))?;
    let mut options = ConnectOptions::new(sqlite_url(&path));
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |sqlite| sqlite.read_only(read_only).create_if_missing(false).foreign_keys(true));
    Ok(Database::connect(options).await?)
}

/// What is wrong with a SQLite database: nothing, if it is sound.
pub(super) async fn damage(db: &DatabaseConnection) -> std::result::Result<Option<String>, DbErr> {
    let all = |sql: &'static str| db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
    let mut found = Vec::new();
    for row in all("PRAGMA integrity_check").await? {
        found.push(row.try_get_by_index::<String>(0)?);
    }
    found.retain(|line| line != "ok");
    for row in all("PRAGMA foreign_key_check").await? {
        found.push(format!("a row of {} refers to nothing", row.try_get_by_index::<String>(0)?));
    }
    let more = found.len().saturating_sub(1);
    Ok(found.into_iter().next().map(|first| if more == 0 { first } else { format!("{first}, and {more} more") }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_comes_up_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("backup.db");
        let unfinished = Unfinished::new(&name).unwrap();
        fs::write(&name, "something dear").unwrap();
        assert!(matches!(unfinished.finish(), Err(Fault::Exists(_))));
        assert_eq!(fs::read_to_string(&name).unwrap(), "something dear");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
