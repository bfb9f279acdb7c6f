//! Pictures of people, and what stands in for one: initials on one of a few colours.

use leptos::prelude::*;
use protocol::{User, UserId, first_character};

use super::Part;

/// Number of colours in the style sheet (`data-hue="0"` and up).
const HUES: u8 = 8;

/// The picture of a person, or what stands in for it. Who it is stands beside it.
pub(crate) fn avatar(user: &User, class: &'static str) -> AnyView {
    match &user.picture {
        Some(picture) => {
            let address = ["/u/", &user.id.to_string(), "/picture/", picture].concat();
            view! { <img class=class src=address alt="" loading="lazy" width="36" height="36" /> }.part()
        }
        None => view! {
            <span class=class data-hue=hue(user.id).to_string() aria-hidden="true">
                {initials(&user.name)}
            </span>
        }
        .part(),
    }
}

/// At most two letters that stand for a name, with what is written on them: the first of the first and of the last word. The style sheet
/// makes them large, since the table for that would have to be loaded.
fn initials(name: &str) -> String {
    let first_letter = |word| Some(first_character(&word[str::find(word, char::is_alphanumeric)?..]));
    let mut letters = name.split([' ', '.', '_', '-']).filter_map(first_letter);
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).collect()
}

/// The colour of an account, the same on every screen.
fn hue(id: UserId) -> u8 {
    // The last byte of a UUID v7 is random; the first ones are the time.
    id.0.as_bytes()[15] % HUES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_outer_words() {
        let cases =
            [("Ada Lovelace", "AL"), ("ada", "a"), ("Juan Carlos de Borbón", "JB"), ("étienne", "é"), ("grace.hopper", "gh")];
        for (name, letters) in cases {
            assert_eq!(initials(name), letters);
        }
    }

    #[test]
    fn an_initial_keeps_what_is_written_on_it() {
        for (name, letters) in [
            ("e\u{301}tienne o\u{308}zil", "e\u{301}o\u{308}"),
            ("हिन्दी क्षमा", "हिक्ष"),
            ("\u{1112}\u{1161}\u{11ab}글", "\u{1112}\u{1161}\u{11ab}"),
            ("๑ น้ำ", "๑น้ำ"),
            ("👨‍👩‍👧 Ada", "A"),
        ] {
            assert_eq!(initials(name), letters);
        }
    }

    #[test]
    fn names_without_letters_have_none() {
        assert_eq!(initials(""), "");
        assert_eq!(initials(" -- "), "");
    }

    #[test]
    fn a_hue_is_one_of_the_style_sheets() {
        for _ in 0..100 {
            assert!(hue(UserId::generate()) < HUES);
        }
    }
}
