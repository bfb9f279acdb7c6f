//! Addresses that are secrets: whoever has one has what it leads to. So it is in no log.

/// Parts of routes that stand for a secret.
const PARTS: [&str; 3] = ["{code}", "{secret}", "{token}"];

/// Whether a part of a route stands for a secret.
pub(crate) fn is_secret(part: &str) -> bool {
    PARTS.contains(&part)
}
