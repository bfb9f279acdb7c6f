//! Clients that were written after the Django Channels tutorials (`SNUG_COMPAT=channels`): one file for each dialect, thin translations onto
//! the same functions that the page calls. `docs/COMPAT.md` describes them.

mod answer;
mod body;
mod history;
mod people;
mod public;
mod rooms;
pub mod settings;
mod times;
mod token;
mod welcome;
mod who;

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};

use self::answer::Detail;
use crate::AppState;

/// The addresses of all dialects; none where they are not understood.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    if state.compat.is_none() {
        return Router::new();
    }
    let parts = [history::routes(), public::routes(), rooms::routes(), token::routes()];
    let routes = parts.into_iter().fold(Router::new(), Router::merge).method_not_allowed_fallback(method_not_allowed);
    routes.layer(middleware::from_fn_with_state(state.clone(), welcome::welcome))
}

/// For an address that exists, but not for this method.
async fn method_not_allowed() -> Detail {
    Detail::Said(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.", Some("method_not_allowed"))
}

/// The start page's address is that of a socket as well.
pub(crate) async fn root(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_socket = request.method() == Method::GET && request.headers().contains_key(header::SEC_WEBSOCKET_KEY);
    if state.compat.is_none() || !is_socket || request.uri().path() != "/" {
        return next.run(request).await;
    }
    match welcome::refusal(&request, &state.hosts) {
        Some(refusal) => refusal,
        None => token::socket(State(state), request).await,
    }
}
