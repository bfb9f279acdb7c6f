//! For how long something holds.

use protocol::{Field, FieldError, Problem};

use crate::db::now;

pub use crate::clocks::FOR_GOOD;

const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long that is, as it is written in a sentence, and when it ends: for the words that forms have.
pub(super) fn until(word: &str) -> Result<(&'static str, i64), FieldError> {
    match word {
        "hour" => Ok(("for an hour", now() + HOUR_MS)),
        "day" => Ok(("for a day", now() + DAY_MS)),
        "week" => Ok(("for seven days", now() + 7 * DAY_MS)),
        "always" => Ok(("for good", FOR_GOOD)),
        _ => Err(FieldError { field: Field::Until, problem: Problem::NotAChoice }),
    }
}
