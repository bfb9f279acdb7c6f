//! Times as these clients read them: ISO 8601 with an offset.

/// `2026-11-26T08:15:00.250+00:00`, of unix milliseconds.
pub(super) fn iso(at: i64) -> String {
    let time = chat::rfc3339(at);
    format!("{}.{:03}+00:00", time.trim_end_matches('Z'), at.rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_its_offset() {
        assert_eq!(iso(1_764_144_900_250), "2025-11-26T08:15:00.250+00:00");
        assert_eq!(iso(-1), "1969-12-31T23:59:59.999+00:00");
    }
}
