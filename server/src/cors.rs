//! What pages of other origins are told (CORS, WHATWG Fetch 3.2). They act with a token of their own: cookies never count there.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    AppState,
    origins::{is_api, origin},
};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// Headers that a page may send.
const SENT: &str = "authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id";
/// Headers of answers that a page may read, besides those that each may.
const READ: &str =
    "etag, link, location, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, idempotency-replayed";
/// Seconds for which a browser need not ask again.
const MAX_AGE: &str = "7200";

/// Tells pages of other origins what they may, and lets them read what they are answered, errors too.
pub(crate) async fn share(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let cors = &state.cors;
    if cors.is_empty() || !is_api(&request) {
        return next.run(request).await;
    }
    let allowed = origin(request.headers()).and_then(|origin| cors.answer(origin));
    let asks_first =
        *request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match &allowed {
        Some(_) if asks_first => preflight(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    if !cors.is_any() {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Some(allowed) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READ));
        // What another origin may read is for it, wherever it stands.
        headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    }
    response
}

/// What browsers ask for before a request that a form could not send. Whether somebody may do it shows when it is done.
fn preflight() -> Response {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, SENT),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ];
    (StatusCode::NO_CONTENT, allowed).into_response()
}
