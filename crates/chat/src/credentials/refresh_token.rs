//! Refresh tokens: 256 random bits. The database knows their hash only, so that a stolen copy of it opens no session. A fast
//! hash will do: there is nothing to guess.

use std::fmt;

use super::{fingerprint::fingerprint, random::random_text};

/// Characters of a refresh token: the base64 of 32 bytes.
pub const LASTING_TOKEN_LENGTH: usize = 43;

/// A refresh token. Never printed.
pub struct RefreshToken(String);

impl RefreshToken {
    pub(crate) fn generate() -> Result<Self, getrandom::Error> {
        Ok(Self(random_text::<32>()?))
    }

    /// The token, for the cookie or the answer.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the database knows it by.
    pub(crate) fn hash(&self) -> String {
        Self::hash_of(&self.0)
    }

    /// What the database knows a token by that somebody shows.
    pub(crate) fn hash_of(token: &str) -> String {
        fingerprint(token)
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}
