//! The WASM entry point.
//!
//! What a release is built with holds no words about panics: one ends the script at once, and `page.js` says that the page has stopped.

use leptos::leptos_dom::logging::console_error;
use wasm_bindgen::prelude::wasm_bindgen;

/// Brings the page that the server rendered to life.
#[wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| console_error(&panic.to_string())));
    if app::hydrate().is_none() {
        console_error("the page does not hold what it is made from");
    }
}
