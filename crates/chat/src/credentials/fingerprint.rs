//! What the database knows secrets by that are nothing but random.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// SHA-256 in base64url. A fast hash will do where there is nothing to guess.
pub(crate) fn fingerprint(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}
