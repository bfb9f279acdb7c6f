//! Hashes of Django's: `pbkdf2_sha256$iterations$salt$hash`, as accounts bring them that were imported. One that fits is replaced at once.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, verify};
use base64::{Engine, engine::general_purpose::STANDARD};

const PREFIX: &str = "pbkdf2_sha256$";
/// More than any version of Django asks for, and under a second of work: the number comes from elsewhere.
const ITERATIONS_MAX: u32 = 3_000_000;
const SALT_MAX: usize = 128;
const HASH_BYTES: usize = 32;

/// A hash that can be checked.
pub(crate) struct DjangoHash<'a> {
    iterations: NonZeroU32,
    salt: &'a str,
    hash: Vec<u8>,
}

impl<'a> DjangoHash<'a> {
    /// Whether it has the form of one: the others are Argon2's.
    pub(crate) fn is_one(stored: &str) -> bool {
        stored.starts_with(PREFIX)
    }

    /// Reads one, within bounds.
    pub(crate) fn parse(stored: &'a str) -> Option<Self> {
        let mut parts = stored.strip_prefix(PREFIX)?.split('$');
        let (iterations, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let iterations: NonZeroU32 = iterations.parse().ok()?;
        let hash = STANDARD.decode(hash).ok()?;
        let sound = parts.next().is_none()
            && iterations.get() <= ITERATIONS_MAX
            && (1..=SALT_MAX).contains(&salt.len())
            && hash.len() == HASH_BYTES;
        sound.then_some(Self { iterations, salt, hash })
    }

    /// Whether it is of this password; compared in constant time.
    pub(crate) fn fits(&self, password: &str) -> bool {
        verify(PBKDF2_HMAC_SHA256, self.iterations, self.salt.as_bytes(), password.as_bytes(), &self.hash).is_ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// By `hashlib.pbkdf2_hmac("sha256", b"moss and ember", b"seasalt", 1000)`.
    const STORED: &str = "pbkdf2_sha256$1000$seasalt$mkhAx/qOQ44tjR8nZgDlNTuO16fDMWeBQrAAEXu0I5Y=";

    #[test]
    fn a_hash_of_djangos_fits_its_password_only() {
        let hash = DjangoHash::parse(STORED).unwrap();
        assert!(hash.fits("moss and ember") && !hash.fits("moss and embers"));
    }

    #[test]
    fn what_is_out_of_bounds_is_none() {
        for wrong in [
            STORED.replace("1000", "3000001"),
            STORED.replace("1000", "0"),
            STORED.replace("1000", "99999999999"),
            STORED.replace("seasalt", ""),
            STORED.replace("seasalt", &"s".repeat(129)),
            STORED.replace('=', "=="),
            format!("{STORED}$"),
            "pbkdf2_sha256$1000$seasalt".to_owned(),
            "pbkdf2_sha256$1000$seasalt$c2hvcnQ=".to_owned(),
            "pbkdf2_sha1$1000$seasalt$c2hvcnQ=".to_owned(),
        ] {
            assert!(DjangoHash::parse(&wrong).is_none(), "{wrong}");
        }
    }
}
