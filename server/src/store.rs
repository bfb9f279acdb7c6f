//! Where the data is: the folder, and the database in it or elsewhere, made ready for use.

use std::{
    fs::DirBuilder,
    io,
    path::{Path, PathBuf},
};

use chat::upkeep;

use crate::{config::Store, failure::Failure};

/// The data folder, made if it is missing, as an absolute path.
pub(crate) fn data_dir(options: &Store) -> Result<PathBuf, Failure> {
    let path = options.data_dir();
    make_private(path).and_then(|()| path.canonicalize()).map_err(|error| Failure::DataDir(path.to_owned(), error))
}

/// The data folder for commands that only read: absolute if it is there, and not made if it is not.
pub(crate) fn data_dir_as_it_is(options: &Store) -> PathBuf {
    let path = options.data_dir();
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Makes a folder that only its owner may look into: the database in it holds the hashes of passwords.
fn make_private(path: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.recursive(true).create(path)
}

/// Takes the steps that are missing and writes them to the log; returns how many these were.
pub(crate) async fn bring_up_to_date(options: &Store, data_dir: &Path) -> Result<usize, Failure> {
    let (database_url, backups) = (options.database_url(data_dir), data_dir.join("backups"));
    match upkeep::make_private(&database_url, &backups) {
        Ok(paths) => {
            paths.iter().for_each(|path| tracing::warn!(path = %path.display(), "others could read this; now they cannot"))
        }
        Err(error) => tracing::warn!(%error, "others may read the database or its backups; `snug doctor` tells which"),
    }
    let migrated = upkeep::migrate(&database_url, &backups).await.map_err(Failure::Upkeep)?;
    if let Some(backup) = &migrated.backup {
        tracing::info!(path = %backup.display(), "took a backup of the database before bringing it up to date");
    }
    for step in &migrated.steps {
        tracing::info!(%step, "brought the database up to date");
    }
    Ok(migrated.steps.len())
}
