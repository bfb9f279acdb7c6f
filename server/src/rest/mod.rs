//! `/api/v1`: all that a person can do, for programs. Each handler parses, calls the function of `chat` that the page calls too, and
//! answers. `docs/PROTOCOL.md` describes it for their authors, `docs/openapi.json` for their tools.

#![allow(unused_qualifications, reason = "what `utoipa::path` makes of `params`")]

mod admin;
mod asker;
mod auth;
mod bans;
mod bots;
mod commands;
mod cursor;
mod direct;
mod events;
mod extract;
mod hooks;
mod invites;
mod limits;
mod marks;
mod me;
mod members;
mod messages;
mod once;
mod openapi;
mod outgoing;
mod pins;
mod reactions;
mod register;
mod reports;
mod rooms;
mod tagged;
mod threads;
mod tokens;
mod users;

use axum::{Router, http::header, middleware, routing::get};
use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

pub(crate) use admin::ICON;
pub(crate) use me::PICTURE;

/// The addresses of the API, and its description.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let (router, description) = described().split_for_parts();
    let text = openapi::text(&description);
    let router = router.layer(middleware::from_fn(limits::tell)).layer(middleware::from_fn_with_state(state.clone(), once::once));
    router.route("/api/v1/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], text)))
}

fn described() -> OpenApiRouter<AppState> {
    let parts = [
        admin::routes(),
        auth::routes(),
        bans::routes(),
        bots::routes(),
        commands::routes(),
        direct::routes(),
        events::routes(),
        hooks::routes(),
        invites::routes(),
        marks::routes(),
        me::routes(),
        members::routes(),
        messages::routes(),
        outgoing::routes(),
        pins::routes(),
        reactions::routes(),
        register::routes(),
        reports::routes(),
        rooms::routes(),
        threads::routes(),
        tokens::routes(),
        users::routes(),
    ];
    parts.into_iter().fold(openapi::start(), OpenApiRouter::merge)
}

/// The description of the API, as it is served and kept in `docs/openapi.json`.
#[must_use]
pub fn description() -> String {
    openapi::text(&described().split_for_parts().1)
}
