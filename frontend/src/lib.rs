//! The WASM entry point.

use std::panic::PanicHookInfo;

use leptos::{
    leptos_dom::logging::console_error,
    prelude::{document, window},
    web_sys::Element,
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Brings the page that the server rendered to life.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(report));
    if app::hydrate().is_none() {
        console_error("the page does not hold what it is made from");
    }
}

/// After a panic nothing on the page reacts any more, so it says so and offers the way out.
fn report(panic: &PanicHookInfo<'_>) {
    console_error(&panic.to_string());
    if document().get_element_by_id(BAR).is_none() && show_bar().is_err() {
        console_error("cannot show that the page has stopped");
    }
}

const BAR: &str = "stopped";

fn show_bar() -> Result<(), JsValue> {
    let bar = element("div", "stopped")?;
    bar.set_id(BAR);
    bar.set_attribute("role", "alert")?;
    bar.set_text_content(Some("This page has stopped working. What was sent is safe. "));
    let link = element("a", "button")?;
    // External, so that no click handler of the dead page steps in.
    link.set_attribute("rel", "external")?;
    // Without the part after `#`, since a link that differs in nothing else only scrolls.
    let location = window().location();
    link.set_attribute("href", &format!("{}{}", location.pathname()?, location.search()?))?;
    link.set_text_content(Some("Reload"));
    bar.append_child(&link)?;
    document().body().ok_or(JsValue::NULL)?.append_child(&bar)?;
    Ok(())
}

fn element(name: &str, class: &str) -> Result<Element, JsValue> {
    let element = document().create_element(name)?;
    element.set_class_name(class);
    Ok(element)
}
