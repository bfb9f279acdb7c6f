//! What every request has to pass and every answer carries: known host, own origin, content security policy and the other headers
//! by which browsers protect people.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::nonce::Nonce;
use protocol::{Error, ErrorCode};

use crate::{
    AppState,
    answers::Door,
    caller::Client,
    hosts::{Ambiguous, Host, Hosts, the_only},
    reload, secrets,
    seldom::Seldom,
};

const UNKNOWN_HOST: &str =
    "This Snug does not answer to the name that was asked for. Its owner can allow the name with SNUG_HOSTS.";

/// Most characters of a stranger's header in the log.
const SAID_MAX: usize = 200;

/// For answers that are no pages: nothing may run or load, should a browser take one for a page.
const NO_PAGE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Refuses requests that are addressed to another host, or to two. From here on the request says once and plainly which one it is.
pub(crate) async fn known_host(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    static REFUSED: Seldom = Seldom::new();
    if [header::HOST, header::ORIGIN].into_iter().any(|name| the_only(request.headers(), name).is_err()) {
        return Door::of(&request).refuse(ErrorCode::BadRequest);
    }
    let Some(host) = Host::of(request.headers(), request.uri()).filter(|host| state.hosts.allow(host)) else {
        let (host, known) = (said(request.headers(), header::HOST), &state.hosts);
        REFUSED.tell(|before| tracing::warn!(host, %known, before, "refused requests for another host: see SNUG_HOSTS"));
        return misdirected(Door::of(&request));
    };
    if let Ok(host) = HeaderValue::try_from(host.to_string()) {
        request.headers_mut().insert(header::HOST, host);
    }
    request.extensions_mut().insert(host);
    next.run(request).await
}

/// The answer to who asks for another host. A page of this one would lead nowhere there, so people get a sentence alone.
fn misdirected(door: Door) -> Response {
    let status = StatusCode::MISDIRECTED_REQUEST;
    match door {
        Door::Rest | Door::Function => {
            door.refuse_with(status, &Error::from(ErrorCode::BadRequest).with_detail(UNKNOWN_HOST.to_owned()))
        }
        Door::Page | Door::Hook => (status, [UNKNOWN_HOST, "\n"].concat()).into_response(),
    }
}

/// Refuses requests that change something and come from another site's page.
pub(crate) async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // What may come from other origins goes by its token alone.
    if safe || state.cors.lets_in(&request) || is_own(&request, &state.hosts) {
        return next.run(request).await;
    }
    Door::of(&request).refuse(ErrorCode::ForeignOrigin)
}

/// Browsers say where a request comes from: by `Sec-Fetch-Site`, older ones by `Origin`. What says nothing is a program, and one that
/// sends no cookie acts for nobody but itself.
fn is_own(request: &Request, hosts: &Hosts) -> bool {
    let headers = request.headers();
    match the_only(headers, HeaderName::from_static("sec-fetch-site")) {
        Ok(Some(site)) => matches!(site, "same-origin" | "none"),
        Ok(None) if headers.contains_key(header::ORIGIN) => has_own_origin(request, hosts),
        Ok(None) => !headers.contains_key(header::COOKIE),
        Err(Ambiguous) => false,
    }
}

/// Whether no other site's page is behind this request, as far as `Origin` says.
pub(crate) fn has_own_origin(request: &Request, hosts: &Hosts) -> bool {
    static REFUSED: Seldom = Seldom::new();
    let (Some(host), Some(client)) = (request.extensions().get::<Host>(), request.extensions().get::<Client>()) else {
        return false;
    };
    let is_own = match the_only(request.headers(), header::ORIGIN) {
        Ok(Some(origin)) => hosts.is_own_origin(origin, host, client.secure),
        Ok(None) => true,
        Err(Ambiguous) => false,
    };
    if !is_own {
        let scheme = if client.secure { "https" } else { "http" };
        let (origin, own) = (said(request.headers(), header::ORIGIN), format!("{scheme}://{host}"));
        let hint = "a proxy has to pass Host and X-Forwarded-Proto";
        REFUSED.tell(|before| tracing::warn!(origin, own, before, "refused requests of other origins: {hint}"));
    }
    is_own
}

/// What a header says, for the log.
fn said(headers: &HeaderMap, name: HeaderName) -> String {
    let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    values.collect::<Vec<_>>().join(", ").chars().take(SAID_MAX).collect::<String>().escape_debug().to_string()
}

/// Mints the nonce by which the page's own scripts are known, and says so in the policy of the page.
pub(crate) async fn page_policy(mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    let socket = socket_sources(&request);
    let is_shown_once = !request.method().is_safe() || secrets::lead_here(&request);
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'{socket}; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    headers.extend(HeaderValue::try_from(policy).ok().map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page && is_shown_once {
        // Nobody shall page back to a secret.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// The socket by its full address, since not every browser counts it to `'self'`; while cargo-leptos watches, its reload socket too.
fn socket_sources(request: &Request) -> String {
    let Some(host) = request.extensions().get::<Host>() else { return String::new() };
    let secure = request.extensions().get::<Client>().is_some_and(|client| client.secure);
    let mut sources = format!(" {}://{host}", if secure { "wss" } else { "ws" });
    if let Some(port) = reload::port() {
        sources.push_str(&format!(" ws://{}:{port}", host.name()));
    }
    sources
}

/// The headers of every answer.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let secure = request.extensions().get::<Client>().is_some_and(|client| client.secure);
    let mut response = next.run(request).await;
    let is_throttled = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    if is_throttled {
        headers.entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static("1"));
    }
    // Cookies hold tokens, which must not stay in a cache on the way.
    if headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
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
        let mut request = Request::new(axum::body::Body::empty());
        for (name, value) in headers {
            request.headers_mut().append(*name, HeaderValue::from_static(value));
        }
        request.extensions_mut().insert(Host::parse("localhost:3000").unwrap());
        request.extensions_mut().insert(Client { address: [127, 0, 0, 1].into(), is_peer: true, secure: false });
        is_own(&request, &Hosts::new(&[], "127.0.0.1".parse().unwrap()))
    }

    #[test]
    fn what_the_browser_says_decides() {
        assert!(passes(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(passes(&[("sec-fetch-site", "none"), ("cookie", "a=b")]));
        for site in ["cross-site", "same-site", ""] {
            assert!(!passes(&[("sec-fetch-site", site), ("origin", "http://localhost:3000")]), "{site}");
        }
        assert!(!passes(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn without_it_the_origin_decides() {
        assert!(passes(&[("origin", "http://localhost:3000"), ("cookie", "a=b")]));
        assert!(!passes(&[("origin", "http://localhost:8080")]));
        assert!(!passes(&[("origin", "https://localhost:3000")]));
        assert!(!passes(&[("origin", "null")]));
        assert!(!passes(&[("origin", "http://localhost:3000"), ("origin", "http://localhost:3000")]));
    }

    #[test]
    fn a_program_passes_as_long_as_it_sends_no_cookie() {
        assert!(passes(&[]));
        assert!(!passes(&[("cookie", "snug_session=x")]));
    }
}
