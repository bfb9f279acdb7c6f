//! One connection, a WebSocket or a stream of events: its two sides, and its close.

use std::sync::Arc;

use bytes::Bytes;
use chat::Chat;
use hub::{Mailbox, Named, Post, Queue};
use protocol::{ClientFrame, ServerFrame};
use tokio::{net::TcpStream, sync::mpsc};

use super::{
    end::End,
    pipe::Pipe,
    posts::Posts,
    reader::Reader,
    transport::{SocketReader, Transport},
};
use crate::connections::Place;

/// Both sides of a socket, and the queue of what is to be written to it.
pub(super) struct Socket {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) transport: Transport,
    pub(super) reader: Reader,
    /// Of a stream it is the request that has it.
    _place: Option<Place>,
}

impl Socket {
    /// A socket on a connection that has this place, and from which this was `read` already.
    pub(super) fn new(chat: &Chat, stream: TcpStream, place: Place, read: Bytes) -> Self {
        let tcp = Arc::new(stream);
        let transport = Transport::Socket(tcp.clone());
        let mailbox = chat.mailbox(transport.clone());
        let reader = Reader::Socket(SocketReader::new(tcp, mailbox.clone(), read));
        Self { mailbox, transport, reader, _place: Some(place) }
    }

    /// A stream of events that is written to this pipe, whose client asks for this first and then by requests.
    pub(super) fn of_events(
        chat: &Chat,
        pipe: Arc<Pipe>,
        (first, posted): (Vec<ClientFrame>, mpsc::Receiver<Post>),
        named: Named,
    ) -> Self {
        let transport = Transport::Events(pipe.clone());
        let mailbox = chat.mailbox(transport.clone());
        let reader = Reader::Posts(Posts::new(first, posted, pipe, mailbox.clone(), named));
        Self { mailbox, transport, reader, _place: None }
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
                () = self.reader.gone(), if is_there && is_understood => return,
                () = self.transport.writable(), if waits => {}
            }
        }
    }
}
