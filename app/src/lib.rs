//! The pages of Snug, on both sides: rendered on the server, then brought to life in the browser from the same components.

#![allow(unreachable_pub, reason = "#[component] writes `pub` items into whatever module it is used in")]

mod api;
mod build;
mod components;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod cookies;
mod error;
mod json;
mod next;
mod pages;
mod room;
mod session;
#[cfg(feature = "ssr")]
mod shell;
pub mod socket;
pub mod state;
#[cfg(feature = "ssr")]
mod status;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

pub use build::build_id;
pub use error::{AppError, Typed};
#[cfg(feature = "ssr")]
pub use shell::{Assets, shell};

use components::Layout;
use pages::{Home, Login, NewRoom, NotFound, Register};
use room::RoomPage;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let viewer = session::provide_session();
    socket::provide_socket(&viewer);
    Effect::new(mark_hydrated);
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Snug".to_owned() } else { format!("{title} · Snug") } />
        <Router>
            <Layout>
                <FlatRoutes fallback=NotFound>
                    <Route path=path!("/") view=Home ssr=SsrMode::Async />
                    <Route path=path!("/register") view=Register ssr=SsrMode::Async />
                    <Route path=path!("/login") view=Login ssr=SsrMode::Async />
                    <Route path=path!("/rooms/new") view=NewRoom ssr=SsrMode::Async />
                    <Route path=path!("/r/:slug") view=RoomPage ssr=SsrMode::Async />
                    <Route path=path!("/r/:slug/m/:seq") view=RoomPage ssr=SsrMode::Async />
                </FlatRoutes>
            </Layout>
        </Router>
    }
}

/// Tells style sheets and tests that clicks are heard from now on.
fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        // Only an ill-formed name could fail here.
        let _ = root.set_attribute("data-hydrated", "");
    }
}
