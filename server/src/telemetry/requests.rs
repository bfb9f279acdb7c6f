//! What is told of each request. A log line holds the path and never the query, where a token may be.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::probes;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_MAX: usize = 64;

/// Gives each request an id, logs it and counts it.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    let method = known_method(request.method());
    let path = shown(request.uri().path()).to_owned();
    // Paths are made by strangers; only the routes are few enough for labels.
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |route| route.as_str().to_owned());

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

/// A path, without the secret that that of a hook ends with.
fn shown(path: &str) -> &str {
    match path.strip_prefix("/hooks/") {
        Some(hook) => &path[..path.len() - hook.len() + hook.find('/').unwrap_or(hook.len())],
        None => path,
    }
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
