//! Errors: what the user may see apart from what the log gets.

use std::fmt;

use protocol::{ErrorCode, FieldError};
use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::error::{DatabaseError, ErrorKind},
};

/// Why something was not done.
#[derive(Debug)]
pub enum Error {
    /// The request cannot be granted, and the person may know why.
    Refused(protocol::Error),
    /// The server could not do it. The cause is for the log.
    Failed {
        /// What the person gets to know.
        code: ErrorCode,
        /// What the log gets.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What everything in this crate returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What the user may see.
    #[must_use]
    pub fn public(&self) -> protocol::Error {
        match self {
            Self::Refused(error) => error.clone(),
            Self::Failed { code, .. } => (*code).into(),
        }
    }

    /// A fault that will not go away by trying again.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed { code: ErrorCode::Internal, cause: cause.into() }
    }

    /// A lack that may be over in a moment: the database, the disk, a full queue.
    pub(crate) fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed { code: ErrorCode::Unavailable, cause: cause.into() }
    }

    /// Whether another transaction was first with something that there is only one of, or took away what this one goes by: what it
    /// writes does not fit any more (`log::raise_heads` too says so by a constraint). PostgreSQL ends one of two that wait for each
    /// other, and asks for the same (SQLSTATE 40P01, deadlock detected).
    pub(crate) fn is_lost_race(&self) -> bool {
        let Self::Failed { cause, .. } = self else { return false };
        let Some(DbErr::Exec(cause) | DbErr::Query(cause)) = cause.downcast_ref::<DbErr>() else { return false };
        let RuntimeErr::SqlxError(cause) = cause else { return false };
        let Some(cause) = cause.as_database_error() else { return false };
        matches!(cause.kind(), ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation | ErrorKind::NotNullViolation)
            || cause.code().is_some_and(|code| code == "40P01")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => write!(f, "refused: {:?}", error.code),
            Self::Failed { code, cause } => write!(f, "{code:?}: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<protocol::Error> for Error {
    fn from(error: protocol::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code.into())
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::Refused(error.into())
    }
}

/// Whatever the database says may be over in a moment (G7): locked, full, gone, restarting. A faulty statement of ours would
/// show in the tests first.
impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        if is_no_text(&cause) { ErrorCode::NotFound.into() } else { Self::unavailable(cause) }
    }
}

/// Whether PostgreSQL was asked for a text with a NUL in it, which none of its texts has (SQLSTATE 22021, character not in repertoire).
fn is_no_text(cause: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = cause else { return false };
    cause.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == "22021")
}

impl From<getrandom::Error> for Error {
    fn from(cause: getrandom::Error) -> Self {
        Self::internal(cause)
    }
}
