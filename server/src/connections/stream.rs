//! The bytes of a connection, as long as it speaks HTTP.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use super::{Share, link::Link, register::Register};

/// A connection that fails when its client takes nothing of what is written for too long. HTTP's own code waits for ever.
pub(crate) struct Stream {
    tcp: TcpStream,
    place: Place,
    stall: Duration,
    /// Runs while the client takes nothing.
    deadline: Option<Pin<Box<Sleep>>>,
}

/// The place of a connection; free again when it is dropped.
pub(crate) struct Place {
    open: Arc<Mutex<Register>>,
    link: Arc<Link>,
    _share: Option<Share>,
}

impl Place {
    pub(super) fn new(open: Arc<Mutex<Register>>, link: Arc<Link>, share: Option<Share>) -> Self {
        Self { open, link, _share: share }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.lock().remove(&self.link);
    }
}

impl Stream {
    pub(super) fn new(tcp: TcpStream, place: Place, stall: Duration) -> Self {
        // Frames are flushed when they are due; waiting for more would only add latency.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        Self { tcp, place, stall, deadline: None }
    }

    pub(crate) fn link(&self) -> Arc<Link> {
        self.place.link.clone()
    }

    /// The bare connection of a socket, with the place that it goes on to have.
    pub(crate) fn into_socket(self) -> (TcpStream, Place) {
        self.place.link.become_socket();
        (self.tcp, self.place)
    }

    fn watch(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.deadline = None;
            self.place.link.touch();
            return written;
        }
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(self.stall)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(context, bytes);
        self.watch(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write_vectored(context, pieces);
        self.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
