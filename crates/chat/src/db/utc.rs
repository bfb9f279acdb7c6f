//! Times as people read them.

/// `2026-11-26 08:15 UTC`, of unix milliseconds. The calendar is that of Howard Hinnant's `civil_from_days`.
#[must_use]
pub fn utc(at: i64) -> String {
    let minutes = at.div_euclid(60_000);
    let (days, minute) = (minutes.div_euclid(24 * 60) + 719_468, minutes.rem_euclid(24 * 60));
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minute / 60, minute % 60)
}

/// `2026-11-26T08:15:30Z` (RFC 3339), of unix milliseconds.
#[must_use]
pub fn rfc3339(at: i64) -> String {
    let minute = utc(at);
    [&minute[..minute.len() - " UTC".len()].replacen(' ', "T", 1), ":", &format!("{:02}", seconds(at)), "Z"].concat()
}

/// `Thu, 26 Nov 2026 08:15:30 GMT` (RFC 9110, 5.6.7), of unix milliseconds.
#[must_use]
pub fn http_date(at: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = utc(at);
    let mut parts = text.split(['-', ' ']);
    let mut next = || parts.next().unwrap_or_default();
    let (year, month, day, time) = (next(), next(), next(), next());
    let month = month.parse::<usize>().map_or("Jan", |month| MONTHS[(month.max(1) - 1) % 12]);
    // 1970 began on a Thursday.
    let weekday = DAYS[usize::try_from(at.div_euclid(24 * 60 * 60_000).rem_euclid(7)).unwrap_or(0)];
    format!("{weekday}, {day} {month} {year} {time}:{:02} GMT", seconds(at))
}

fn seconds(at: i64) -> i64 {
    at.div_euclid(1000).rem_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_have_forms_of_their_own() {
        let at = 1_764_144_934_567;
        assert_eq!((rfc3339(at), http_date(at)), ("2025-11-26T08:15:34Z".into(), "Wed, 26 Nov 2025 08:15:34 GMT".into()));
        assert_eq!((rfc3339(0), http_date(0)), ("1970-01-01T00:00:00Z".into(), "Thu, 01 Jan 1970 00:00:00 GMT".into()));
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        for (at, text) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_400_000, "2000-02-29 00:00 UTC"),
            (1_764_144_900_000, "2025-11-26 08:15 UTC"),
            (4_107_542_399_999, "2100-02-28 23:59 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
        ] {
            assert_eq!(utc(at), text);
        }
    }
}
