use leptos::prelude::*;

use super::{Glyph, Icon, PageContext, brand, sidebar::sidebar};

/// The frame of every page: rooms at the side, on narrow screens in a drawer (a popover, so that it needs no script).
#[component]
pub(crate) fn Layout(page: PageContext, children: Children) -> impl IntoView {
    view! {
        <a class="skip-link" href="#main">
            "Skip to content"
        </a>
        <div class="frame">
            <header class="topbar">
                <button type="button" class="icon-button" popovertarget="sidebar" aria-label="Rooms and menu">
                    <Glyph icon=Icon::Menu />
                </button>
                {brand(page.house.get_value())}
            </header>
            {sidebar(page)}
            <main class="main" id="main" tabindex="-1">
                {children()}
            </main>
            // The first painting waits for this (see the document).
            <span id="whole" hidden></span>
        </div>
    }
}
