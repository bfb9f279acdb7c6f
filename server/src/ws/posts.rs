//! What the client of a stream of events says: by the address of the stream, and by requests that name it.

use std::{collections::VecDeque, future::pending, sync::Arc};

use hub::{Mailbox, Named, Post, Queue};
use protocol::{ClientFrame, limits};
use tokio::sync::mpsc;
use tungstenite::{
    Utf8Bytes,
    protocol::{CloseFrame, frame::Frame},
};

use super::{
    end::End,
    pipe::Pipe,
    said::{Reply, Said},
};

/// The requests that name a stream, from its own side.
pub(super) struct Posts {
    /// What the address asks for.
    first: VecDeque<ClientFrame>,
    posted: mpsc::Receiver<Post>,
    pipe: Arc<Pipe>,
    mailbox: Arc<Mailbox>,
    /// Requests find the stream as long as it is there.
    _named: Named,
}

/// Where requests bring their frames. As many wait as a socket may have under way.
pub(super) fn channel() -> (mpsc::Sender<Post>, mpsc::Receiver<Post>) {
    mpsc::channel(limits::IN_FLIGHT_MAX)
}

impl Posts {
    pub(super) fn new(
        first: Vec<ClientFrame>,
        posted: mpsc::Receiver<Post>,
        pipe: Arc<Pipe>,
        mailbox: Arc<Mailbox>,
        named: Named,
    ) -> Self {
        Self { first: first.into(), posted, pipe, mailbox, _named: named }
    }

    /// What is said next. May be dropped and asked again.
    pub(super) async fn next(&mut self) -> Result<Said, End> {
        if let Some(frame) = self.first.pop_front() {
            return Ok(self.said(frame, Reply::default()));
        }
        tokio::select! {
            Some(Post { frame, answer }) = self.posted.recv() => Ok(self.said(frame, Reply::to(answer))),
            () = self.pipe.left() => Err(End::Gone),
        }
    }

    fn said(&self, frame: ClientFrame, reply: Reply) -> Said {
        if let ClientFrame::Subscribe { room, after: Some(after), epoch } = &frame {
            self.pipe.expect(room, *after, *epoch);
        }
        Said::Frame(frame, reply)
    }

    /// Ends the body when everything is in it, and waits until it was read.
    pub(super) async fn gone(&mut self) {
        if self.mailbox.flush() != Queue::Empty {
            return pending().await;
        }
        self.pipe.finish();
        self.pipe.left().await;
    }

    /// Says goodbye.
    pub(super) fn close(&mut self, code: u16, reason: &'static str) {
        let close = Frame::close(Some(CloseFrame { code: code.into(), reason: Utf8Bytes::from_static(reason) }));
        let mut wire = Vec::with_capacity(close.len());
        // Writing into memory does not fail.
        let _ = close.format(&mut wire);
        self.mailbox.control(&wire);
    }
}

impl Drop for Posts {
    fn drop(&mut self) {
        self.pipe.finish();
    }
}
