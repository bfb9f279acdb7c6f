//! The one place where Leptos meets axum: pages, server functions, and what both find in their context.

use std::sync::LazyLock;

use app::{App, context::Caller, shell};
use axum::{Router, extract::FromRef, http::request::Parts, middleware};
use leptos::{
    config::LeptosOptions,
    context::{provide_context, use_context},
    nonce::Nonce,
};
use leptos_axum::{AxumRouteListing, ErrorHandler, LeptosRoutes, generate_route_list};

use crate::{AppState, assets, caller, guests, reload, security};

/// The pages that there are, found by rendering the application. Once for the process, before the first request: a page that is
/// rendered meanwhile would wait for its resources for ever (leptos-rs/leptos#4773).
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(_: &AppState) -> Self {
        Self::builder().output_name("snug").reload_port(reload::port().unwrap_or(reload::PORT)).build()
    }
}

/// All pages and server functions, the files of the site, and a page for what is none of them.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let options = LeptosOptions::from_ref(state);
    let provide = context(state);
    let not_found = ErrorHandler::new_with_context(provide.clone(), shell, options.clone());
    Router::new()
        .leptos_routes_with_context(state, PAGES.clone(), provide, move || shell(options.clone()))
        .fallback_service(not_found)
        .layer(middleware::from_fn_with_state(state.clone(), guests::reuse))
        .layer(middleware::from_fn_with_state(state.clone(), caller::session))
        .layer(middleware::from_fn(security::page_policy))
        .layer(middleware::from_fn_with_state(state.clone(), assets::serve))
}

/// Leptos has put the head of the request into the context before this runs, for pages as for server functions.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let (chat, links) = (state.chat.clone(), state.site.links());
    move || {
        provide_context(chat.clone());
        provide_context(links.clone());
        let Some(parts) = use_context::<Parts>() else { return };
        if let Some(caller) = parts.extensions.get::<Caller>() {
            provide_context(caller.clone());
        }
        if let Some(nonce) = parts.extensions.get::<Nonce>() {
            provide_context(nonce.clone());
        }
    }
}
