//! Why a command was not done.

use std::{fmt, io, net::SocketAddr, path::PathBuf};

use chat::{imports, upkeep};

/// Why a command was not done or the server did not start, as one line that names what is wrong.
#[derive(Debug)]
pub enum Failure {
    /// No threads.
    Runtime(io::Error),
    /// The data folder cannot be made or written.
    DataDir(PathBuf, io::Error),
    /// The signing key cannot be read or made.
    SigningKey(PathBuf, io::Error),
    /// The database cannot be opened.
    Database(chat::Error),
    /// What the operator wanted of the database cannot be done.
    Upkeep(upkeep::Fault),
    /// Another server's data could not be brought along.
    Import(imports::Fault),
    /// What a command wanted of the chat was not done.
    Refused(chat::Error),
    /// No password was to be had.
    Password(String),
    /// SQLite's file was replaced while the server ran.
    Lost,
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// A server did not do what a client asked of it.
    Server(String),
    /// Metrics or signals are not to be had.
    Process(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime(error) => write!(f, "cannot start threads: {error}"),
            Self::DataDir(path, error) => write!(f, "cannot use the data folder {} (SNUG_DATA_DIR): {error}", path.display()),
            Self::SigningKey(path, error) => write!(f, "cannot use the signing key {}: {error}", path.display()),
            Self::Database(error) => {
                let cause = error.to_string().replace('\n', " ");
                write!(
                    f,
                    "cannot open the database: {cause}. Is it there and running, and are SNUG_DATA_DIR and DATABASE_URL right?"
                )
            }
            Self::Upkeep(fault) => write!(f, "{}", fault.to_string().replace('\n', " ")),
            Self::Import(fault) => write!(f, "{}", fault.to_string().replace('\n', " ")),
            Self::Refused(error) => write!(f, "{}", refused(error)),
            Self::Password(fault) => write!(f, "no password: {fault}"),
            Self::Lost => {
                write!(
                    f,
                    "the database file was replaced or moved away while the server ran. Start it again, on the one that is there now"
                )
            }
            Self::Listen(addr, error) => write!(f, "cannot listen on {addr} (SNUG_ADDR): {error}"),
            Self::Server(fault) => f.write_str(fault),
            Self::Process(error) => write!(f, "cannot start: {error}"),
        }
    }
}

/// What people are told, each field on its own; of a failure the cause too, since nobody else gets to know it.
fn refused(error: &chat::Error) -> String {
    let public = error.public();
    match error {
        chat::Error::Refused(_) if public.fields.is_empty() => public.message(),
        chat::Error::Refused(_) => public.fields.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        chat::Error::Failed { cause, .. } => format!("{} ({cause})", public.message()).replace('\n', " "),
    }
}

impl From<chat::Error> for Failure {
    fn from(error: chat::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<protocol::ErrorCode> for Failure {
    fn from(code: protocol::ErrorCode) -> Self {
        Self::Refused(code.into())
    }
}

impl std::error::Error for Failure {}
