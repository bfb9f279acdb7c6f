//! How long things last.

/// How long a replaced token is remembered, so that its reuse is recognised, in milliseconds.
pub(super) const REMEMBER_REPLACED_MS: i64 = 7 * 24 * 60 * 60 * 1000;
