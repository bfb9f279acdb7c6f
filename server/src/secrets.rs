//! Addresses that are secrets: whoever has one has what it leads to. So it is in no log, and what is there in no cache.

use axum::{
    extract::{MatchedPath, Request},
    http::Uri,
};

/// Parts of routes that stand for a secret.
const PARTS: [&str; 3] = ["{code}", "{secret}", "{token}"];
/// What a secret of a page is called in a query.
const NAME: &str = "first=";

/// Whether a part of a route stands for a secret.
pub(crate) fn is_secret(part: &str) -> bool {
    PARTS.contains(&part)
}

/// Whether a page was asked for by a secret.
pub(crate) fn lead_here(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    route.is_some_and(|route| route.as_str().split('/').any(is_secret)) || is_in_query(request.uri())
}

fn is_in_query(uri: &Uri) -> bool {
    uri.query().unwrap_or_default().split('&').any(|pair| pair.starts_with(NAME))
}
