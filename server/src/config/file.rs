//! Options of the commands that take a file.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Store;

/// Options of `snug backup` and `snug restore`.
#[derive(Args)]
pub struct FileOptions {
    /// The backup: a new file that is written, or the one that is restored
    file: PathBuf,

    #[command(flatten)]
    store: Store,
}

impl FileOptions {
    /// The backup, to be made or to be read.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn complete(&mut self) -> Result<(), String> {
        self.store.complete()
    }

    /// Where everything is kept.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}
