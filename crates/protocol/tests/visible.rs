//! What counts as invisible, held against Unicode's own tables.
#![allow(clippy::unwrap_used)]

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use protocol::{Body, DisplayName, Field, FieldError, Problem, RoomName, Topic, first_character, is_ignorable, is_visible};
use unicode_segmentation::UnicodeSegmentation;

#[test]
fn what_is_ignorable_is_so_by_the_property() {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    for c in '\0'..=char::MAX {
        assert_eq!(is_ignorable(c), ignorable.contains(c), "{c:?}");
    }
}

#[test]
fn what_is_invisible_is_empty_wherever_something_has_to_stand() {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let others = ['\u{2800}', '\u{fffc}', '\u{1d159}', '\u{16fe4}', '\u{13441}', ' ', '\u{a0}', '\u{3000}', '\u{2028}'];
    for c in ('\0'..=char::MAX).filter(|&c| ignorable.contains(c)).chain(others) {
        for text in [c.to_string(), format!(" {c}{c}\u{200d} ")] {
            assert!(!is_visible(&text), "{c:?}");
            let empty = |field| Err(FieldError { field, problem: Problem::Empty });
            assert_eq!(Body::parse(&text).map(drop), empty(Field::Body), "{c:?}");
            assert_eq!(RoomName::parse(&text).map(drop), empty(Field::Name), "{c:?}");
            assert_eq!(Topic::parse(&text).unwrap().as_str(), "", "{c:?}");
            assert_eq!(DisplayName::parse_or(&text, "ada").unwrap().as_str(), "ada", "{c:?}");
        }
    }
}

#[test]
fn names_hold_no_direction_marks_and_nothing_invisible_but_what_spelling_needs() {
    for c in
        "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{ad}\u{34f}\u{115f}\
              \u{1160}\u{3164}\u{ffa0}\u{180e}\u{200b}\u{2060}\u{2064}\u{feff}\u{fff0}\u{1bca0}\u{1d173}\u{e0001}\u{e0fff}\u{7}"
            .chars()
    {
        let text = format!("A{c}da");
        let bad = Some(Problem::BadCharacter);
        assert_eq!(DisplayName::parse_or(&text, "ada").err().map(|error| error.problem), bad, "{c:?}");
        assert_eq!(RoomName::parse(&text).err().map(|error| error.problem), bad, "{c:?}");
        assert_eq!(Topic::parse(&text).err().map(|error| error.problem), bad, "{c:?}");
        assert!(Body::parse(&text).is_ok(), "{c:?}");
    }
    for name in ["نیم‌فاصله", "क्‍ष", "👨‍👩‍👧", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "ᠠ᠋", "José", "⠁⠂ ⠃"]
    {
        assert_eq!(DisplayName::parse_or(name, "ada").unwrap().as_str(), name);
        assert_eq!(RoomName::parse(name).unwrap().as_str(), name);
    }
}

#[test]
fn the_first_character_is_cut_off_as_the_librarys_tables_have_it() {
    let first = |text: &str| text.graphemes(true).next().unwrap_or_default().to_owned();
    for text in [
        "",
        "a",
        "ab",
        "e\u{301}\u{327}a",
        "👍",
        "हिन्दी",
        "क्षमा",
        "क\u{94d}\u{200d}षमा",
        "क\u{94d}\u{200c}षमा",
        "বাংলা",
        "ਪੰਜਾਬੀ",
        "ગુજરાતી",
        "தொழில்",
        "తెలుగు",
        "ಕನ್ನಡ",
        "മലയാളം",
        "සිංහල",
        "ไทย",
        "นํ้า",
        "ນ້ຳ",
        "မြန်မာ",
        "ខ្មែរ",
        "한국",
        "\u{1112}\u{1161}\u{11ab}글",
        "שָׁלוֹם",
        "مُحَمَّد",
        "Việt",
        "ქართული",
    ] {
        assert_eq!(first_character(text), first(text), "{text}");
    }
    // Whatever may follow a letter. Parts of Hangul follow others of theirs, and are above.
    for c in ('\0'..='\u{eff}').chain('\u{1000}'..='\u{1049}').chain('\u{1200}'..='\u{17ff}').filter(|c| c.is_alphanumeric()) {
        let text = format!("k{c}");
        assert_eq!(first_character(&text), first(&text), "{c:?}");
    }
}
