//! What a client has already is not sent again (RFC 9110, 8.8.3).

use axum::http::{HeaderMap, header};

/// Whether the client has what is known by this tag.
pub(crate) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_tag_is_known_by_any_of_those_that_are_named() {
        let known = |value: &str| is_known(&[(header::IF_NONE_MATCH, value.parse().unwrap())].into_iter().collect(), "\"b\"");
        assert!(known("\"b\"") && known("W/\"b\"") && known("\"a\" , \"b\"") && known("*"));
        assert!(!known("b") && !known("\"a\"") && !known(""));
        assert!(!is_known(&HeaderMap::new(), "\"b\""));
    }
}
