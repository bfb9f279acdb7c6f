//! The bytes of a connection. Two sides share it: the reader reads what the client says, and the hub writes to it through the mailbox.

use std::{
    io::{self, ErrorKind, IoSlice, Read, Write},
    sync::Arc,
};

use bytes::Bytes;
use hub::{Mailbox, Outlet};
use protocol::limits;
use rustix::net::{Shutdown, shutdown};
use tokio::{
    net::TcpStream,
    task::{coop, yield_now},
};
use tungstenite::{
    self, Message, Utf8Bytes, WebSocket,
    protocol::{CloseFrame, Role, WebSocketConfig},
};

use super::pipe::Pipe;

/// Bytes that are read at once. With the bounds of the mailbox it is what a socket takes of memory (G6).
const READ_BUFFER_BYTES: usize = 512;
/// Reads after which others have their turn: tungstenite reads on until it has a message, which a client can put off for ever.
const READS_AT_ONCE: u32 = 32;

/// The connection; cheap to clone.
#[derive(Clone)]
pub(super) enum Transport {
    /// Of a WebSocket, which has the bytes to itself.
    Socket(Arc<TcpStream>),
    /// Of a stream of events, which is the body of an answer.
    Events(Arc<Pipe>),
}

impl Transport {
    /// Whether the client can say something by it. Who only listens is not to be taken for dead because of that.
    pub(super) fn is_heard(&self) -> bool {
        matches!(self, Self::Socket(_))
    }

    /// Waits until it takes more.
    pub(super) async fn writable(&self) {
        match self {
            // What is wrong with it shows in the write that follows.
            Self::Socket(tcp) => _ = tcp.writable().await,
            Self::Events(pipe) => pipe.writable().await,
        }
    }

    /// Says that nothing more will be written, and reads without understanding until the client has gone.
    pub(super) async fn drain(&self) {
        let Self::Socket(tcp) = self else { return };
        let _ = shutdown(&**tcp, Shutdown::Write);
        let mut scrap = vec![0; READ_BUFFER_BYTES];
        while tcp.readable().await.is_ok() {
            match tcp.try_read(&mut scrap) {
                Ok(0) => return,
                Ok(_) => coop::consume_budget().await,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }
}

impl Outlet for Transport {
    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        match (self, pieces) {
            (Self::Socket(tcp), [piece]) => tcp.try_write(piece),
            (Self::Socket(tcp), pieces) => tcp.try_write_vectored(pieces),
            (Self::Events(pipe), pieces) => pipe.try_write(pieces),
        }
    }
}

/// The reading side of a WebSocket, as tungstenite has it.
pub(super) struct SocketReader {
    ws: WebSocket<Wire>,
}

/// What tungstenite reads from, and where it writes its own frames: pongs and the close. They stand in line with all others.
struct Wire {
    tcp: Arc<TcpStream>,
    mailbox: Arc<Mailbox>,
    /// Reads that are left of this turn.
    reads: u32,
}

impl SocketReader {
    /// Reads what the client sends on a connection of which this was `read` already.
    pub(super) fn new(tcp: Arc<TcpStream>, mailbox: Arc<Mailbox>, read: Bytes) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(limits::FRAME_MAX_BYTES))
            .max_frame_size(Some(limits::FRAME_MAX_BYTES));
        let wire = Wire { tcp, mailbox, reads: 0 };
        // Copied: what was read is a piece of HTTP's buffer, which is larger than all else that a socket holds.
        let part = read.to_vec();
        drop(read);
        Self { ws: WebSocket::from_partially_read(wire, part, Role::Server, Some(config)) }
    }

    /// The next message. May be dropped and asked again.
    pub(super) async fn next(&mut self) -> Result<Message, tungstenite::Error> {
        // A client that never pauses has to let others have their turn, between its messages and within them.
        coop::consume_budget().await;
        loop {
            self.ws.get_mut().reads = READS_AT_ONCE;
            match self.ws.read() {
                Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => match self.ws.get_ref() {
                    Wire { reads: 0, .. } => yield_now().await,
                    wire => wire.tcp.readable().await?,
                },
                received => return received,
            }
        }
    }

    /// Says goodbye.
    pub(super) fn close(&mut self, code: u16, reason: &'static str) {
        // A pong that is due comes before it (RFC 6455, 5.5.1).
        self.answer();
        // It goes into the mailbox, which takes it.
        let _ = self.ws.close(Some(CloseFrame { code: code.into(), reason: Utf8Bytes::from_static(reason) }));
    }

    /// Says what is due: a pong, or the answer to the client's own close.
    pub(super) fn answer(&mut self) {
        let _ = self.ws.flush();
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads = self.reads.checked_sub(1).ok_or(ErrorKind::WouldBlock)?;
        self.tcp.try_read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, frame: &[u8]) -> io::Result<usize> {
        self.mailbox.control(frame);
        Ok(frame.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
