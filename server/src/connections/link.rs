//! One connection, as all others see it.

use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// One connection, as all others see it.
pub(crate) struct Link {
    pub(super) id: u64,
    state: Mutex<State>,
    cut: Notify,
}

struct State {
    stage: Stage,
    /// When it was accepted, when its last answer was made, or when its reader last took something.
    active: Instant,
    /// Bytes of its answers that wait to be read.
    held: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// For a request.
    Waiting,
    Answering,
    Socket,
    Cut,
}

impl Link {
    pub(super) fn new(id: u64) -> Self {
        let state = State { stage: Stage::Waiting, active: Instant::now(), held: 0 };
        Self { id, state: Mutex::new(state), cut: Notify::new() }
    }

    /// A request has come.
    pub(crate) fn begin(&self) {
        self.step(Stage::Answering);
    }

    /// Its answer is there, to be written. One that goes on is counted as a socket, as long as it does.
    pub(crate) fn answered(&self) {
        if self.is(Stage::Answering) {
            self.step(Stage::Waiting);
        }
    }

    /// An answer that went on has ended: the next request may come.
    pub(crate) fn wait(&self) {
        self.step(Stage::Waiting);
    }

    /// It has become a socket, or a stream of events, which have limits of their own.
    pub(crate) fn become_socket(&self) {
        self.step(Stage::Socket);
    }

    /// The client has taken something.
    pub(super) fn touch(&self) {
        self.state.lock().active = Instant::now();
    }

    /// Until it has to end.
    pub(crate) async fn cut_off(&self) {
        self.cut.notified().await;
    }

    /// Whether a request is being answered.
    pub(crate) fn is_answering(&self) -> bool {
        let state = self.state.lock();
        state.stage == Stage::Answering || state.held > 0
    }

    /// Since when it does nothing but wait for a request.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        let state = self.state.lock();
        (state.stage == Stage::Waiting).then_some(state.active)
    }

    /// Since when nothing of its answer was taken.
    pub(super) fn holds_since(&self) -> Option<Instant> {
        let state = self.state.lock();
        (state.held > 0 && state.stage != Stage::Cut).then_some(state.active)
    }

    pub(super) fn hold(&self, bytes: usize) {
        self.state.lock().held += bytes;
    }

    /// `false` when it was cut: then nothing is counted any more.
    pub(super) fn release(&self, bytes: usize) -> bool {
        let mut state = self.state.lock();
        state.held = state.held.saturating_sub(bytes);
        state.stage != Stage::Cut
    }

    /// Ends it; returns the bytes that it held.
    pub(super) fn cut(&self) -> usize {
        let mut state = self.state.lock();
        state.stage = Stage::Cut;
        self.cut.notify_one();
        std::mem::take(&mut state.held)
    }

    #[cfg(test)]
    pub(super) fn is_cut(&self) -> bool {
        self.state.lock().stage == Stage::Cut
    }

    fn is(&self, stage: Stage) -> bool {
        self.state.lock().stage == stage
    }

    fn step(&self, stage: Stage) {
        let mut state = self.state.lock();
        if state.stage != Stage::Cut {
            state.stage = stage;
            state.active = Instant::now();
        }
    }
}
