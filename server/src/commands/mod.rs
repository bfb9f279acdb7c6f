//! What `snug` does apart from serving. The decisions are those of [`chat`]; here they get their arguments and are printed. `send` and `tail`
//! are clients of a server, and know nothing but its API.

mod announce;
mod backup;
mod client;
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
mod send;
mod tail;
mod user;

use std::process::ExitCode;

use crate::{config::Command, failure::Failure, serve, telemetry};

/// Does what was asked for; the code says how it went.
///
/// # Errors
/// Why it was not done.
pub async fn run(command: &Command) -> Result<ExitCode, Failure> {
    // What a client prints is for whoever reads on: it has no log.
    match command {
        Command::Send(options) => return send::run(options).await.map(|()| ExitCode::SUCCESS),
        Command::Tail(options) => return tail::run(options).await.map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    let repeats = command.store().map(telemetry::start_log).unwrap_or_default();
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
        Command::Send(_) | Command::Tail(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}
