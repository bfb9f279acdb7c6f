//! Where a database was when it was opened, and whether it is still that one.

use std::{fs, io, path::PathBuf};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, RuntimeErr};
use tokio_util::sync::CancellationToken;

use super::{epoch, mark::Mark, urls};

/// Where the database is.
pub(super) enum Origin {
    /// A file of SQLite's.
    File {
        path: PathBuf,
        /// What the path led to; unknown where the system does not tell.
        id: Option<(u64, u64)>,
        /// The path leads to something else now. What is written goes into a file that nobody will read again.
        lost: CancellationToken,
    },
    /// PostgreSQL, which may tell the place where it keeps it.
    Server { tells_place: bool },
}

impl Origin {
    /// The file behind an open connection.
    pub(super) fn file(url: &str) -> Result<Self, DbErr> {
        let path = urls::path(url).map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        let id = id_of(&path).map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        Ok(Self::File { path, id, lost: CancellationToken::new() })
    }

    /// The server behind an open connection. Some that only speak like PostgreSQL do not know the questions for the place: they are not
    /// asked again.
    pub(super) async fn server(db: &DatabaseConnection) -> Self {
        Self::Server { tells_place: epoch::place(db).await.is_ok() }
    }

    /// The place for [`epoch::of`]; an error when the database is not the one that was opened any more.
    pub(super) async fn place(&self, db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
        match self {
            Self::Server { tells_place: true } => epoch::place(db).await,
            Self::Server { tells_place: false } => Ok(None),
            Self::File { path, id, lost } => {
                if id_of(path).ok() != Some(*id) {
                    lost.cancel();
                }
                self.check().map(|()| None)
            }
        }
    }

    /// Refuses to go on with a file that was found replaced.
    pub(super) fn check(&self) -> Result<(), DbErr> {
        match self {
            Self::File { path, lost, .. } if lost.is_cancelled() => {
                let told = format!("{} was replaced or moved away while it was in use", path.display());
                Err(DbErr::Conn(RuntimeErr::Internal(told)))
            }
            _ => Ok(()),
        }
    }

    /// The mark beside a file.
    pub(super) fn mark(&self) -> Option<Mark> {
        match self {
            Self::File { path, .. } => Some(Mark::of(path)),
            Self::Server { .. } => None,
        }
    }

    /// Until the file is found replaced.
    pub(super) async fn lost(&self) {
        match self {
            Self::File { lost, .. } => lost.cancelled().await,
            Self::Server { .. } => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
fn id_of(path: &std::path::Path) -> io::Result<Option<(u64, u64)>> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).map(|file| Some((file.dev(), file.ino())))
}

#[cfg(not(unix))]
fn id_of(path: &std::path::Path) -> io::Result<Option<(u64, u64)>> {
    fs::metadata(path).map(|_| None)
}
