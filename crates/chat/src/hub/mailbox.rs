//! The queue of one connection, bounded in bytes (G6).

use std::{
    collections::VecDeque,
    future::poll_fn,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::task::AtomicWaker;
use parking_lot::Mutex;
use protocol::CloseCode;
use tokio::sync::Notify;

/// What a queued frame costs beside its own bytes.
const OVERHEAD: usize = 64;

/// A connection's queue of encoded frames. When the reader is too slow for it, it is emptied and closed: the client comes back and
/// resumes from the database, and nobody else notices.
pub(crate) struct Mailbox {
    limit: usize,
    state: Mutex<State>,
    /// Of the one task that writes to the socket.
    writer: AtomicWaker,
    replayed: Notify,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    /// Of frames that are no replay.
    bytes: usize,
    /// Frames of replays. These have a bound of their own, and the client is not listened to before they are written.
    replaying: usize,
    end: Option<End>,
}

struct Item {
    frame: Bytes,
    is_replay: bool,
}

/// What comes when there are no more frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// To be closed at once.
    Closed(CloseCode),
    /// There will be no more.
    Finished,
}

impl Mailbox {
    /// An empty queue that holds so many bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default(), writer: AtomicWaker::new(), replayed: Notify::new() }
    }

    /// Adds frames and wakes the writer once for all of them. Whoever is behind by more than the bound when something is added
    /// loses its place: what was committed at once never does that to a reader who keeps up.
    pub(super) fn push(&self, frames: impl IntoIterator<Item = Bytes>) {
        let mut state = self.state.lock();
        if state.bytes > self.limit {
            state.close(CloseCode::TooSlow);
        }
        for frame in frames {
            state.push(Item { frame, is_replay: false });
        }
        drop(state);
        self.writer.wake();
    }

    /// Adds what was missed, whatever waits already.
    pub(super) fn push_replay(&self, frames: Vec<Bytes>) {
        let mut state = self.state.lock();
        for frame in frames {
            state.push(Item { frame, is_replay: true });
        }
        drop(state);
        self.writer.wake();
    }

    /// Closes the queue; what was in it is dropped. The first reason stays.
    pub(super) fn close(&self, code: CloseCode) {
        self.state.lock().close(code);
        self.writer.wake();
        self.replayed.notify_one();
    }

    /// Nothing more will be added; what is in it is still to be written.
    pub(super) fn finish(&self) {
        self.state.lock().end.get_or_insert(End::Finished);
        self.writer.wake();
    }

    /// The next frame, or why there will be none.
    pub(super) fn pop(&self) -> Option<Result<Bytes, End>> {
        let mut state = self.state.lock();
        let Some(Item { frame, is_replay }) = state.items.pop_front() else { return state.end.map(Err) };
        if !is_replay {
            state.bytes -= cost(&frame);
        } else {
            state.replaying -= 1;
            if state.replaying == 0 {
                self.replayed.notify_one();
            }
        }
        Some(Ok(frame))
    }

    /// Waits for the next frame. Only one task may wait at a time, here or for [`Self::closed`].
    pub(super) async fn next(&self) -> Result<Bytes, End> {
        self.wait(Self::pop).await
    }

    /// Waits until the queue is closed.
    pub(super) async fn closed(&self) -> CloseCode {
        self.wait(|mailbox| match mailbox.state.lock().end {
            Some(End::Closed(code)) => Some(code),
            _ => None,
        })
        .await
    }

    async fn wait<T>(&self, look: impl Fn(&Self) -> Option<T>) -> T {
        poll_fn(|context: &mut Context<'_>| {
            if let Some(found) = look(self) {
                return Poll::Ready(found);
            }
            self.writer.register(context.waker());
            // Something may have come between the look and the registration.
            look(self).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Whether a replay is in the queue.
    pub(super) fn is_replaying(&self) -> bool {
        self.state.lock().replaying > 0
    }

    /// Waits until no replay is left in the queue.
    pub(super) async fn replayed(&self) {
        while self.is_replaying() {
            self.replayed.notified().await;
        }
    }
}

impl State {
    fn push(&mut self, item: Item) {
        if self.end.is_some() {
            return;
        }
        if item.is_replay {
            self.replaying += 1;
        } else {
            self.bytes += cost(&item.frame);
        }
        self.items.push_back(item);
    }

    fn close(&mut self, code: CloseCode) {
        if let None | Some(End::Finished) = self.end {
            *self = Self { end: Some(End::Closed(code)), ..Self::default() };
        }
    }
}

fn cost(frame: &Bytes) -> usize {
    frame.len() + OVERHEAD
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn frame(byte: u8, size: usize) -> Bytes {
        Bytes::from(vec![byte; size])
    }

    #[test]
    fn frames_come_out_in_order() {
        let mailbox = Mailbox::new(10_000);
        mailbox.push([frame(1, 10), frame(2, 10)]);
        mailbox.push_replay(vec![frame(3, 10)]);
        mailbox.push([frame(4, 10)]);
        for expected in 1..=4 {
            assert_eq!(mailbox.pop().unwrap().unwrap()[0], expected);
        }
        assert_eq!(mailbox.pop(), None);
    }

    #[test]
    fn who_is_behind_by_more_than_the_bound_is_closed() {
        let mailbox = Mailbox::new(1_000);
        mailbox.push([frame(1, 900), frame(1, 900)]);
        assert!(matches!(mailbox.pop(), Some(Ok(_))), "what comes at once may be more");
        mailbox.push([frame(1, 500)]);
        mailbox.push([frame(1, 1)]);
        assert_eq!(mailbox.pop(), Some(Err(End::Closed(CloseCode::TooSlow))));
        mailbox.push([frame(1, 1)]);
        assert!(mailbox.state.lock().items.is_empty());
    }

    #[test]
    fn what_was_read_makes_room() {
        let mailbox = Mailbox::new(1_000);
        for _ in 0..100 {
            mailbox.push([frame(1, 500)]);
            assert!(matches!(mailbox.pop(), Some(Ok(_))));
        }
    }

    #[test]
    fn a_replay_does_not_count_as_being_slow() {
        let mailbox = Mailbox::new(1_000);
        mailbox.push_replay(vec![frame(1, 900), frame(1, 900)]);
        mailbox.push([frame(1, 10)]);
        mailbox.push([frame(1, 10)]);
        assert!(matches!(mailbox.pop(), Some(Ok(_))));
    }

    #[test]
    fn what_is_in_a_finished_queue_is_still_written() {
        let mailbox = Mailbox::new(1_000);
        mailbox.push([frame(1, 10)]);
        mailbox.finish();
        mailbox.push([frame(2, 10)]);
        assert_eq!(mailbox.pop(), Some(Ok(frame(1, 10))));
        assert_eq!(mailbox.pop(), Some(Err(End::Finished)));
        mailbox.close(CloseCode::SignIn);
        assert_eq!(mailbox.pop(), Some(Err(End::Closed(CloseCode::SignIn))));
    }

    #[test]
    fn the_first_reason_stays() {
        let mailbox = Mailbox::new(1);
        mailbox.close(CloseCode::SignIn);
        mailbox.close(CloseCode::TooSlow);
        assert_eq!(mailbox.pop(), Some(Err(End::Closed(CloseCode::SignIn))));
    }
}
