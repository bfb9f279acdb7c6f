//! One socket, from hello to close.

use std::sync::Arc;

use bytes::Bytes;
use chat::{Chat, subscriptions::Connection};
use futures::FutureExt;
use hub::{Mailbox, Queue};
use protocol::{CloseCode, Error, ErrorCode, ServerFrame};
use tokio::{net::TcpStream, time::timeout};
use tungstenite::error::ProtocolError;

use super::{
    Place, Sockets,
    listener::Listener,
    transport::{Reader, Transport},
};
use crate::answers::told;

/// How a socket ends.
pub(super) enum End {
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

/// Both sides of a socket, and the queue of what is to be written to it.
pub(super) struct Socket {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) transport: Transport,
    pub(super) reader: Reader,
}

impl Socket {
    /// A socket on a connection from which this was `read` already.
    pub(super) fn new(chat: &Chat, stream: TcpStream, read: Bytes) -> Self {
        let transport = Transport::new(stream);
        let mailbox = chat.mailbox(transport.clone());
        let reader = Reader::new(transport.clone(), mailbox.clone(), read);
        Self { mailbox, transport, reader }
    }

    /// Serves whoever holds the token, or a guest, to the end. The place is free again when the socket has closed.
    pub(super) async fn serve(mut self, token: Option<String>, place: Option<Place>, chat: &Chat, sockets: &Sockets) {
        let end = match &place {
            Some(_) => self.run(token, chat, sockets).await,
            None => End::Close(CloseCode::Full),
        };
        // A client that does not read would hold up a stop, and its place, for ever.
        let _ = timeout(sockets.limits.goodbye, self.close(end)).await;
    }

    async fn run(&mut self, token: Option<String>, chat: &Chat, sockets: &Sockets) -> End {
        // In a box: it is done before anything is received, and would keep its room in every socket that does nothing.
        match Connection::open(chat.clone(), token.as_deref(), self.mailbox.clone()).boxed().await {
            Ok(connection) => Listener::new(chat, connection, self, sockets).listen().await,
            Err(error) => End::unwelcome(&error),
        }
    }

    /// Says goodbye and waits until the client has read it: a socket that is dropped with unread data resets the connection, which
    /// can overtake the close frame.
    async fn close(&mut self, end: End) {
        let is_understood = !matches!(end, End::Fail(..));
        let goodbye = match end {
            End::Gone => None,
            End::Fail(code, reason) => Some((code, reason)),
            End::Close(code) => Some((code.number(), code.reason())),
            End::Refuse(error, code) => {
                self.mailbox.enqueue(&ServerFrame::Error { client_id: None, room: None, error });
                Some((code.number(), code.reason()))
            }
        };
        let is_there = goodbye.is_some();
        self.mailbox.finish();
        match goodbye {
            Some((code, reason)) => self.reader.close(code, reason),
            None => self.reader.answer(),
        }
        loop {
            let waits = match self.mailbox.flush() {
                Queue::Waiting { .. } => true,
                Queue::Empty if !is_understood => return self.transport.drain().await,
                Queue::Empty if is_there => false,
                Queue::Empty | Queue::Closed(_) | Queue::Broken => return,
            };
            tokio::select! {
                received = self.reader.next(), if is_there && is_understood => if received.is_err() { return },
                () = self.transport.writable(), if waits => {}
            }
        }
    }
}

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

    /// Somebody whose token is not good, or cannot be checked now.
    fn unwelcome(error: &chat::Error) -> Self {
        let error = told(error);
        let code = if error.code == ErrorCode::NotAuthenticated { CloseCode::SignIn } else { CloseCode::Restart };
        Self::Refuse(error, code)
    }

    /// Something that guests may not do.
    pub(super) fn sign_in() -> Self {
        Self::Refuse(ErrorCode::NotAuthenticated.into(), CloseCode::SignIn)
    }
}
