//! What `snug` does apart from serving. The decisions are those of [`chat::upkeep`]; here they get their arguments and are printed.

mod announce;
mod backup;
mod config;
mod doctor;
mod house;
mod import;
mod invite;
mod migrate;
mod output;
mod password;
mod restore;
mod room;
mod user;

use std::process::ExitCode;

use crate::{config::Command, failure::Failure, serve, telemetry};

/// Does what was asked for; the code says how it went.
///
/// # Errors
/// Why it was not done.
pub async fn run(command: &Command) -> Result<ExitCode, Failure> {
    let repeats = telemetry::start_log(command.store());
    command.tell_notices();
    match command {
        Command::Serve(options) => serve::serve(options, repeats).await?,
        Command::Migrate(options) => migrate::run(options).await?,
        Command::Backup(options) => backup::run(options).await?,
        Command::Restore(options) => restore::run(options).await?,
        Command::User(options) => user::run(options).await?,
        Command::Room(options) => room::run(options).await?,
        Command::Invite(options) => invite::run(options).await?,
        Command::Import(options) => import::run(options).await?,
        Command::Announce(options) => announce::run(options).await?,
        Command::Doctor(options) => return doctor::run(options).await,
        Command::Config(options) => config::run(options),
    }
    Ok(ExitCode::SUCCESS)
}
