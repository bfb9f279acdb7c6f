//! What every request has to pass and every answer carries: known host, own origin, content security policy and the other headers
//! by which browsers protect people.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::nonce::Nonce;
use protocol::ErrorCode;

use crate::{
    AppState,
    answers::Door,
    caller::Client,
    hosts::{Hosts, host_of},
};

const UNKNOWN_HOST: &str =
    "This Snug does not answer to the name that was asked for. Its owner can allow the name with SNUG_HOSTS.\n";

/// For answers that are no pages: nothing may run or load, should a browser take one for a page.
const NO_PAGE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Refuses requests that are addressed to another host.
pub(crate) async fn known_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match host_of(request.headers()) {
        Some(host) if state.hosts.allow(&host) => next.run(request).await,
        _ => (StatusCode::MISDIRECTED_REQUEST, UNKNOWN_HOST).into_response(),
    }
}

/// Refuses requests that change something and come from another site's page.
pub(crate) async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_own(request.headers(), &state.hosts) {
        return next.run(request).await;
    }
    Door::of(&request).refuse(ErrorCode::ForeignOrigin)
}

/// Browsers say where a request comes from: by `Sec-Fetch-Site`, older ones by `Origin`. What says nothing is a program, and one that
/// sends no cookie acts for nobody but itself.
fn is_own(headers: &HeaderMap, hosts: &Hosts) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN) {
        Some(origin) => hosts.is_own_origin(origin, headers),
        None => !headers.contains_key(header::COOKIE),
    }
}

/// Mints the nonce by which the page's own scripts are known, and says so in the policy of the page.
pub(crate) async fn page_policy(mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    let socket = socket_sources(&request);
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'{socket}; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    headers.extend(HeaderValue::try_from(policy).ok().map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// The socket by its full address, since not every browser counts it to `'self'`; while cargo-leptos watches, its reload socket too.
fn socket_sources(request: &Request) -> String {
    let Some(host) = host_of(request.headers()) else { return String::new() };
    let secure = request.extensions().get::<Client>().is_some_and(|client| client.secure);
    let mut sources = format!(" {}://{host}", if secure { "wss" } else { "ws" });
    if let Some(port) = crate::watch::reload_port() {
        sources.push_str(&format!(" ws://{}:{port}", host.host()));
    }
    sources
}

/// The headers of every answer.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let secure = request.extensions().get::<Client>().is_some_and(|client| client.secure);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NO_PAGE));
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Forms that are sent without JavaScript come back to the page they were on, which the server knows by the referrer.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn passes(headers: &[(&'static str, &'static str)]) -> bool {
        let host = [("host", "localhost:3000")];
        let headers = headers.iter().chain(&host).map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        is_own(&headers.collect(), &Hosts::new(&[], "127.0.0.1".parse().unwrap()))
    }

    #[test]
    fn what_the_browser_says_decides() {
        assert!(passes(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(passes(&[("sec-fetch-site", "none"), ("cookie", "a=b")]));
        for site in ["cross-site", "same-site", ""] {
            assert!(!passes(&[("sec-fetch-site", site), ("origin", "http://localhost:3000")]), "{site}");
        }
    }

    #[test]
    fn without_it_the_origin_decides() {
        assert!(passes(&[("origin", "http://localhost:3000"), ("cookie", "a=b")]));
        assert!(!passes(&[("origin", "http://localhost:8080")]));
        assert!(!passes(&[("origin", "null")]));
    }

    #[test]
    fn a_program_passes_as_long_as_it_sends_no_cookie() {
        assert!(passes(&[]));
        assert!(!passes(&[("cookie", "snug_session=x")]));
    }
}
