//! Files that hold the hashes of passwords: the database and its backups. They are for the user alone that Snug runs as.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::db::urls;

/// What may be beside a file of SQLite's: its journals, and the mark of Snug's.
const BESIDE: [&str; 5] = ["", "-wal", "-shm", "-journal", "-mark"];
/// Everything that is for others than the owner.
const OTHERS: u32 = 0o077;

/// Takes the rights from all others that they have to these files: an earlier version made them with the rights that the system gave.
/// SQLite gives its journals those of the database. Returns what was changed.
///
/// # Errors
/// The rights cannot be changed: the files are somebody else's.
pub fn make_private(database_url: &str, backups: &Path) -> io::Result<Vec<PathBuf>> {
    let open = open_to_others(database_url, backups);
    for path in &open {
        close_to_others(path)?;
    }
    Ok(open)
}

/// Those of the files that others may do something with.
pub(super) fn open_to_others(database_url: &str, backups: &Path) -> Vec<PathBuf> {
    let database = urls::sqlite_file(database_url);
    let beside = |database: PathBuf| BESIDE.map(|suffix| PathBuf::from(format!("{}{suffix}", database.display())));
    let copies = fs::read_dir(backups).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = database.map(beside).into_iter().flatten().chain([backups.to_owned()]).chain(copies);
    files.filter(|path| is_open_to_others(path)).collect()
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & OTHERS != 0)
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    fs::set_permissions(path, fs::Permissions::from_mode(mode & !OTHERS))
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}
