//! Buckets of one rate, one for each key, on this node.

use std::{
    hash::Hash,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, RateLimiter,
    clock::{Clock, DefaultClock},
};

use super::rate::Rate;

/// Buckets that are full again are dropped after so many drops were taken: memory goes by what happened lately, not by who was ever here.
const SWEEP_EVERY: u32 = 1_024;

/// A bucket for each key.
pub(super) struct Buckets<K: Clone + Eq + Hash> {
    limiter: DefaultKeyedRateLimiter<K>,
    taken: AtomicU32,
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    /// All full.
    pub(super) fn new(rate: Rate) -> Self {
        Self { limiter: RateLimiter::keyed(rate.quota()), taken: AtomicU32::new(0) }
    }

    /// Takes a drop.
    ///
    /// # Errors
    /// `throttled`: there is none.
    pub(super) fn take(&self, key: &K) -> Result<(), protocol::Error> {
        if self.taken.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(key).map_err(|not_until| throttled(not_until.wait_time_from(DefaultClock::default().now())))
    }
}

/// The refusal of something that may be done again after this time: whole seconds, never too few.
pub(super) fn throttled(wait: Duration) -> protocol::Error {
    metrics::counter!("snug_throttled_total").increment(1);
    protocol::Error::throttled(wait.as_millis().div_ceil(1_000).max(1).try_into().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_seconds_are_the_true_ones() {
        for (wait, seconds) in [(0, 1), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (3_000, 3)] {
            assert_eq!(throttled(Duration::from_millis(wait)).retry_after, Some(seconds));
        }
        let buckets = Buckets::new(Rate::new(1, Duration::from_secs(60)));
        buckets.take(&1).unwrap();
        assert_eq!(buckets.take(&1).unwrap_err().retry_after, Some(60));
        buckets.take(&2).unwrap();
    }

    #[test]
    fn what_is_full_again_takes_no_memory() {
        let buckets = Buckets::new(Rate::new(1, Duration::from_nanos(1)));
        for key in 0..10 * SWEEP_EVERY {
            buckets.take(&key).unwrap();
        }
        assert!(buckets.limiter.len() <= SWEEP_EVERY as usize, "{}", buckets.limiter.len());
    }
}
