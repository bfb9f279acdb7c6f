//! One socket: its two sides, and its close.

use std::sync::Arc;

use bytes::Bytes;
use chat::Chat;
use hub::{Mailbox, Queue};
use protocol::ServerFrame;
use tokio::net::TcpStream;

use super::{
    end::End,
    transport::{Reader, Transport},
};
use crate::connections::Place;

/// Both sides of a socket, and the queue of what is to be written to it.
pub(super) struct Socket {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) transport: Transport,
    pub(super) reader: Reader,
    _place: Place,
}

impl Socket {
    /// A socket on a connection that has this place, and from which this was `read` already.
    pub(super) fn new(chat: &Chat, stream: TcpStream, place: Place, read: Bytes) -> Self {
        let transport = Transport::new(stream);
        let mailbox = chat.mailbox(transport.clone());
        let reader = Reader::new(transport.clone(), mailbox.clone(), read);
        Self { mailbox, transport, reader, _place: place }
    }

    /// Says goodbye and waits until the client has read it: a socket that is dropped with unread data resets the connection, which
    /// can overtake the close frame.
    pub(super) async fn close(&mut self, end: End) {
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
