//! The queue of one connection, bounded in bytes (G6).

use std::collections::VecDeque;

use bytes::Bytes;
use parking_lot::Mutex;
use protocol::{CloseCode, RoomId};
use tokio::sync::Notify;

use super::Published;

/// What a queued item costs beside its own bytes.
const OVERHEAD: usize = 64;

/// What waits for a connection.
#[derive(Debug)]
pub(super) enum Item {
    /// An event of a room that the connection subscribed to.
    Event(Published),
    /// The right to read this room has gone, and the frame that says so.
    Barred(RoomId, Bytes),
}

impl Item {
    fn cost(&self) -> usize {
        let (Self::Event(Published { frame, .. }) | Self::Barred(_, frame)) = self;
        frame.len() + OVERHEAD
    }
}

/// A connection's queue. When the reader is too slow for it, it is emptied and closed: the client comes back and resumes from the
/// database, and nobody else notices.
pub(crate) struct Mailbox {
    limit: usize,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    bytes: usize,
    closed: Option<CloseCode>,
}

impl Mailbox {
    /// An empty queue that holds so many bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default(), wake: Notify::new() }
    }

    /// Adds events and wakes the reader once for all of them.
    pub(super) fn push_events(&self, events: &[Published]) {
        self.push(events.iter().cloned().map(Item::Event));
    }

    pub(super) fn push_barred(&self, room: RoomId, frame: Bytes) {
        self.push([Item::Barred(room, frame)]);
    }

    fn push(&self, items: impl IntoIterator<Item = Item>) {
        let mut state = self.state.lock();
        if state.closed.is_some() {
            return;
        }
        for item in items {
            state.bytes += item.cost();
            state.items.push_back(item);
        }
        if state.bytes > self.limit {
            state.close(CloseCode::TooSlow);
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Closes the queue; what was in it is dropped. The first reason stays.
    pub(super) fn close(&self, code: CloseCode) {
        self.state.lock().close(code);
        self.wake.notify_one();
    }

    /// The next item, or why there will be none.
    pub(super) fn pop(&self) -> Option<Result<Item, CloseCode>> {
        let mut state = self.state.lock();
        if let Some(code) = state.closed {
            return Some(Err(code));
        }
        let item = state.items.pop_front()?;
        state.bytes -= item.cost();
        Some(Ok(item))
    }

    /// Why the queue is closed, if it is.
    pub(super) fn closed(&self) -> Option<CloseCode> {
        self.state.lock().closed
    }

    /// Waits until something was pushed or the queue was closed. Wakes for nothing at times: look again.
    pub(super) async fn changed(&self) {
        self.wake.notified().await;
    }
}

impl State {
    fn close(&mut self, code: CloseCode) {
        self.closed.get_or_insert(code);
        self.items = VecDeque::new();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use protocol::Seq;

    use super::*;

    fn event(seq: i64, size: usize) -> Published {
        Published { room: RoomId::generate(), seq: Seq(seq), frame: Bytes::from(vec![b'x'; size]), bars: None }
    }

    #[test]
    fn items_come_out_in_order() {
        let mailbox = Mailbox::new(10_000);
        (1..=3).for_each(|seq| mailbox.push_events(&[event(seq, 10)]));
        for expected in 1..=3 {
            assert!(matches!(mailbox.pop(), Some(Ok(Item::Event(Published { seq, .. }))) if seq == Seq(expected)));
        }
        assert!(mailbox.pop().is_none());
    }

    #[test]
    fn a_full_queue_is_emptied_and_closed() {
        let mailbox = Mailbox::new(1_000);
        mailbox.push_events(&[event(1, 500)]);
        assert_eq!(mailbox.closed(), None);
        mailbox.push_events(&[event(2, 500)]);
        assert_eq!(mailbox.closed(), Some(CloseCode::TooSlow));
        assert!(matches!(mailbox.pop(), Some(Err(CloseCode::TooSlow))));
        mailbox.push_events(&[event(3, 1)]);
        assert!(mailbox.state.lock().items.is_empty());
    }

    #[test]
    fn what_was_read_makes_room() {
        let mailbox = Mailbox::new(1_000);
        for seq in 0..100 {
            mailbox.push_events(&[event(seq, 500)]);
            assert!(matches!(mailbox.pop(), Some(Ok(_))));
        }
        assert_eq!(mailbox.closed(), None);
    }

    #[test]
    fn the_first_reason_stays() {
        let mailbox = Mailbox::new(1);
        mailbox.close(CloseCode::SignIn);
        mailbox.push_events(&[event(1, 100)]);
        assert_eq!(mailbox.closed(), Some(CloseCode::SignIn));
    }
}
