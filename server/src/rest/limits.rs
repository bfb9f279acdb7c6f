//! `RateLimit-*`: how much is left of what is counted, so that a program slows down before it is refused (draft-ietf-httpapi-ratelimit-headers-07).

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use chat::Allowance;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Says with an answer what is left of the scarcest of what was counted for it, by account or by address.
pub(super) async fn tell(request: Request, next: Next) -> Response {
    let (mut response, allowance) = chat::counting(next.run(request)).await;
    if let Some(allowance) = allowance {
        write(response.headers_mut(), allowance);
    }
    response
}

fn write(headers: &mut HeaderMap, Allowance { limit, remaining, reset }: Allowance) {
    headers.insert(LIMIT, HeaderValue::from(limit));
    headers.insert(REMAINING, HeaderValue::from(remaining));
    headers.insert(RESET, HeaderValue::from(reset));
}
