//! What is told of each request. A log line holds the path without the secrets in it, and never the query, where a token may be.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{probes, secrets::is_secret};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_MAX: usize = 64;

/// Characters of the shortest secret, an invite's.
const SECRET_MIN: usize = 22;

/// Gives each request an id, logs it and counts it.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let path = shown(request.uri().path(), route.unwrap_or_default());
    // Paths are made by strangers; only the routes are few enough for labels.
    let route = route.unwrap_or("other").to_owned();

    let span = tracing::info_span!("request", %id);
    let mut response = next.run(request).instrument(span.clone()).await;

    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    let ms = elapsed.as_millis();
    // Machines ask every few seconds, and would fill the log.
    span.in_scope(|| match probes::PATHS.contains(&route.as_str()) {
        true => tracing::debug!(method, path, status, ms, "answered"),
        false => tracing::info!(method, path, status, ms, "answered"),
    });
    metrics::counter!("snug_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("snug_http_request_seconds", "route" => route).record(elapsed);
    response.headers_mut().extend(HeaderValue::try_from(id).ok().map(|id| (REQUEST_ID, id)));
    response
}

/// A path without the secrets in it. A route says where they are; where it does not reach, what is as long as one may be one, in a link that was
/// mistyped.
fn shown(path: &str, route: &str) -> String {
    let mut parts = route.split('/');
    let part = |part: &str| match parts.next() {
        Some(secret) if is_secret(secret) => secret.to_owned(),
        Some(known) if !known.starts_with("{*") => part.to_owned(),
        _ => without_long_words(part),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A text with a mark in the place of each word that is as long as a secret.
fn without_long_words(text: &str) -> String {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || "-_%".contains(c);
    let words = text.split_inclusive(|c| !is_of_word(c)).map(|word| {
        let end = word.trim_end_matches(|c| !is_of_word(c));
        if end.len() < SECRET_MIN { word.to_owned() } else { ["…", &word[end.len()..]].concat() }
    });
    words.collect()
}

/// The id that a proxy gave, if it is harmless in a log line; else a new one.
fn request_id(request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    match given {
        Some(id)
            if !id.is_empty()
                && id.len() <= REQUEST_ID_MAX
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) =>
        {
            id.to_owned()
        }
        _ => Uuid::now_v7().to_string(),
    }
}

/// Any word may be a method; only these become labels.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_without_its_secrets() {
        for (path, route, expected) in [
            ("/r/lobby", "/r/{slug}", "/r/lobby"),
            ("/reset/short", "/reset/{token}", "/reset/{token}"),
            ("/hooks/7/x/github", "/hooks/{id}/{secret}/github", "/hooks/7/{secret}/github"),
            (
                "/api/v1/invites/codes/vB3-9sKq0ZtX_w7LmN2pRg/accept",
                "/api/v1/invites/codes/{code}/accept",
                "/api/v1/invites/codes/{code}/accept",
            ),
            ("/", "", "/"),
            ("/pkg/snug.wasm", "", "/pkg/snug.wasm"),
            ("/wp-login.php", "", "/wp-login.php"),
            ("//reset/vB3-9sKq0ZtX_w7LmN2pRg", "", "//reset/…"),
            ("/i/vB3-9sKq0ZtX_w7LmN2pRg).", "", "/i/…)."),
            ("/i%2FvB3-9sKq0ZtX_w7LmN2pRg", "", "/…"),
            ("/api/v2/i/vB3-9sKq0ZtX_w7LmN2pRg", "/api/{*rest}", "/api/v2/i/…"),
        ] {
            assert_eq!(shown(path, route), expected);
        }
    }
}
