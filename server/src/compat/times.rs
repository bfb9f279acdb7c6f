//! Times as these clients read them: ISO 8601 with an offset.

/// `2026-11-26T08:15:00.250+00:00`, of unix milliseconds.
pub(super) fn iso(at: i64) -> String {
    let day_and_minute = chat::utc(at);
    let minute = day_and_minute.trim_end_matches(" UTC").replacen(' ', "T", 1);
    let millis = at.rem_euclid(60_000);
    format!("{minute}:{:02}.{:03}+00:00", millis / 1000, millis % 1000)
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
