//! Options of `snug backup`.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use chat::upkeep;
use clap::Args;

use super::Store;

/// Options of `snug backup`.
#[derive(Args)]
pub struct BackupOptions {
    /// A new file that is written, or a folder in which the backup is named by the time
    file: PathBuf,

    /// Look whether FILE is a sound backup, and write nothing
    #[arg(long, conflicts_with = "keep")]
    check: bool,

    /// Remove old backups beside the new one, under names that differ from its own by numbers only, so that so many stay
    #[arg(long, value_name = "N", value_parser = parse_keep)]
    keep: Option<NonZeroUsize>,

    #[command(flatten)]
    store: Store,
}

impl BackupOptions {
    /// The backup, to be made or to be looked at, or a folder for it.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether it is only looked at.
    #[must_use]
    pub fn check(&self) -> bool {
        self.check
    }

    /// How many backups stay.
    #[must_use]
    pub fn keep(&self) -> Option<NonZeroUsize> {
        self.keep
    }

    /// Where everything is kept.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn complete(&mut self) -> Result<(), String> {
        self.store.complete()?;
        if self.keep.is_some() && !self.file.is_dir() && !upkeep::tells_time(&self.file) {
            return Err(format!(
                "--keep needs a folder, or a name with the time in it, to tell backups from {}",
                self.file.display()
            ));
        }
        Ok(())
    }
}

fn parse_keep(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "--keep needs the number of backups that stay, 1 or more")
}
