#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

fn problem<T: fmt::Debug>(parsed: Result<T, FieldError>) -> Problem {
    parsed.unwrap_err().problem
}

#[test]
fn user_names() {
    for (typed, name) in [("ada", "ada"), (" Ada.L-0_x ", "ada.l-0_x"), ("0x", "0x")] {
        assert_eq!(Username::parse(typed).unwrap().as_str(), name);
    }
    assert_eq!(problem(Username::parse("  ")), Problem::Empty);
    assert_eq!(problem(Username::parse("a")), Problem::TooShort { min: 2 });
    assert!(Username::parse(&"a".repeat(30)).is_ok());
    assert_eq!(problem(Username::parse(&"a".repeat(31))), Problem::TooLong { max: 30 });
    for typed in ["a b", "-ada", ".ada", "_ada", "ädä", "ada/", "ada\u{0}", "аdа"] {
        assert_eq!(problem(Username::parse(typed)), Problem::BadCharacter, "{typed:?}");
    }
}

#[test]
fn display_names() {
    assert_eq!(DisplayName::parse_or(" \t", "ada").unwrap().as_str(), "ada");
    assert_eq!(DisplayName::parse_or("  Ada \n Lovelace ", "ada").unwrap().as_str(), "Ada Lovelace");
    assert!(DisplayName::parse_or(&"ü".repeat(50), "ada").is_ok());
    assert_eq!(problem(DisplayName::parse_or(&"ü".repeat(51), "ada")), Problem::TooLong { max: 50 });
    for typed in ["Ada\u{202e}", "A\u{200b}da", "A\u{7}da"] {
        assert_eq!(problem(DisplayName::parse_or(typed, "ada")), Problem::BadCharacter, "{typed:?}");
    }
}

#[test]
fn room_names_and_topics() {
    assert_eq!(RoomName::parse("  Tea\troom ").unwrap().as_str(), "Tea room");
    assert_eq!(problem(RoomName::parse(" ")), Problem::Empty);
    assert_eq!(problem(RoomName::parse(&"x".repeat(61))), Problem::TooLong { max: 60 });
    assert_eq!(Topic::parse(" ").unwrap().as_str(), "");
    assert_eq!(problem(Topic::parse(&"x".repeat(251))), Problem::TooLong { max: 250 });
    assert_eq!(problem(Topic::parse("a\u{2066}b")), Problem::BadCharacter);
}

#[test]
fn slugs() {
    for (name, slug) in [("Tea & Biscuits", "tea-biscuits"), ("--a__b--", "a-b"), ("!?", "room"), ("", "room"), ("2024", "2024")]
    {
        assert_eq!(Slug::from_ascii(name).as_str(), slug);
    }
    assert_eq!(Slug::from_ascii(&"x".repeat(99)).as_str(), "x".repeat(60));
    assert_eq!(Slug::from_ascii(&"word ".repeat(99)).as_str(), ["word"; 12].join("-"));
    assert_eq!(Slug::from_ascii("tea").numbered(2).as_str(), "tea-2");
}

#[test]
fn bodies() {
    for (typed, body) in [("Hi\r\nyou\rthere", "Hi\nyou\nthere"), ("\n \n  - a\n\n", "  - a"), ("a\u{0}\tb\u{1b}", "a\tb")] {
        assert_eq!(Body::parse(typed).unwrap().as_str(), body);
    }
    for typed in ["", " \n\t", "\u{200b}\u{feff}", "\u{0}"] {
        assert_eq!(problem(Body::parse(typed)), Problem::Empty, "{typed:?}");
    }
    assert!(Body::parse(&"👍".repeat(8_000)).is_ok());
    assert_eq!(problem(Body::parse(&"x".repeat(8_001))), Problem::TooLong { max: 8_000 });
}

#[test]
fn passwords() {
    assert_eq!(problem(Password::parse_new("")), Problem::Empty);
    assert_eq!(problem(Password::parse_new("1234567")), Problem::TooShort { min: 8 });
    assert_eq!(problem(Password::parse_new(&"x".repeat(129))), Problem::TooLong { max: 128 });
    let password = Password::parse_new(" pass wörd ").unwrap();
    assert_eq!(password.reveal(), " pass wörd ");
    assert!(!format!("{password:?}").contains("pass wörd"));
    assert!(Password::parse_existing("x").is_some());
    assert!(Password::parse_existing(&"x".repeat(129)).is_none());
}

#[test]
fn errors_name_the_field_and_the_number() {
    let error = |field, problem| FieldError { field, problem }.to_string();
    assert_eq!(error(Field::Password, Problem::TooShort { min: 8 }), "Password needs at least 8 characters.");
    assert_eq!(error(Field::Body, Problem::Empty), "Message is missing. Please fill it in.");
}

proptest! {
    /// The browser parses what was typed, the server parses what the browser sends: it has to be the same (G2 compares it).
    #[test]
    fn parsing_twice_changes_nothing(typed in any::<String>(), blanks in "[ \t\r\n\u{85}\u{a0}\u{2028}]{0,4}") {
        let typed = format!("{blanks}{typed}{blanks}");
        if let Ok(body) = Body::parse(&typed) {
            prop_assert_eq!(Body::parse(body.as_str()).unwrap(), body);
        }
        if let Ok(name) = RoomName::parse(&typed) {
            prop_assert_eq!(RoomName::parse(name.as_str()).unwrap(), name);
        }
        let slug = Slug::from_ascii(&typed);
        prop_assert_eq!(Slug::from_ascii(slug.as_str()), slug);
    }
}
