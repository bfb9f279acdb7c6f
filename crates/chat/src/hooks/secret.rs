//! What the address of a hook ends with: 192 random bits. The database knows their hash only.

use std::fmt;

use crate::credentials::{fingerprint, random_text};

/// A secret. Never printed.
pub struct HookSecret(String);

impl HookSecret {
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        Ok(Self(random_text::<24>()?))
    }

    /// As it stands in the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> String {
        fingerprint(&self.0)
    }
}

impl fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookSecret(…)")
    }
}
