//! Texts that nobody guesses.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// So many random bytes in base64url.
pub(crate) fn random_text<const BYTES: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
