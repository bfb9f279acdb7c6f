//! What time it is elsewhere: the IANA time zone database, a copy of which is in the binary.

use jiff::{Timestamp, tz};
use protocol::{Field, FieldError, Problem};

/// The end of what has none: the last moment of the year 9999.
pub const FOR_GOOD: i64 = 253_402_300_799_999;

/// A moment (unix milliseconds) that somebody names as the end of something, if it is still to come.
///
/// # Errors
/// It has gone by, or nobody counts so far.
pub fn to_come(end: i64, now: i64) -> Result<i64, FieldError> {
    let wrong = FieldError { field: Field::Until, problem: Problem::Wrong };
    if (now + 1..=FOR_GOOD).contains(&end) { Ok(end) } else { Err(wrong) }
}

/// The zones that people choose from: those that are named after a place, and UTC.
#[must_use]
pub fn zones() -> Vec<String> {
    let names = tz::db().available().map(|name| name.as_str().to_owned());
    names.filter(|name| is_place(name)).collect()
}

/// Whether there is such a zone among them.
pub(crate) fn is_zone(name: &str) -> bool {
    is_place(name) && tz::db().available().any(|zone| zone.as_str() == name)
}

/// Minutes that a zone's clocks are ahead of UTC at a moment (unix milliseconds). Nothing where the zone is not known.
pub(crate) fn minutes_east(zone: &str, at: i64) -> Option<i32> {
    let at = Timestamp::from_millisecond(at).ok()?;
    Some(tz::db().get(zone).ok()?.to_offset(at).seconds() / 60)
}

/// What is left are names of countries, of times (`EST`) and of distances (`Etc/GMT+5`, the wrong way round).
fn is_place(name: &str) -> bool {
    name == "UTC"
        || (name.contains('/') && !["Etc/", "US/", "posix/", "right/", "SystemV/"].iter().any(|start| name.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_follow_the_rules_of_their_place() {
        // 1 January and 1 July 2026, noon.
        let (winter, summer) = (1_767_268_800_000, 1_782_907_200_000);
        for (zone, expected) in
            [("Europe/Berlin", (60, 120)), ("America/New_York", (-300, -240)), ("Asia/Kolkata", (330, 330)), ("UTC", (0, 0))]
        {
            let minutes = (minutes_east(zone, winter), minutes_east(zone, summer));
            assert_eq!(minutes, (Some(expected.0), Some(expected.1)), "{zone}");
        }
        assert_eq!(minutes_east("Europe/Atlantis", summer), None);
    }

    #[test]
    fn what_ends_does_so_later_than_now() {
        assert_eq!([to_come(8, 7), to_come(FOR_GOOD, 7)], [Ok(8), Ok(FOR_GOOD)]);
        assert!([7, 0, -1, i64::MIN, FOR_GOOD + 1, i64::MAX].into_iter().all(|end| to_come(end, 7).is_err()));
    }

    #[test]
    fn what_can_be_chosen_is_a_place() {
        let zones = zones();
        assert!(zones.len() > 300 && zones.iter().all(|zone| is_zone(zone)));
        for none in ["", "EST", "Etc/GMT+5", "Europe/Atlantis", "../etc/passwd", "europe/berlin/"] {
            assert!(!is_zone(none), "{none}");
        }
    }
}
