//! `snug migrate`, which is also the first thing that `snug serve` does.

use std::path::Path;

use chat::upkeep;

use super::{data_dir, say};
use crate::{config::Store, serve::Failure, telemetry};

pub(super) async fn run(options: &Store) -> Result<(), Failure> {
    telemetry::start_log(options);
    let steps = bring_up_to_date(options, &data_dir(options)?).await?;
    match steps {
        0 => say("The database is up to date."),
        steps => say(format_args!("The database is up to date now. Steps taken: {steps}")),
    }
    Ok(())
}

/// Takes the steps that are missing and writes them to the log; returns how many these were.
pub(crate) async fn bring_up_to_date(options: &Store, data_dir: &Path) -> Result<usize, Failure> {
    let migrated = upkeep::migrate(&options.database_url(data_dir), &data_dir.join("backups")).await.map_err(Failure::Upkeep)?;
    if let Some(backup) = &migrated.backup {
        tracing::info!(path = %backup.display(), "took a backup of the database before bringing it up to date");
    }
    for step in &migrated.steps {
        tracing::info!(%step, "brought the database up to date");
    }
    Ok(migrated.steps.len())
}
