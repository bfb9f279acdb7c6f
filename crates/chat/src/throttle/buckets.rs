//! Buckets of one rate, one for each key, on this node.

use std::{
    hash::Hash,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
};
use parking_lot::RwLock;

use super::{allowance::Allowance, rate::Rate};

/// Buckets that are full again are dropped after so many drops were taken: memory goes by what happened lately, not by who was ever here.
const SWEEP_EVERY: u32 = 1_024;

/// A bucket for each key.
pub(super) struct Buckets<K: Clone + Eq + Hash> {
    filled: RwLock<Filled<K>>,
    taken: AtomicU32,
}

/// Buckets of one rate.
struct Filled<K: Clone + Eq + Hash> {
    rate: Rate,
    limiter: DefaultKeyedRateLimiter<K, StateInformationMiddleware>,
}

impl<K: Clone + Eq + Hash> Filled<K> {
    fn at(rate: Rate) -> Self {
        Self { rate, limiter: RateLimiter::keyed(rate.quota()).with_middleware() }
    }
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    /// All full.
    pub(super) fn new(rate: Rate) -> Self {
        Self { filled: RwLock::new(Filled::at(rate)), taken: AtomicU32::new(0) }
    }

    /// The rate that they are filled at.
    pub(super) fn rate(&self) -> Rate {
        self.filled.read().rate
    }

    /// Fills them at this rate from now on; if it is another one, they are all full.
    pub(super) fn hold_to(&self, rate: Rate) {
        if self.rate() != rate {
            *self.filled.write() = Filled::at(rate);
        }
    }

    /// Takes a drop, and says what is left.
    ///
    /// # Errors
    /// `throttled`: there is none.
    pub(super) fn take(&self, key: &K) -> Result<Allowance, protocol::Error> {
        if self.taken.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            let limiter = &self.filled.read().limiter;
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        let filled = self.filled.read();
        match filled.limiter.check_key(key) {
            Ok(state) => Ok(Allowance::of(filled.rate, state.remaining_burst_capacity())),
            Err(not_until) => Err(throttled(not_until.wait_time_from(DefaultClock::default().now()))),
        }
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
        let kept = buckets.filled.read().limiter.len();
        assert!(kept <= SWEEP_EVERY as usize, "{kept}");
    }

    #[test]
    fn buckets_are_full_when_their_rate_is_another_one_and_else_as_they_were() {
        let day = |burst| Rate::new(burst, Duration::from_secs(86_400));
        let buckets = Buckets::new(day(1));
        buckets.take(&1).unwrap();
        buckets.hold_to(day(1));
        buckets.take(&1).unwrap_err();
        buckets.hold_to(day(2));
        for passes in [true, true, false] {
            assert_eq!(buckets.take(&1).is_ok(), passes);
        }
    }
}
