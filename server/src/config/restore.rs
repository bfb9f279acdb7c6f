//! Options of `snug restore`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Store;

/// Options of `snug restore`.
#[derive(Args)]
pub struct RestoreOptions {
    /// The backup that is restored
    file: PathBuf,

    #[command(flatten)]
    store: Store,
}

impl RestoreOptions {
    /// The backup.
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
