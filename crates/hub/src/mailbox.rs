//! The queue of one socket, bounded in bytes (G6), and the way from it to the socket.
//!
//! Whoever delivers also writes: a frame goes from the hub into the socket of the operating system, without a task to be woken for
//! it. Only what the socket does not take at once waits in the queue, and only then is its task told.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind, IoSlice},
};

use bytes::Bytes;
use parking_lot::Mutex;
use protocol::{CloseCode, ServerFrame};
use tokio::sync::Notify;

use crate::Frame;

/// What a queued frame costs beside its own bytes.
const OVERHEAD: usize = 64;
/// Frames in one write.
const PIECES: usize = 64;
/// Frames that an empty queue keeps room for.
const ROOM: usize = 16;
/// A ping without content (RFC 6455, 5.5.2), which every client answers by itself.
const PING: &[u8] = &[0x89, 0];

/// Where the frames of a socket go.
pub trait Outlet: Send + Sync + 'static {
    /// Writes what there is room for, and does not wait.
    ///
    /// # Errors
    /// [`ErrorKind::WouldBlock`] when there is no room; anything else is the end of the socket.
    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize>;
}

/// A socket's queue of encoded frames. When the reader is too slow for it, it is emptied and closed: the client comes back and
/// resumes from the database, and nobody else notices.
pub struct Mailbox {
    limit: usize,
    outlet: Box<dyn Outlet>,
    state: Mutex<State>,
    /// For the task of the socket: it is to look after the queue.
    news: Notify,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    /// Bytes of the first item that are written.
    written: usize,
    /// Of frames that are no replay.
    bytes: usize,
    /// Frames of replays. These have a bound of their own, and the client is not listened to before they are written.
    replaying: usize,
    end: Option<End>,
    /// Whether anything was written since the last time that a ping was due.
    wrote: bool,
}

struct Item {
    wire: Bytes,
    is_replay: bool,
}

/// Why a queue takes nothing more.
#[derive(Clone, Copy)]
enum End {
    Closed(CloseCode),
    Finished,
    Broken,
}

/// How a queue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Everything is written.
    Empty,
    /// The socket does not take more for now.
    Waiting {
        /// A replay waits too. A client that asks for one after the other without reading them would make the server hold them all
        /// (G6): it is not to be listened to meanwhile.
        replaying: bool,
    },
    /// The socket is to be closed: its reader is too slow, or its session was ended.
    Closed(CloseCode),
    /// The socket takes nothing any more.
    Broken,
}

impl Mailbox {
    /// An empty queue that holds so many bytes.
    #[must_use]
    pub fn new(limit: usize, outlet: impl Outlet) -> Self {
        Self { limit, outlet: Box::new(outlet), state: Mutex::default(), news: Notify::new() }
    }

    /// Adds frames. Whoever is behind by more than the bound when something is added loses its place: what was committed at once
    /// never does that to a reader who keeps up. `true` when they are the first: whoever added them is to [send](Self::send) them.
    pub(crate) fn push(&self, frames: impl IntoIterator<Item = Frame>) -> bool {
        let mut state = self.state.lock();
        self.check(&mut state);
        let was_empty = state.items.is_empty();
        for frame in frames {
            state.push(Item { wire: frame.into_wire(), is_replay: false });
        }
        was_empty && !state.items.is_empty()
    }

    /// Adds what was missed, whatever waits already. It is written when the task of the socket looks after the queue again.
    pub(crate) fn push_replay(&self, frames: Vec<Frame>) {
        let mut state = self.state.lock();
        for frame in frames {
            state.push(Item { wire: frame.into_wire(), is_replay: true });
        }
    }

    /// Writes what waits, from outside the task of the socket.
    pub(crate) fn send(&self) {
        if self.flush() != Queue::Empty {
            self.news.notify_one();
        }
    }

    /// Adds what does not last, if nothing waits: for a reader who is behind it would be old by the time it is written, and it must
    /// take no room from what lasts. `true` when it was taken: then it is to be [sent](Self::send).
    pub(crate) fn offer(&self, frame: &Frame) -> bool {
        let mut state = self.state.lock();
        if !state.items.is_empty() {
            return false;
        }
        state.push(Item { wire: frame.clone().into_wire(), is_replay: false });
        !state.items.is_empty()
    }

    /// Adds a ping if nothing was written since this was asked before, and nothing waits. `true` when it is to be [sent](Self::send).
    pub(crate) fn ping_if_quiet(&self) -> bool {
        let mut state = self.state.lock();
        let is_quiet = !std::mem::take(&mut state.wrote) && state.items.is_empty() && state.end.is_none();
        if is_quiet {
            state.add(Item { wire: Bytes::from_static(PING), is_replay: false });
        }
        is_quiet
    }

    /// Closes the queue; what was in it is dropped. The first reason stays.
    pub(crate) fn close(&self, code: CloseCode) {
        self.state.lock().close(code);
        self.news.notify_one();
    }

    /// Adds a frame for this socket alone. Like the following, it is written with the next [`Self::flush`].
    pub fn enqueue(&self, frame: &ServerFrame) {
        self.push([Frame::of(frame)]);
    }

    /// Adds a text for this socket alone and writes what waits: for who speaks another dialect, and from outside the task of the socket.
    pub fn say(&self, text: impl Into<Bytes>) {
        self.push([Frame::text(text)]);
        self.send();
    }

    /// Adds a control frame (RFC 6455, 5.5), also to a queue that takes nothing else any more.
    pub fn control(&self, wire: &[u8]) {
        let mut state = self.state.lock();
        self.check(&mut state);
        state.add(Item { wire: Bytes::copy_from_slice(wire), is_replay: false });
        drop(state);
        self.news.notify_one();
    }

    /// Takes nothing more but control frames. What waits is still to be written.
    pub fn finish(&self) {
        self.state.lock().end = Some(End::Finished);
    }

    /// Writes what waits, as far as the socket takes it.
    pub fn flush(&self) -> Queue {
        let mut state = self.state.lock();
        if state.write(&*self.outlet).is_err() {
            *state = State { end: Some(End::Broken), ..State::default() };
        }
        state.stands()
    }

    /// Waits until the queue has to be looked after: by [`Self::flush`], which tells more. For one task at a time.
    pub async fn news(&self) {
        self.news.notified().await;
    }

    fn check(&self, state: &mut State) {
        if state.bytes > self.limit {
            state.close(CloseCode::TooSlow);
            self.news.notify_one();
        }
    }
}

impl State {
    fn push(&mut self, item: Item) {
        if self.end.is_none() {
            self.add(item);
        }
    }

    fn add(&mut self, item: Item) {
        if item.is_replay {
            self.replaying += 1;
        } else {
            self.bytes += item.cost();
        }
        self.items.push_back(item);
    }

    fn pop(&mut self) {
        match self.items.pop_front() {
            Some(item) if item.is_replay => self.replaying -= 1,
            Some(item) => self.bytes -= item.cost(),
            None => {}
        }
    }

    /// Writes until nothing is left or nothing more is taken.
    fn write(&mut self, outlet: &dyn Outlet) -> io::Result<()> {
        while !self.items.is_empty() {
            let mut pieces = [IoSlice::new(&[]); PIECES];
            for (piece, item) in pieces.iter_mut().zip(&self.items) {
                *piece = IoSlice::new(&item.wire);
            }
            if let Some(first) = pieces.first_mut() {
                first.advance(self.written);
            }
            match outlet.try_write(&pieces[..self.items.len().min(PIECES)]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.wrote = true;
                    self.advance(written);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if self.items.capacity() > ROOM {
            self.items.shrink_to(ROOM);
        }
        Ok(())
    }

    fn advance(&mut self, written: usize) {
        self.written += written;
        while let Some(first) = self.items.front().map(|item| item.wire.len())
            && self.written >= first
        {
            self.written -= first;
            self.pop();
        }
    }

    fn close(&mut self, code: CloseCode) {
        if self.end.is_some() {
            return;
        }
        // A frame of which a part is written has to be finished, or nobody can read what comes after it.
        let begun = if self.written > 0 { self.items.pop_front() } else { None };
        *self = Self { written: self.written, end: Some(End::Closed(code)), ..Self::default() };
        if let Some(begun) = begun {
            self.add(begun);
        }
    }

    fn stands(&self) -> Queue {
        match self.end {
            Some(End::Closed(code)) => Queue::Closed(code),
            Some(End::Broken) => Queue::Broken,
            None | Some(End::Finished) if self.items.is_empty() => Queue::Empty,
            None | Some(End::Finished) => Queue::Waiting { replaying: self.replaying > 0 },
        }
    }
}

impl Item {
    fn cost(&self) -> usize {
        self.wire.len() + OVERHEAD
    }
}

#[cfg(test)]
pub(crate) mod tests;
