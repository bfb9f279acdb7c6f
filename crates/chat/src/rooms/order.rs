//! The order of rooms in a list: as people sort, not as computers do.

use deunicode::deunicode;

/// Digits of a number that count for its order. No longer one fits into a name.
const DIGITS: usize = 60;

/// What a name is sorted by: case and accents make no difference, and `10` comes after `9`. Names that are the same but for these are
/// sorted as they are written.
pub(super) fn key(name: &str) -> (String, String) {
    let plain = deunicode(name).to_lowercase();
    let mut key = String::with_capacity(plain.len() + DIGITS);
    let mut rest = plain.as_str();
    while let Some(first) = rest.chars().next() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..digits].trim_start_matches('0');
        if digits > 0 {
            key.extend(std::iter::repeat_n('0', DIGITS.saturating_sub(number.len())));
            key.push_str(number);
        } else if first.is_alphanumeric() || first.is_whitespace() {
            key.push(first);
        }
        rest = &rest[if digits > 0 { digits } else { first.len_utf8() }..];
    }
    (key, name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_people_sort() {
        // Chinese names stand where they are pronounced.
        let sorted =
            ["Äpfel", "apple", "北京", "Birnen", "Étage", "etage 2", "Room 1", "room 2", "Room 02b", "Room 10", "Zoo", "zoo"];
        let mut names = sorted;
        names.reverse();
        names.sort_by_cached_key(|name| key(name));
        assert_eq!(names, sorted);
    }

    #[test]
    fn what_is_no_letter_counts_last() {
        let mut names = ["#general", "General", "genera"];
        names.sort_by_cached_key(|name| key(name));
        assert_eq!(names, ["genera", "#general", "General"]);
    }
}
