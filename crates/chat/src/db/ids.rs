//! Ids tell when they were made.

use sea_orm::prelude::Uuid;

/// The smallest id of this millisecond (RFC 9562, 5.7).
pub(crate) fn first_id(at: i64) -> Uuid {
    Uuid::from_u128((u128::from(at.max(0).unsigned_abs()) << 80) | (0x7 << 76) | (0x8 << 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_a_time_come_after_the_first_of_it() {
        let id = Uuid::now_v7();
        let at = i64::try_from(id.as_u128() >> 80).unwrap_or_default();
        assert!(first_id(at) <= id && id < first_id(at + 1));
    }
}
