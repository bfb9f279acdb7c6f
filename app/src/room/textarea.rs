//! What one writes in.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Its id, on every page.
pub(super) const COMPOSER: &str = "composer-body";

/// Goes to what one writes in.
pub(super) fn focus(composer: &str) {
    let composer = document().get_element_by_id(composer).and_then(|composer| composer.dyn_into::<HtmlElement>().ok());
    if let Some(composer) = composer {
        // Fails for nothing that is an element of this page.
        let _ = composer.focus();
    }
}
