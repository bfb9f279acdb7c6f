//! Names of backups that tell when they were taken, and away with the old ones.

use std::{
    fs, io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::SystemTime,
};

use sea_orm::{ConnectOptions, Database};

use super::{Fault, Result, file, utc::utc};
use crate::db::schema::Steps;

/// The name of a new backup in this folder.
///
/// # Errors
/// SQLite, which has the calendar, does not tell the time.
pub async fn name_in(folder: &Path) -> Result<PathBuf> {
    let calendar =
        Database::connect(ConnectOptions::new("sqlite::memory:").max_connections(1).sqlx_logging(false).to_owned()).await?;
    let name = format!("snug-{}.db", utc(&calendar).await?);
    calendar.close().await?;
    Ok(folder.join(name))
}

/// Whether backups of later days would have other names of the same kind.
#[must_use]
pub fn tells_time(file: &Path) -> bool {
    kind(file).is_some_and(|kind| kind.contains('#'))
}

/// Removes the oldest of the backups that stand beside this one under names of the same kind, all but so many of the newest. What is no
/// backup of Snug, or is in use, stays. Returns what was removed.
///
/// # Errors
/// The folder cannot be read, or a file in it not be removed.
pub async fn keep_newest(made: &Path, keep: NonZeroUsize) -> Result<Vec<PathBuf>> {
    let folder = file::folder_of(made).map_err(|error| Fault::File(made.to_owned(), error))?;
    let mut backups = Vec::new();
    for (time, path) in alike(made, &folder).map_err(|error| Fault::File(folder.clone(), error))? {
        if is_backup(&path).await {
            backups.push((time, path));
        }
    }
    backups.sort();
    let old = backups.len().saturating_sub(keep.get());
    let mut removed = Vec::new();
    for (_, path) in backups.into_iter().take(old) {
        fs::remove_file(&path).map_err(|error| Fault::File(path.clone(), error))?;
        removed.push(path);
    }
    Ok(removed)
}

/// The files with names of the same kind, and when each was written.
fn alike(made: &Path, folder: &Path) -> io::Result<Vec<(SystemTime, PathBuf)>> {
    let mut alike = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_file() && kind(&path).is_some() && kind(&path) == kind(made) {
            alike.push((entry.metadata()?.modified()?, path));
        }
    }
    Ok(alike)
}

/// A name with `#` for each number: `snug-20261126T031500Z.db` is of the kind `snug-#T#Z.db`.
fn kind(file: &Path) -> Option<String> {
    let mut kind = String::new();
    for c in file.file_name()?.to_str()?.chars() {
        match c {
            '0'..='9' if kind.ends_with('#') => {}
            '0'..='9' => kind.push('#'),
            c => kind.push(c),
        }
    }
    Some(kind)
}

/// A database that somebody has open has its log beside it.
async fn is_backup(path: &Path) -> bool {
    let in_use = ["-wal", "-journal"].iter().any(|log| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(log);
        Path::new(&beside).exists()
    });
    if in_use {
        return false;
    }
    let Ok(db) = file::open(path, true).await else { return false };
    let is_ours = Steps::of(&db).await.is_ok_and(|steps| !steps.taken.is_empty());
    // It was only read.
    let _ = db.close().await;
    is_ours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_one_kind_when_only_their_numbers_differ() {
        let kind = |name: &str| kind(Path::new(name));
        assert_eq!(kind("/b/snug-20261126T031500Z.db"), kind("snug-1T2Z.db"));
        assert_eq!(kind("2026-11-26.db").as_deref(), Some("#-#-#.db"));
        assert_ne!(kind("snug.db"), kind("snug-1.db"));
        assert!(tells_time(Path::new("b/26.db")) && !tells_time(Path::new("2026/snug.db")));
    }
}
