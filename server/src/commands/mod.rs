//! What `snug` does apart from serving. The decisions are those of [`chat::upkeep`]; here they get their arguments and are printed.

mod backup;
mod doctor;
mod migrate;
mod output;
mod restore;

use std::process::ExitCode;

use crate::{config::Command, failure::Failure, serve};

/// Does what was asked for; the code says how it went.
///
/// # Errors
/// Why it was not done.
pub async fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(options) => serve::serve(options).await?,
        Command::Migrate(options) => migrate::run(options).await?,
        Command::Backup(options) => backup::run(options).await?,
        Command::Restore(options) => restore::run(options).await?,
        Command::Doctor(options) => return doctor::run(options).await,
    }
    Ok(ExitCode::SUCCESS)
}
