//! A mark beside SQLite's file, the same as in the file, and another one after each start and each stop: an older copy of the file that
//! is put back does not have it, and begins another epoch.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use sea_orm::{ConnectionTrait, DbErr, RuntimeErr};
use tempfile::NamedTempFile;

use super::epoch;

/// The file with the mark.
pub(super) struct Mark(PathBuf);

impl Mark {
    /// The one that belongs to a database.
    pub(super) fn of(database: &Path) -> Self {
        let mut name = database.as_os_str().to_owned();
        name.push("-mark");
        Self(name.into())
    }

    /// Takes the epoch from a database that has not the mark that it was left with.
    pub(super) async fn check(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        let known = fs::read_to_string(&self.0).unwrap_or_default();
        match epoch::made_at(db).await? {
            Some(mark) if !known.lines().any(|line| line == mark) => epoch::forget(db).await,
            _ => Ok(()),
        }
    }

    /// Writes the marks that are good from now on, for one start at a time or several.
    pub(super) fn write(&self, marks: &[&str]) -> Result<(), DbErr> {
        let written = || -> io::Result<()> {
            let mut unfinished = NamedTempFile::new_in(self.0.parent().unwrap_or(Path::new(".")))?;
            unfinished.write_all(marks.join("\n").as_bytes())?;
            unfinished.as_file().sync_all()?;
            unfinished.persist(&self.0)?;
            Ok(())
        };
        written().map_err(|error| DbErr::Conn(RuntimeErr::Internal(format!("{}: {error}", self.0.display()))))
    }
}
