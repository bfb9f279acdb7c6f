//! Whose pages may use these addresses. A token is all that counts there, and a page of another origin has to be given it; so the
//! sites of `SNUG_HOSTS` may, on whichever port they are, and programs, which name no origin.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::ErrorCode;

use super::answer::Detail;
use crate::{
    AppState,
    hosts::{Hosts, the_only},
};

/// Lets them in, and says so to their browsers (CORS).
pub(super) async fn welcome(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if let Some(refusal) = refusal(&request, &state.hosts) {
        return refusal;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let asks_first = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first { preflight() } else { next.run(request).await };
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// Why a page of this origin may not.
pub(super) fn refusal(request: &Request, hosts: &Hosts) -> Option<Response> {
    let origin = the_only(request.headers(), header::ORIGIN);
    let may = origin.is_ok_and(|origin| origin.is_none_or(|origin| hosts.name_origin(origin)));
    (!may).then(|| Detail::from(ErrorCode::ForeignOrigin).into_response())
}

fn preflight() -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
