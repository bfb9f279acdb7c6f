//! Files that hold a whole database: backups.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use tempfile::{NamedTempFile, TempPath};

use super::{Fault, Result, sqlite_url};

/// How SQLite's files begin.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// How the names of files begin that are not finished.
const UNFINISHED: &str = ".snug-backup-";
/// What SQLite appends to the name of a file for its journals.
const JOURNALS: [&str; 3] = ["-journal", "-wal", "-shm"];

/// A file that has not got its name yet: a backup that was broken off must not look like one. Only its owner may read it, for
/// it will hold the hashes of passwords.
pub(super) struct Unfinished {
    file: TempPath,
    /// Held as long as somebody is at it: what nobody holds was left by a process that was killed.
    _lock: File,
    name: PathBuf,
}

impl Unfinished {
    /// In the folder of the name that it shall have.
    pub(super) fn new(name: &Path) -> Result<Self> {
        if name.symlink_metadata().is_ok() {
            return Err(Fault::Exists(name.to_owned()));
        }
        let unfinished = || {
            let folder = folder_of(name)?;
            sweep(&folder);
            locked(|| NamedTempFile::with_prefix_in(UNFINISHED, &folder))
        };
        let (lock, file) = unfinished().map_err(|error| Fault::File(name.to_owned(), error))?.into_parts();
        Ok(Self { file, _lock: lock, name: name.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// Gives it its name once everything is on the disk. A file of that name which has come up meanwhile is left alone.
    pub(super) fn finish(self) -> Result<()> {
        let Self { file, name, .. } = self;
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

/// A new file that is locked: another process may take it for one that was left behind, in the moment before it is.
fn locked(make: impl Fn() -> io::Result<NamedTempFile>) -> io::Result<NamedTempFile> {
    loop {
        let file = make()?;
        if file.as_file().try_lock().is_ok() && file.path().exists() {
            return Ok(file);
        }
    }
}

/// A file outside of the data folder, for as long as it is held.
pub(super) fn temporary() -> io::Result<NamedTempFile> {
    let folder = std::env::temp_dir();
    sweep(&folder);
    locked(|| NamedTempFile::with_prefix_in(UNFINISHED, &folder))
}

/// Deletes what killed backups and restores have left in a folder.
pub(super) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let left_behind = |path: &Path| File::open(path).is_ok_and(|file| file.try_lock().is_ok());
    let mut files: Vec<_> =
        entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED)).collect();
    // A journal comes after the file that it belongs to, and goes with it.
    files.sort_by_key(|entry| entry.file_name());
    for path in files.iter().map(fs::DirEntry::path) {
        let name = path.display().to_string();
        let of_another =
            JOURNALS.iter().find_map(|journal| name.strip_suffix(journal)).is_some_and(|file| Path::new(file).exists());
        if !of_another && left_behind(&path) {
            match fs::remove_file(&path) {
                Ok(()) => tracing::info!(path = name, "deleted what a backup that was killed had left"),
                Err(error) => tracing::warn!(path = name, %error, "cannot delete what a backup that was killed has left"),
            }
        }
    }
}

/// The folder of a file, absolute.
pub(super) fn folder_of(name: &Path) -> io::Result<PathBuf> {
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

/// Whether a file begins as those of SQLite do, whatever is wrong with the rest.
pub(super) fn is_sqlite(path: &Path) -> bool {
    let mut start = [0; MAGIC.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *MAGIC
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

    #[test]
    fn what_a_killed_backup_has_left_goes_and_what_somebody_is_at_stays() {
        let folder = tempfile::tempdir().unwrap();
        let names = [".snug-backup-dead", ".snug-backup-dead-journal", "snug.db", "2026-11-01.db"];
        names.iter().for_each(|name| fs::write(folder.path().join(name), "half").unwrap());
        let alive = Unfinished::new(&folder.path().join("tonight.db")).unwrap();
        let journal = format!("{}-journal", alive.path().display());
        fs::write(&journal, "half").unwrap();
        let there = |name: &str| folder.path().join(name).exists();
        assert_eq!(names.map(there), [false, false, true, true], "the next backup sweeps");
        sweep(folder.path());
        assert!(alive.path().exists() && Path::new(&journal).exists());
    }
    #[test]
    fn what_a_killed_restore_has_left_goes_with_the_next_one() {
        let left = std::env::temp_dir().join(format!("{UNFINISHED}left-by-{}", std::process::id()));
        fs::write(&left, "half").unwrap();
        let alive = temporary().unwrap();
        assert!(!left.exists() && alive.path().exists());
    }
}
