//! What `snug` does apart from serving. The decisions are those of [`chat::upkeep`]; here they get their arguments and are printed.

mod backup;
mod doctor;
pub(crate) mod migrate;
mod restore;

use std::{
    fmt, fs,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use crate::{
    config::{Command, Store},
    serve::{self, Failure},
};

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

/// The data folder, made if it is missing, as an absolute path.
pub(crate) fn data_dir(options: &Store) -> Result<PathBuf, Failure> {
    let path = options.data_dir();
    fs::create_dir_all(path).and_then(|()| path.canonicalize()).map_err(|error| Failure::DataDir(path.to_owned(), error))
}

/// Tells the operator. Whoever started the command may have closed its output; what was done is done all the same.
fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
