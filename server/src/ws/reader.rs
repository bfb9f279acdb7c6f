//! What a client says, by either way.

use tungstenite::Message;

use super::{end::End, posts::Posts, said::Said, transport::SocketReader};

/// The reading side of a connection.
pub(super) enum Reader {
    /// Of a WebSocket.
    Socket(SocketReader),
    /// Of a stream of events, whose client says everything by requests of their own.
    Posts(Posts),
}

impl Reader {
    /// What is said next. May be dropped and asked again.
    pub(super) async fn next(&mut self) -> Result<Said, End> {
        match self {
            Self::Socket(socket) => match socket.next().await {
                Ok(Message::Text(text)) => Ok(Said::Text(text)),
                Ok(Message::Binary(_) | Message::Frame(_)) => Err(End::bad_frame()),
                Ok(Message::Ping(_) | Message::Pong(_)) => Ok(Said::Nothing),
                Ok(Message::Close(_)) => Err(End::Gone),
                Err(error) => Err(End::of_reading(&error)),
            },
            Self::Posts(posts) => posts.next().await,
        }
    }

    /// Waits until the other side has read the goodbye and gone.
    pub(super) async fn gone(&mut self) {
        match self {
            Self::Socket(socket) => while socket.next().await.is_ok() {},
            Self::Posts(posts) => posts.gone().await,
        }
    }

    /// Says goodbye.
    pub(super) fn close(&mut self, code: u16, reason: &'static str) {
        match self {
            Self::Socket(socket) => socket.close(code, reason),
            Self::Posts(posts) => posts.close(code, reason),
        }
    }

    /// Says what is due before the end.
    pub(super) fn answer(&mut self) {
        match self {
            Self::Socket(socket) => socket.answer(),
            // Each request has its own answer.
            Self::Posts(_) => {}
        }
    }
}
