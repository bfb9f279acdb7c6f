//! How many there are of each at the same time, up to a limit.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking_lot::Mutex;

/// How many there are of each; cheap to clone.
#[derive(Clone)]
pub(super) struct Counts<K: Copy + Eq + Hash> {
    max: usize,
    counts: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Copy + Eq + Hash> Counts<K> {
    /// None yet, and never more than `max` of each.
    pub(super) fn new(max: usize) -> Self {
        Self { max, counts: Arc::default() }
    }

    /// Counts one more, for as long as what is returned lives; nothing when there are enough.
    pub(super) fn one_more(&self, key: K) -> Option<Counted<K>> {
        let mut counts = self.counts.lock();
        let before = counts.get(&key).copied().unwrap_or(0);
        (before < self.max).then(|| {
            counts.insert(key, before + 1);
            Counted { counts: self.clone(), key }
        })
    }
}

/// One that is counted.
pub(super) struct Counted<K: Copy + Eq + Hash> {
    counts: Counts<K>,
    key: K,
}

impl<K: Copy + Eq + Hash> Drop for Counted<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.counts.lock();
        match counts.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => _ = counts.remove(&self.key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_own_and_what_goes_makes_room() {
        let counts = Counts::new(2);
        let held = [1, 1, 1, 2].map(|key| counts.one_more(key));
        assert_eq!(held.each_ref().map(Option::is_some), [true, true, false, true]);
        drop(held);
        assert!(counts.one_more(1).is_some());
        assert!(counts.counts.lock().is_empty(), "nobody is remembered");
    }
}
