//! The edge of Snug: everything between a socket of the operating system and [`chat`] or [`app`]. Decisions are made there.

use axum::{
    Router, middleware,
    routing::{any, get},
};

mod answers;
pub mod assets;
mod caller;
pub mod commands;
pub mod compat;
mod compression;
pub mod config;
pub mod connections;
mod cors;
mod drain;
mod etag;
mod failure;
mod feeds;
mod gate;
mod guard;
pub mod guests;
mod hooks;
pub mod hosts;
pub mod origins;
mod pages;
mod pictures;
mod probes;
pub mod proxies;
mod reload;
pub mod rest;
mod secrets;
mod security;
mod seldom;
pub mod serve;
mod share;
mod shared;
mod state;
mod store;
mod systemd;
pub mod telemetry;
mod template;
pub mod ws;

use shared::Sharing;

pub use failure::Failure;
pub use state::{AppState, Parts};

/// Every address of the server, and what a request passes on its way there (from the last layer to the first).
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/ws", any(ws::upgrade))
        .merge(rest::routes(&state))
        .merge(feeds::routes())
        .merge(hooks::routes())
        .route("/api/", any(answers::not_found))
        .route("/api/{*rest}", any(answers::not_found))
        .route("/u/{person}/picture/{etag}", get(pictures::picture))
        .route("/icon/{etag}", get(pictures::icon))
        .route("/icon/{etag}/manifest.webmanifest", get(pictures::manifest))
        .merge(pages::routes(&state))
        .method_not_allowed_fallback(answers::method_not_allowed)
        .layer(Sharing)
        .layer(middleware::from_fn_with_state(state.clone(), security::same_origin))
        // No cookie counts there, so pages of other origins may ask.
        .merge(compat::routes(&state))
        .layer(middleware::from_fn_with_state(state.clone(), compat::root))
        .layer(middleware::from_fn_with_state(state.clone(), security::known_host))
        // Probes are asked for by address, not by name.
        .route("/healthz", get(probes::alive))
        .route("/readyz", get(probes::ready))
        .route("/metrics", get(probes::metrics))
        .layer(Sharing)
        .layer(middleware::from_fn(compression::compress))
        .layer(middleware::from_fn_with_state(state.clone(), guard::guard))
        .layer(middleware::from_fn(security::headers))
        .layer(middleware::from_fn_with_state(state.clone(), cors::share))
        .layer(Sharing)
        .layer(middleware::from_fn_with_state(state.clone(), share::share))
        .layer(middleware::from_fn_with_state(state.clone(), connections::hold))
        .layer(middleware::from_fn_with_state(state.clone(), caller::client))
        .layer(middleware::from_fn(telemetry::observe))
        .with_state(state)
}
