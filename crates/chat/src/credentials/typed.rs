//! Passwords as people type them. The same letters reach us in more than one form, depending on keyboard and system; they are compared in
//! one (RFC 8265, 4.2, OpaqueString): composed, with every blank a space.

use protocol::{Field, FieldError, Password, Problem};
use unicode_normalization::UnicodeNormalization;

use super::passwords::is_common;

/// The password of somebody who signs in.
pub(crate) struct TypedPassword {
    /// In the form that is compared.
    pub(crate) normal: Password,
    /// In those that hashes were made of before there was one: as it was typed, and decomposed. Mostly there is none that differs.
    pub(crate) older: Vec<Password>,
}

impl TypedPassword {
    /// `None` when no account can have it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let normal = normal_form(text);
        let mut older = vec![text.to_owned(), text.nfd().collect()];
        older.dedup();
        older.retain(|form| *form != normal);
        let older = older.iter().filter_map(|form| Password::parse_existing(form)).collect();
        Some(Self { normal: Password::parse_existing(&normal)?, older })
    }
}

/// Takes the password of a new account, in the form that is compared.
///
/// # Errors
/// Too short, too long, or one of those that are tried first.
pub(crate) fn new_password(text: &str, username: &str) -> Result<Password, FieldError> {
    let password = Password::parse_new(&normal_form(text))?;
    if is_common(password.reveal(), username) {
        return Err(FieldError { field: Field::Password, problem: Problem::TooCommon });
    }
    Ok(password)
}

fn normal_form(text: &str) -> String {
    // All that is white space but separates no lines.
    let is_blank = |c: char| c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if is_blank(c) { ' ' } else { c }).nfc().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_password_is_compared_in_one_form() {
        let normal = "ja, ein schönes Café 각 ①";
        for typed in [normal, "ja,\u{a0}ein\u{3000}scho\u{308}nes\u{2003}Cafe\u{301}\u{202f}\u{1100}\u{1161}\u{11a8} ①"] {
            assert_eq!(TypedPassword::parse(typed).unwrap().normal.reveal(), normal);
            assert_eq!(new_password(typed, "ada").unwrap().reveal(), normal);
        }
        for kept in ["Case AND  two blanks", "tab\tand line\n", "ﬁ² stay"] {
            let typed = TypedPassword::parse(kept).unwrap();
            assert_eq!((typed.normal.reveal(), typed.older.len()), (kept, 0));
        }
    }

    #[test]
    fn older_forms_are_those_that_differ() {
        let forms =
            |typed| TypedPassword::parse(typed).unwrap().older.iter().map(|form| form.reveal().to_owned()).collect::<Vec<_>>();
        assert_eq!(forms("plain and long"), [""; 0]);
        assert_eq!(forms("café"), ["cafe\u{301}"]);
        assert_eq!(forms("cafe\u{301}"), ["cafe\u{301}"]);
        assert_eq!(forms("a\u{a0}b"), ["a\u{a0}b"]);
        assert_eq!(forms("caf\u{e9}\u{a0}b"), ["café\u{a0}b", "cafe\u{301}\u{a0}b"]);
    }

    #[test]
    fn lengths_are_those_of_the_form_that_is_compared() {
        let short = "e\u{301}".repeat(4);
        assert_eq!(new_password(&short, "ada").err().map(|error| error.problem), Some(Problem::TooShort { min: 8 }));
        let long = "e\u{301}i\u{301}".repeat(60);
        assert!(new_password(&long, "ada").is_ok());
        assert!(TypedPassword::parse(&long).is_some_and(|typed| typed.older.is_empty()));
        assert!(TypedPassword::parse(&"x".repeat(129)).is_none());
    }
}
