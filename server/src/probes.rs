//! What machines ask about the server: does it live, can it work, how does it do.

use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use chat::NotReady;

use crate::{AppState, answers::Door, caller::Client};

/// Where they ask.
pub(crate) const PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// `/healthz`: the process answers, and of which version it is.
pub(crate) async fn alive() -> &'static str {
    concat!("ok ", env!("CARGO_PKG_VERSION"), "\n")
}

/// `/readyz`: requests can be served: the database takes writes and nobody stops the server. Answers within a second.
pub(crate) async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if state.sockets.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match state.chat.ready().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            let told = match error {
                NotReady::Silent => "the database does not answer\n",
                NotReady::Refused(_) => "the database takes no writes\n",
            };
            (StatusCode::SERVICE_UNAVAILABLE, told)
        }
    }
}

/// `/metrics`, for this machine and its private network; for others it does not exist.
pub(crate) async fn metrics(State(state): State<AppState>, Extension(client): Extension<Client>) -> Response {
    if !client.is_near() {
        return Door::Page.refuse(protocol::ErrorCode::NotFound);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}
