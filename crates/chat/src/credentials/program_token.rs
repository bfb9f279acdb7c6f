//! Access tokens of programs: 256 random bits, with a beginning by which scanners know them, and an end by which a slip of the pen is told
//! without asking the database. That one knows their hash only.

use std::fmt;

use super::{LASTING_TOKEN_LENGTH, fingerprint::fingerprint, random::random_text};

/// What each of them begins with.
const PREFIX: &str = "snug_pat_";
/// Letters at the end that follow from those before.
const CHECK_LETTERS: usize = 6;

/// The token of a program. Never printed.
#[derive(PartialEq, Eq)]
pub struct ProgramToken(String);

impl ProgramToken {
    pub(crate) fn generate() -> Result<Self, getrandom::Error> {
        let begun = [PREFIX, &random_text::<32>()?].concat();
        let check = check_of(&begun);
        Ok(Self([begun, check].concat()))
    }

    /// Whether it wants to be one of these, and not a token of a sign-in.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// One that somebody shows. `None` when it was never given.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (begun, check) = text.split_at_checked(PREFIX.len() + LASTING_TOKEN_LENGTH)?;
        (Self::is_one(text) && check == check_of(begun)).then(|| Self(text.to_owned()))
    }

    /// The token, to be shown once.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the database knows it by.
    pub(crate) fn hash(&self) -> String {
        fingerprint(&self.0)
    }
}

fn check_of(begun: &str) -> String {
    fingerprint(begun).chars().take(CHECK_LETTERS).collect()
}

impl fmt::Debug for ProgramToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProgramToken(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_told_by_the_token_alone() {
        let token = ProgramToken::generate().unwrap();
        let text = token.as_str();
        assert_eq!(text.len(), 58);
        assert_eq!(ProgramToken::parse(text).as_ref(), Some(&token));
        assert!(!format!("{token:?}").contains(text));
        for place in 0..text.len() {
            let other = if &text[place..=place] == "x" { "y" } else { "x" };
            let slip = [&text[..place], other, &text[place + 1..]].concat();
            assert_eq!(ProgramToken::parse(&slip), None, "{place}");
        }
        for wrong in ["", "snug_pat_", &text[1..], &text[..57], &format!("{text}x"), "snug_pat_äöü"] {
            assert_eq!(ProgramToken::parse(wrong), None, "{wrong}");
        }
    }
}
