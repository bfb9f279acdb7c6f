//! Dates for people. Times arrive as UTC unix milliseconds; these functions take them already moved into the reader's zone
//! ("local milliseconds"), because only the browser knows the zone's rules.

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 86_400_000;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// Moves a UTC time into a zone that is so many minutes east of UTC.
#[must_use]
pub fn to_local(utc_ms: i64, minutes_east: i32) -> i64 {
    utc_ms.saturating_add(i64::from(minutes_east) * MS_PER_MINUTE)
}

/// Number of the day since 1 January 1970.
#[must_use]
pub fn day_number(local_ms: i64) -> i64 {
    local_ms.div_euclid(MS_PER_DAY)
}

/// `14:05`
#[must_use]
pub fn short_time(local_ms: i64) -> String {
    let mut text = String::with_capacity(5);
    push_time(&mut text, local_ms);
    text
}

/// `Friday, 20 November 2026`
#[must_use]
pub fn day_label(local_ms: i64) -> String {
    let date = Date::of(local_ms);
    let mut text = String::with_capacity(28);
    text.push_str(date.weekday);
    text.push_str(", ");
    push_number(&mut text, date.day, 1);
    text.push(' ');
    text.push_str(MONTHS[date.month]);
    text.push(' ');
    push_number(&mut text, date.year, 1);
    text
}

/// `Friday, 20 November 2026, 14:05`
#[must_use]
pub fn full_label(local_ms: i64) -> String {
    let mut text = day_label(local_ms);
    text.push_str(", ");
    push_time(&mut text, local_ms);
    text
}

/// `2026-11-20`, for the `datetime` of a day.
#[must_use]
pub fn iso_day(local_ms: i64) -> String {
    let date = Date::of(local_ms);
    let mut text = String::with_capacity(20);
    push_number(&mut text, date.year, 4);
    text.push('-');
    push_number(&mut text, date.month as i64 + 1, 2);
    text.push('-');
    push_number(&mut text, date.day, 2);
    text
}

/// `2026-11-20T13:05:09Z`, for the `datetime` of a moment.
#[must_use]
pub fn iso_utc(utc_ms: i64) -> String {
    let mut text = iso_day(utc_ms);
    text.push('T');
    push_time(&mut text, utc_ms);
    text.push(':');
    push_number(&mut text, utc_ms.div_euclid(1_000).rem_euclid(60), 2);
    text.push('Z');
    text
}

/// A date of the Gregorian calendar.
struct Date {
    year: i64,
    /// 0 is January.
    month: usize,
    day: i64,
    weekday: &'static str,
}

impl Date {
    /// After Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`: years begin in March, so that the
    /// leap day is the last one, and repeat every 146,097 days.
    fn of(local_ms: i64) -> Self {
        let number = day_number(local_ms);
        let days = number + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12;
        let year = year_of_era + era * 400 + i64::from(month < 2);
        // 1 January 1970 was a Thursday. Both remainders are small and not negative, so the casts keep their value.
        let weekday = WEEKDAYS[(number + 3).rem_euclid(7) as usize];
        Self { year, month: month as usize, day, weekday }
    }
}

fn push_time(text: &mut String, local_ms: i64) {
    let minutes = local_ms.rem_euclid(MS_PER_DAY) / MS_PER_MINUTE;
    push_number(text, minutes / 60, 2);
    text.push(':');
    push_number(text, minutes % 60, 2);
}

/// Decimal digits with leading zeros. (The formatting machinery of `std` costs more WASM than this page of dates.)
fn push_number(text: &mut String, number: i64, width: usize) {
    if number < 0 {
        text.push('-');
    }
    let digits = number.unsigned_abs().to_string();
    for _ in digits.len()..width {
        text.push('0');
    }
    text.push_str(&digits);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Friday, 20 November 2026, 13:05:09 UTC.
    const MOMENT: i64 = 1_795_179_909_123;

    #[test]
    fn a_moment_reads_well() {
        let local = to_local(MOMENT, 60);
        assert_eq!(short_time(local), "14:05");
        assert_eq!(day_label(local), "Friday, 20 November 2026");
        assert_eq!(full_label(local), "Friday, 20 November 2026, 14:05");
        assert_eq!(iso_day(local), "2026-11-20");
        assert_eq!(iso_utc(MOMENT), "2026-11-20T13:05:09Z");
    }

    #[test]
    fn zones_move_the_day() {
        let just_before_midnight = 1_795_219_140_000; // 23:59 UTC
        assert_eq!(day_label(to_local(just_before_midnight, 0)), "Friday, 20 November 2026");
        assert_eq!(day_label(to_local(just_before_midnight, 1)), "Saturday, 21 November 2026");
        assert_eq!(short_time(to_local(just_before_midnight, -570)), "14:29");
    }

    #[test]
    fn the_corners_of_the_calendar() {
        for (days, label) in [
            (0, "Thursday, 1 January 1970"),
            (-1, "Wednesday, 31 December 1969"),
            (11_016, "Tuesday, 29 February 2000"),
            (11_017, "Wednesday, 1 March 2000"),
            (47_540, "Sunday, 28 February 2100"),
            (47_541, "Monday, 1 March 2100"),
        ] {
            assert_eq!(day_label(days * MS_PER_DAY), label);
        }
    }

    proptest! {
        #[test]
        fn days_follow_each_other(number in -1_000_000i64..1_000_000) {
            let today = Date::of(number * MS_PER_DAY);
            let tomorrow = Date::of((number + 1) * MS_PER_DAY);
            let next = |names: &[&str; 7], name| names.iter().position(|n| *n == name).map(|at| (at + 1) % 7);
            prop_assert_eq!(next(&WEEKDAYS, today.weekday), WEEKDAYS.iter().position(|n| *n == tomorrow.weekday));
            let stepped = tomorrow.day == today.day + 1 && tomorrow.month == today.month && tomorrow.year == today.year;
            let turned = tomorrow.day == 1 && tomorrow.month == (today.month + 1) % 12
                && tomorrow.year == today.year + i64::from(today.month == 11) && (28..=31).contains(&today.day);
            prop_assert!(stepped || turned);
        }

        #[test]
        fn no_time_is_out_of_range(at: i64, zone in -840i32..=840) {
            let local = to_local(at, zone);
            prop_assert_eq!(short_time(local).len(), 5);
            prop_assert!(full_label(local).ends_with(&short_time(local)));
        }
    }
}
