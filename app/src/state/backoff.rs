//! How long to wait before the next try.

/// Upper bound of the first wait, in milliseconds.
const FIRST_MS: f64 = 500.0;
/// Upper bound of every wait, in milliseconds.
const LONGEST_MS: f64 = 30_000.0;

/// Milliseconds before try number `attempt` (0 is the first), with full jitter: anything between nothing and a bound that doubles
/// with each try, so that the clients of a server that comes up again do not arrive in waves. `random` is in `0.0..1.0`.
#[must_use]
pub fn delay_ms(attempt: u32, random: f64) -> f64 {
    // Past 2^6 the bound is the longest anyway.
    let doublings = i32::try_from(attempt.min(6)).unwrap_or(6);
    let bound = (FIRST_MS * 2f64.powi(doublings)).min(LONGEST_MS);
    bound * random.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bound_doubles_up_to_half_a_minute() {
        let bounds: Vec<f64> = (0..9).map(|attempt| delay_ms(attempt, 1.0)).collect();
        assert_eq!(bounds, [500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0, 30_000.0, 30_000.0, 30_000.0]);
    }

    proptest! {
        #[test]
        fn the_wait_is_spread_over_the_whole_range(attempt: u32, random in 0.0f64..1.0) {
            let wait = delay_ms(attempt, random);
            prop_assert!((0.0..=30_000.0).contains(&wait));
            prop_assert_eq!(wait, delay_ms(attempt, 1.0) * random);
        }
    }
}
