use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Brand, Glyph, Icon, sidebar::Sidebar};

/// The frame of every page: rooms at the side, on narrow screens in a drawer (a popover, so that it needs no script).
#[component]
pub(crate) fn Layout(children: Children) -> impl IntoView {
    let path = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            close_drawer();
        }
    });
    view! {
        // External, so that the browser follows it itself and moves the focus along.
        <a class="skip-link" href="#main" rel="external">
            "Skip to content"
        </a>
        <div class="frame">
            <header class="topbar">
                <button type="button" class="icon-button" popovertarget="sidebar" aria-label="Rooms and menu">
                    <Glyph icon=Icon::Menu />
                </button>
                <Brand />
            </header>
            <Sidebar />
            <main class="main" id="main" tabindex="-1">
                {children()}
            </main>
            // The first painting waits for this (see the shell).
            <span id="whole" hidden></span>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn close_drawer() {
    use wasm_bindgen::JsCast;

    let drawer = document().get_element_by_id("sidebar");
    if let Some(drawer) = drawer.and_then(|drawer| drawer.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails where the browser knows no popovers; there it is no drawer either.
        let _ = drawer.hide_popover();
    }
}

#[cfg(not(feature = "hydrate"))]
fn close_drawer() {}
