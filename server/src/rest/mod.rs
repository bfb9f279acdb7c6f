//! `/api/v1`: all that a person can do, for programs. Each handler parses, calls the function of `chat` that the page calls too, and
//! answers. `docs/PROTOCOL.md` describes it for their authors, `docs/openapi.json` for their tools.

#![allow(unused_qualifications, reason = "what `utoipa::path` makes of `params`")]

mod asker;
mod auth;
mod extract;
mod hooks;
mod messages;
mod openapi;
mod rooms;

use axum::{Router, http::header, routing::get};
use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

/// The addresses of the API, and its description.
pub(crate) fn routes() -> Router<AppState> {
    let (router, description) = described().split_for_parts();
    let text = openapi::text(&description);
    router.route("/api/v1/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], text)))
}

fn described() -> OpenApiRouter<AppState> {
    let parts = [auth::routes(), hooks::routes(), messages::routes(), rooms::routes()];
    parts.into_iter().fold(openapi::start(), OpenApiRouter::merge)
}

/// The description of the API, as it is served and kept in `docs/openapi.json`.
#[must_use]
pub fn description() -> String {
    openapi::text(&described().split_for_parts().1)
}
