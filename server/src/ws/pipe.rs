//! From the frames of a mailbox to the body of an answer: Server-Sent Events (HTML standard, 9.2).
//!
//! What waits here is bounded: a reader who is behind by more leaves the rest in the mailbox, which has a bound of its own (G6).

use std::{
    convert::Infallible,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures::Stream;
use parking_lot::Mutex;
use protocol::{Advice, CloseCode, EpochId, RoomRef, Seq};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, OpCode},
};
use uuid::Uuid;

use super::cursor::Cursor;
use crate::connections::Link;

/// When so much waits, nothing more is taken. One frame may go beyond it.
const FULL_BYTES: usize = 16 * 1024;
/// What stays allocated when everything was read.
const ROOM_BYTES: usize = 1024;
/// After what time a client comes back by itself, in milliseconds: at least, and up to so much more, each after another one.
const SOON_MS: (u64, u64) = (500, 2_000);
const LATER_MS: (u64, u64) = (2_000, 4_000);

/// Both ends of a body.
pub(super) struct Pipe {
    state: Mutex<State>,
    /// That there is room again.
    room: Notify,
    /// That the client has gone, or has read the body to its end.
    left: CancellationToken,
}

struct State {
    out: Vec<u8>,
    is_finished: bool,
    body: Option<Waker>,
    cursor: Cursor,
}

impl Pipe {
    /// Begins with the name of the stream. `cursor` is as far as the client says that it is.
    pub(super) fn new(name: Uuid, cursor: Cursor) -> Self {
        let out = format!("retry: {}\nevent: stream\ndata: {{\"stream\":\"{name}\"}}\n\n", pause(SOON_MS)).into_bytes();
        let state = State { out, is_finished: false, body: None, cursor };
        Self { state: Mutex::new(state), room: Notify::new(), left: CancellationToken::new() }
    }

    /// The client asks for a room from this place on.
    pub(super) fn expect(&self, room: &RoomRef, after: Seq, epoch: Option<EpochId>) {
        self.state.lock().cursor.expect(room.clone(), after, epoch);
    }

    /// Takes whole frames, as many as there is room for.
    pub(super) fn try_write(&self, frames: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.left.is_cancelled() {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let mut state = self.state.lock();
        let mut taken = 0;
        for frame in frames {
            if state.out.len() >= FULL_BYTES {
                break;
            }
            state.encode(frame);
            taken += frame.len();
        }
        state.wake();
        if taken == 0 { Err(ErrorKind::WouldBlock.into()) } else { Ok(taken) }
    }

    /// Waits until it takes more, or nothing any more.
    pub(super) async fn writable(&self) {
        while !self.left.is_cancelled() && self.state.lock().out.len() >= FULL_BYTES {
            self.room.notified().await;
        }
    }

    /// The body ends with what is in it.
    pub(super) fn finish(&self) {
        let mut state = self.state.lock();
        state.is_finished = true;
        state.wake();
    }

    /// Waits until the client has gone, or has read the body to its end.
    pub(super) async fn left(&self) {
        self.left.cancelled().await;
    }
}

impl State {
    fn wake(&mut self) {
        if let Some(body) = self.body.take() {
            body.wake();
        }
    }

    /// Writes a frame (RFC 6455, 5.2) as an event.
    fn encode(&mut self, frame: &[u8]) {
        let mut start = io::Cursor::new(frame);
        let Ok(Some((header, _))) = FrameHeader::parse(&mut start) else { return };
        let content = usize::try_from(start.position()).ok().and_then(|start| frame.get(start..)).unwrap_or_default();
        match header.opcode {
            OpCode::Data(_) => {
                if let Some(id) = self.cursor.follow(content) {
                    self.out.extend_from_slice(format!("id: {id}\n").as_bytes());
                }
                self.out.extend_from_slice(b"data: ");
                self.out.extend_from_slice(content);
                self.out.extend_from_slice(b"\n\n");
            }
            OpCode::Control(Control::Close) => self.close(content),
            // A comment: that the server is there.
            OpCode::Control(_) => self.out.extend_from_slice(b":\n\n"),
        }
    }

    fn close(&mut self, content: &[u8]) {
        let [high, low, reason @ ..] = content else { return };
        let code = u16::from_be_bytes([*high, *low]);
        let range = match CloseCode::from_number(code).map(CloseCode::advice) {
            Some(Advice::ComeBack) => SOON_MS,
            _ => LATER_MS,
        };
        let said = serde_json::json!({ "code": code, "reason": String::from_utf8_lossy(reason) });
        self.out.extend_from_slice(format!("retry: {}\nevent: close\ndata: {said}\n\n", pause(range)).as_bytes());
    }
}

/// A time within a range. Ids of version 7 have enough randomness at their end.
fn pause((least, more): (u64, u64)) -> u64 {
    least + u64::from(Uuid::now_v7().as_u128() as u32) % more
}

/// The body: the end of the pipe that the client reads.
pub(super) struct Body {
    pub(super) pipe: Arc<Pipe>,
    pub(super) link: Option<Arc<Link>>,
}

impl Stream for Body {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.pipe.state.lock();
        if !state.out.is_empty() {
            let out = std::mem::replace(&mut state.out, Vec::with_capacity(ROOM_BYTES));
            self.pipe.room.notify_one();
            return Poll::Ready(Some(Ok(out.into())));
        }
        if state.is_finished {
            return Poll::Ready(None);
        }
        state.body = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.pipe.left.cancel();
        self.pipe.room.notify_one();
        if let Some(link) = &self.link {
            link.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures::{FutureExt, StreamExt};
    use hub::{Mailbox, Queue};
    use protocol::ServerFrame;

    use super::*;

    fn pair() -> (Arc<Pipe>, Body) {
        let pipe = Arc::new(Pipe::new(Uuid::nil(), Cursor::default()));
        (pipe.clone(), Body { pipe, link: None })
    }

    fn read(body: &mut Body) -> String {
        let bytes = body.next().now_or_never().flatten().unwrap().unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn frames_become_events() {
        let (pipe, mut body) = pair();
        assert!(read(&mut body).ends_with("event: stream\ndata: {\"stream\":\"00000000-0000-0000-0000-000000000000\"}\n\n"));
        let mailbox = Mailbox::new(1_000, Writes(pipe));
        mailbox.enqueue(&ServerFrame::Pong);
        mailbox.control(&[0x89, 0]);
        mailbox.control(&[0x88, 4, 0x0f, 0xa4, b'n', b'o']);
        assert_eq!(mailbox.flush(), Queue::Empty);
        let text = read(&mut body);
        let (before, after) = text.split_once("retry: ").unwrap();
        assert_eq!(before, "data: {\"type\":\"pong\"}\n\n:\n\n");
        assert_eq!(after.split_once('\n').unwrap().1, "event: close\ndata: {\"code\":4004,\"reason\":\"no\"}\n\n");
    }

    #[test]
    fn who_does_not_read_leaves_the_rest_in_the_mailbox() {
        let (pipe, mut body) = pair();
        read(&mut body);
        let mailbox = Mailbox::new(1 << 20, Writes(pipe.clone()));
        let text = "x".repeat(1_000);
        for _ in 0..40 {
            mailbox.enqueue(&ServerFrame::Hello { build: text.clone(), epoch: None, user: None, rev: None, unread: None });
        }
        assert_eq!(mailbox.flush(), Queue::Waiting { replaying: false });
        assert!(pipe.writable().now_or_never().is_none());
        let mut came = 0;
        while mailbox.flush() != Queue::Empty {
            came += read(&mut body).matches(&text).count();
            assert!(pipe.writable().now_or_never().is_some());
        }
        assert_eq!(came + read(&mut body).matches(&text).count(), 40);
        drop(body);
        mailbox.enqueue(&ServerFrame::Pong);
        assert_eq!(mailbox.flush(), Queue::Broken);
    }

    struct Writes(Arc<Pipe>);

    impl hub::Outlet for Writes {
        fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
            self.0.try_write(pieces)
        }
    }
}
