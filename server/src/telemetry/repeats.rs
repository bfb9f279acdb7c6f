//! What goes wrong goes wrong often: with a full disk, at each send. The log has it once, and then once a minute how often it came again.

use std::{
    collections::HashMap,
    fmt::{self, Write},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer};

/// How long something that was said is not said again.
const QUIET: Duration = Duration::from_secs(60);
/// Different things to remember. What comes on top is said each time.
const KINDS_MAX: usize = 1_000;
/// Longest text to remember.
const TEXT_MAX: usize = 500;

/// Holds back warnings and errors that were said a moment ago, and counts them. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Repeats(Arc<Mutex<HashMap<Said, Count>>>);

/// What was said: the words and all values, but for the request that it was about.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Said {
    level: Level,
    text: String,
}

struct Count {
    since: Instant,
    again: u64,
}

impl Repeats {
    /// Says what came again in the minutes that are over.
    pub(crate) fn tell(&self) {
        self.tell_of(self.over(Instant::now(), QUIET));
    }

    /// Says what came again, at the end of the process.
    pub(crate) fn tell_all(&self) {
        self.tell_of(self.over(Instant::now(), Duration::ZERO));
    }

    fn tell_of(&self, repeated: Vec<(Said, u64)>) {
        for (Said { level, text }, again) in repeated {
            if level == Level::ERROR {
                tracing::error!(again, "came again: {text}");
            } else {
                tracing::warn!(again, "came again: {text}");
            }
        }
    }

    fn is_news(&self, said: Said, now: Instant) -> bool {
        let mut counts = self.0.lock();
        if let Some(count) = counts.get_mut(&said) {
            count.again += 1;
            return false;
        }
        if counts.len() < KINDS_MAX {
            counts.insert(said, Count { since: now, again: 0 });
        }
        true
    }

    /// What came again since it was last told, and that longer ago than this. What did not is forgotten: the next time it is news.
    fn over(&self, now: Instant, quiet: Duration) -> Vec<(Said, u64)> {
        let mut over = Vec::new();
        self.0.lock().retain(|said, count| {
            if now.duration_since(count.since) < quiet {
                return true;
            }
            let again = std::mem::take(&mut count.again);
            count.since = now;
            if again > 0 {
                over.push((said.clone(), again));
            }
            again > 0
        });
        over
    }
}

impl<S: Subscriber> Layer<S> for Repeats {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let metadata = event.metadata();
        if *metadata.level() > Level::WARN || metadata.target() == module_path!() {
            return true;
        }
        let mut words = Words(String::new());
        event.record(&mut words);
        self.is_news(Said { level: *metadata.level(), text: words.0 }, Instant::now())
    }
}

/// An event as text.
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{space}{value:?}"),
            name => write!(self.0, "{space}{name}={value:?}"),
        };
        self.0.truncate(self.0.floor_char_boundary(TEXT_MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        Said { level: Level::ERROR, text: text.to_owned() }
    }

    #[test]
    fn what_goes_on_is_said_once_and_then_once_a_minute_with_its_count() {
        let (repeats, start) = (Repeats::default(), Instant::now());
        let told = |now| repeats.over(now, QUIET).into_iter().map(|(said, again)| (said.text, again)).collect::<Vec<_>>();
        assert!(repeats.is_news(said("disk full"), start));
        for second in 1..60 {
            let now = start + Duration::from_secs(second);
            assert!(!repeats.is_news(said("disk full"), now));
            assert_eq!(told(now), []);
        }
        assert!(repeats.is_news(said("another"), start + QUIET));
        assert_eq!(told(start + QUIET), [("disk full".to_owned(), 59)]);
        assert!(!repeats.is_news(said("disk full"), start + QUIET));
        assert_eq!(told(start + 2 * QUIET), [("disk full".to_owned(), 1)]);
        // A minute without it: the next time it is news.
        assert_eq!(told(start + 3 * QUIET), []);
        assert!(repeats.is_news(said("disk full"), start + 3 * QUIET));
    }

    #[test]
    fn not_everything_that_was_ever_said_is_remembered() {
        let (repeats, now) = (Repeats::default(), Instant::now());
        for number in 0..2 * KINDS_MAX {
            assert!(repeats.is_news(said(&number.to_string()), now));
        }
        assert_eq!(repeats.0.lock().len(), KINDS_MAX);
    }
}
