//! The time that rows are stamped with.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in UTC unix milliseconds. Stamps rows and ends tokens; never orders anything (G10).
#[must_use]
pub fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
