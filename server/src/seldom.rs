//! Log lines that strangers can cause as often as they like.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

const EVERY: Duration = Duration::from_secs(60);

/// A line that is written once a minute at most.
pub(crate) struct Seldom {
    state: Mutex<State>,
}

struct State {
    last: Option<Instant>,
    /// Times that it was not written since.
    before: u64,
}

impl Seldom {
    pub(crate) const fn new() -> Self {
        Self { state: Mutex::new(State { last: None, before: 0 }) }
    }

    /// Writes the line if it is its time, with how often it was not written since the last one.
    pub(crate) fn tell(&self, write: impl FnOnce(u64)) {
        if let Some(before) = self.due(Instant::now()) {
            write(before);
        }
    }

    fn due(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock();
        if state.last.is_some_and(|last| now.duration_since(last) < EVERY) {
            state.before += 1;
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_once_a_minute_and_says_how_many_it_stands_for() {
        let (line, start) = (Seldom::new(), Instant::now());
        assert_eq!(line.due(start), Some(0));
        for _ in 0..3 {
            assert_eq!(line.due(start + EVERY / 2), None);
        }
        assert_eq!(line.due(start + EVERY), Some(3));
        assert_eq!(line.due(start + EVERY * 2), Some(0));
    }
}
