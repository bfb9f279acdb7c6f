//! Device tokens: a browser is known again by one, which it keeps in a cookie of its own. It opens nothing; it only says that somebody
//! signed in from here before.

use std::fmt;

use super::refresh_token::RefreshToken;
use crate::Result;

/// A device token. Never printed.
#[derive(Clone)]
pub struct DeviceToken(String);

impl DeviceToken {
    /// A new one: 256 random bits, as a refresh token.
    ///
    /// # Errors
    /// The system has no random bits.
    pub fn generate() -> Result<Self> {
        Ok(Self(RefreshToken::generate()?.as_str().to_owned()))
    }

    /// The one in a cookie, if it is of the right form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed =
            text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The token, for the cookie.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceToken(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_was_made_is_read_and_rubbish_is_not() {
        let token = DeviceToken::generate().unwrap();
        assert_eq!(DeviceToken::parse(token.as_str()).unwrap().as_str(), token.as_str());
        for rubbish in ["", "x", &"ü".repeat(22), &"x".repeat(42), &"x".repeat(44), &";".repeat(43)] {
            assert!(DeviceToken::parse(rubbish).is_none(), "{rubbish}");
        }
    }
}
