//! Who is refused far beyond what is allowed: those who run the house are told of each once. What is refused waits for none of it.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use protocol::UserId;
use tokio::sync::mpsc;

use super::networks::Network;

/// A flood is as many refusals in this time as a full bucket lets pass,
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// and at least so many.
const REFUSALS_MIN: u32 = 100;
/// The same one is told of again after this time at the earliest.
pub(crate) const TOLD_FOR: Duration = Duration::from_secs(60 * 60);
/// Those that are watched at once. More are not, until some of these have been quiet.
const WATCHED_MAX: usize = 10_000;
/// How often it is looked which have.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// Floods that may wait to be told.
const QUEUE: usize = 16;

/// Who or what it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Offender {
    /// An account.
    Account(UserId),
    /// An address, or the network of many.
    Network(Network),
    /// Strangers who try to sign in by this name.
    Username(String),
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flood {
    pub(crate) by: Offender,
    /// What is done too often, in the plural.
    pub(crate) what: &'static str,
}

/// Those who were refused lately.
pub(crate) struct Floods {
    watched: Mutex<Watched>,
    seen: mpsc::Sender<Flood>,
}

#[derive(Default)]
struct Watched {
    refusals: HashMap<Offender, Refusals>,
    swept: Option<Instant>,
}

struct Refusals {
    since: Instant,
    count: u32,
    told: Option<Instant>,
}

impl Refusals {
    fn is_over(&self, now: Instant) -> bool {
        now.duration_since(self.since) >= WINDOW && self.may_be_told(now)
    }

    fn may_be_told(&self, now: Instant) -> bool {
        self.told.is_none_or(|told| now.duration_since(told) >= TOLD_FOR)
    }
}

impl Floods {
    /// Nobody yet, and where floods come out.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Flood>) {
        let (seen, floods) = mpsc::channel(QUEUE);
        (Self { watched: Mutex::default(), seen }, floods)
    }

    /// Somebody was refused, whose bucket lets so many pass at once.
    pub(super) fn refused(&self, by: Offender, what: &'static str, burst: u32) {
        self.refused_at(Instant::now(), by, what, burst);
    }

    fn refused_at(&self, now: Instant, by: Offender, what: &'static str, burst: u32) {
        let mut watched = self.watched.lock();
        if !watched.has_room_for(&by, now) {
            return;
        }
        let refusals = watched.refusals.entry(by.clone()).or_insert(Refusals { since: now, count: 0, told: None });
        if now.duration_since(refusals.since) >= WINDOW {
            (refusals.since, refusals.count) = (now, 0);
        }
        refusals.count = refusals.count.saturating_add(1);
        let is_flood = refusals.count >= burst.max(REFUSALS_MIN) && refusals.may_be_told(now);
        // Where too many wait, it is told with one of the next refusals.
        if is_flood && self.seen.try_send(Flood { by, what }).is_ok() {
            refusals.told = Some(now);
        }
    }
}

impl Watched {
    fn has_room_for(&mut self, by: &Offender, now: Instant) -> bool {
        if self.refusals.len() < WATCHED_MAX || self.refusals.contains_key(by) {
            return true;
        }
        if self.swept.is_some_and(|swept| now.duration_since(swept) < SWEEP_EVERY) {
            return false;
        }
        self.swept = Some(now);
        self.refusals.retain(|_, refusals| !refusals.is_over(now));
        self.refusals.len() < WATCHED_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Offender {
        Offender::Account(UserId::generate())
    }

    fn minutes(count: u64) -> Duration {
        Duration::from_secs(60 * count)
    }

    /// Whether there was a flood in so many refusals at this time.
    fn flood((floods, seen): &mut (Floods, mpsc::Receiver<Flood>), by: &Offender, at: Instant, count: u32, burst: u32) -> usize {
        (0..count).for_each(|_| floods.refused_at(at, by.clone(), "messages", burst));
        std::iter::from_fn(|| seen.try_recv().ok()).filter(|flood| flood.by == *by).count()
    }

    #[test]
    fn a_flood_is_told_once_in_an_hour() {
        let (mut floods, start, ada) = (Floods::new(), Instant::now(), account());
        assert_eq!(flood(&mut floods, &ada, start, 99, 20), 0);
        assert_eq!(flood(&mut floods, &ada, start, 1, 20), 1);
        for (after, count) in [(0, 500), (30, 500), (59, 99)] {
            assert_eq!(flood(&mut floods, &ada, start + minutes(after), count, 20), 0, "{after} minutes later");
        }
        assert_eq!(flood(&mut floods, &ada, start + minutes(60), 500, 20), 1);
        let other = account();
        assert_eq!(flood(&mut floods, &other, start, 100, 20), 1, "each for itself");
    }

    #[test]
    fn refusals_now_and_then_are_none_and_a_wide_bucket_takes_more() {
        let (mut floods, start, ada) = (Floods::new(), Instant::now(), account());
        for after in [0, 10, 20] {
            assert_eq!(flood(&mut floods, &ada, start + minutes(after), 99, 20), 0);
        }
        let bob = account();
        assert_eq!(flood(&mut floods, &bob, start, 999, 1_000), 0);
        assert_eq!(flood(&mut floods, &bob, start, 1, 1_000), 1);
    }

    #[test]
    fn those_who_are_watched_are_bounded_and_give_way_when_they_are_quiet() {
        let (mut floods, start) = (Floods::new(), Instant::now());
        for _ in 0..2 * WATCHED_MAX {
            floods.0.refused_at(start, account(), "messages", 20);
        }
        assert_eq!(floods.0.watched.lock().refusals.len(), WATCHED_MAX);
        let late = account();
        assert_eq!(flood(&mut floods, &late, start + minutes(9), 100, 20), 0);
        assert_eq!(flood(&mut floods, &late, start + minutes(10), 100, 20), 1);
        assert_eq!(floods.0.watched.lock().refusals.len(), 1);
    }

    #[test]
    fn what_finds_the_queue_full_is_told_later() {
        let (mut floods, start) = (Floods::new(), Instant::now());
        let all: Vec<_> = (0..=QUEUE).map(|_| account()).collect();
        for by in &all {
            (0..REFUSALS_MIN).for_each(|_| floods.0.refused_at(start, by.clone(), "messages", 20));
        }
        assert_eq!(std::iter::from_fn(|| floods.1.try_recv().ok()).count(), QUEUE);
        assert_eq!(flood(&mut floods, &all[QUEUE], start, 1, 20), 1);
    }
}
