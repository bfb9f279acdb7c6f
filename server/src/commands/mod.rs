//! What `snug` does apart from serving. The decisions are those of [`chat::upkeep`]; here they get their arguments and are printed.

mod backup;
mod doctor;
pub(crate) mod migrate;
mod restore;

use std::{
    fmt,
    fs::DirBuilder,
    io::{self, Write},
    path::{Path, PathBuf},
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
    make_private(path).and_then(|()| path.canonicalize()).map_err(|error| Failure::DataDir(path.to_owned(), error))
}

/// The data folder for commands that only read: absolute if it is there, and not made if it is not.
fn data_dir_as_it_is(options: &Store) -> PathBuf {
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

/// Tells the operator. Whoever started the command may have closed its output; what was done is done all the same.
fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
