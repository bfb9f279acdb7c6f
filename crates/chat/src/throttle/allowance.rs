//! How much is left of what may be done, for a door that says so with its answer.

use std::cell::Cell;

use super::rate::Rate;

tokio::task_local! {
    /// The scarcest of what was taken from in this task.
    static SCARCEST: Cell<Option<Allowance>>;
}

/// What is left of something that may be done so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How often it may be done at once.
    pub limit: u32,
    /// How often it may be done now.
    pub remaining: u32,
    /// Seconds until it may be done as often as the limit says again.
    pub reset: u64,
}

impl Allowance {
    /// So much is left in a bucket of this rate.
    pub(super) fn of(rate: Rate, remaining: u32) -> Self {
        let limit = rate.burst.get();
        let missing = rate.each.saturating_mul(limit.saturating_sub(remaining));
        Self { limit, remaining, reset: missing.as_secs() + u64::from(missing.subsec_nanos() > 0) }
    }

    /// Tells of it whoever watches this task.
    pub(super) fn tell(self) {
        // Most tasks are not watched.
        let _ = SCARCEST.try_with(|scarcest| {
            if scarcest.get().is_none_or(|before| self.remaining <= before.remaining) {
                scarcest.set(Some(self));
            }
        });
    }
}

/// Does something, and says what is left of the scarcest of what was counted meanwhile.
pub async fn counting<T>(work: impl Future<Output = T>) -> (T, Option<Allowance>) {
    let counted = async {
        let done = work.await;
        (done, SCARCEST.with(Cell::get))
    };
    SCARCEST.scope(Cell::new(None), counted).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_scarcest_is_told() {
        let rate = |burst, millis| Rate::new(burst, Duration::from_millis(millis));
        let (_, none) = counting(async {}).await;
        assert_eq!(none, None);
        let (_, told) = counting(async {
            Allowance::of(rate(100, 1_000), 7).tell();
            Allowance::of(rate(10, 1_500), 3).tell();
            Allowance::of(rate(50, 1_000), 49).tell();
        })
        .await;
        assert_eq!(told, Some(Allowance { limit: 10, remaining: 3, reset: 11 }));
        Allowance::of(rate(1, 1), 0).tell();
    }
}
