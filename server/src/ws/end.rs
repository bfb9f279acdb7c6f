//! How sockets end.

use protocol::{CloseCode, Error, ErrorCode};
use tungstenite::error::ProtocolError;

use crate::answers::told;

/// How a socket ends.
pub(crate) enum End {
    /// The server closes it.
    Close(CloseCode),
    /// The server says what is wrong, then closes it.
    Refuse(Error, CloseCode),
    /// What the client sends is no WebSocket, or too big a message: a code of RFC 6455, 7.4.1, and what is wrong.
    Fail(u16, &'static str),
    /// The client went away.
    Gone,
}

/// A step that may be the last.
pub(super) type Step = Result<(), End>;

impl End {
    /// Why there is nothing more to be read.
    pub(super) fn of_reading(error: &tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::Capacity(_) => Self::Fail(1009, "frame too big"),
            tungstenite::Error::Utf8(_) => Self::Fail(1007, "text is not UTF-8"),
            tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Gone,
            tungstenite::Error::Protocol(_) => Self::Fail(1002, "not a WebSocket"),
            _ => Self::Gone,
        }
    }

    /// Something that is not in the protocol.
    pub(super) fn bad_frame() -> Self {
        Self::Refuse(ErrorCode::BadRequest.into(), CloseCode::BadFrame)
    }

    /// Somebody whose token is not good, or cannot be checked now, or who comes too often.
    pub(crate) fn unwelcome(error: &chat::Error) -> Self {
        let error = told(error);
        let code = match error.code {
            ErrorCode::NotAuthenticated | ErrorCode::Suspended => CloseCode::SignIn,
            ErrorCode::Throttled => CloseCode::Full,
            _ => CloseCode::Restart,
        };
        Self::Refuse(error, code)
    }

    /// Something that guests may not do.
    pub(super) fn sign_in() -> Self {
        Self::Refuse(ErrorCode::NotAuthenticated.into(), CloseCode::SignIn)
    }
}
