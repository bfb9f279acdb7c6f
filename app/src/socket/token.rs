//! The token that opens the socket, as it is kept for the next time and for other tabs.

use protocol::{TokenGrant, UserId, reads};
use serde::Serialize;

/// A token that expires sooner than this is not worth connecting with.
const MARGIN_MS: i64 = 60_000;

/// A token in the storage of the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct StoredToken {
    /// The JWT.
    pub(crate) access_token: String,
    /// When it expires (unix milliseconds, this device's clock).
    pub(crate) expires_at: i64,
    /// Whose it is.
    pub(crate) user: UserId,
}

reads!(StoredToken { access_token, expires_at, user });

impl StoredToken {
    /// A token that was granted just now.
    pub(crate) fn new(grant: TokenGrant, now: i64) -> Self {
        let lifetime = i64::try_from(grant.expires_in).unwrap_or(i64::MAX).saturating_mul(1_000);
        Self { access_token: grant.access_token, expires_at: now.saturating_add(lifetime), user: grant.user.id }
    }

    /// Whether it opens a socket for this person.
    pub(crate) fn serves(&self, user: UserId, now: i64) -> bool {
        self.user == user && self.expires_at.saturating_sub(now) > MARGIN_MS
    }
}

#[cfg(test)]
mod tests {
    use protocol::User;

    use super::*;

    #[test]
    fn a_token_serves_its_owner_until_a_minute_before_its_end() {
        let user = User {
            id: UserId::generate(),
            username: "ada".to_owned(),
            name: "Ada".to_owned(),
            ambiguous: false,
            picture: None,
            bot: false,
        };
        let owner = user.id;
        let token = StoredToken::new(TokenGrant { access_token: "jwt".to_owned(), expires_in: 600, user }, 5_000);
        assert_eq!(token.expires_at, 605_000);
        assert!(token.serves(owner, 5_000));
        assert!(token.serves(owner, 544_999));
        assert!(!token.serves(owner, 545_000));
        assert!(!token.serves(UserId::generate(), 5_000));
    }
}
