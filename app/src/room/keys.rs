//! The list of messages by keyboard: it is one stop of the Tab key, and the arrow keys move inside it: up and down from message to
//! message, left and right through the links and buttons of one. Other keys do something with the message.

use leptos::{ev::KeyboardEvent, prelude::document};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{context::RoomContext, menu, place::Anchor};

/// What the arrow keys stop at, from top to bottom.
const STOPS: &str = ".older, .message, .newer";
/// And within one of these. Where the author is not seen, the way to them is none.
const INNER: &str = ".message--first .message-author, a:not(.message-author), button:not([hidden]), pre";

/// A key was pressed in the list.
pub(super) fn key(room: RoomContext, event: &KeyboardEvent, list: &Element) {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    let Some(active) = document().active_element().filter(|_| !modified && !event.default_prevented()) else { return };
    let key = event.key();
    if key == "Tab" {
        return leave(list, event.shift_key());
    }
    let stops = all(list, STOPS);
    let at = stops.iter().position(|stop| stop.contains(Some(&active)));
    let to = match (key.as_str(), at) {
        ("ArrowUp", Some(at)) => at.checked_sub(1),
        ("ArrowDown", Some(at)) => Some(at + 1),
        ("ArrowUp" | "ArrowDown", None) => {
            let first_seen = Anchor::of(list).map(Anchor::element);
            first_seen.and_then(|seen| stops.iter().position(|stop| stop.is_same_node(Some(&seen))))
        }
        // What is pressed like a button, though it leads somewhere without a script.
        (" ", Some(_)) if active.has_attribute("data-emoji") => {
            event.prevent_default();
            return active.dyn_ref::<HtmlElement>().map(HtmlElement::click).unwrap_or_default();
        }
        ("End", _) => stops.len().checked_sub(1),
        ("Home", _) => Some(0),
        ("ArrowLeft" | "ArrowRight", Some(at)) => return turn(event, &stops[at], &active, key == "ArrowRight"),
        (key, Some(at)) => {
            if menu::press(room, &stops[at], key) {
                event.prevent_default();
            }
            return;
        }
        _ => return,
    };
    go(event, to.and_then(|to| stops.get(to)));
}

/// Left and right: from a message to what is in it, and back to the message.
fn turn(event: &KeyboardEvent, stop: &HtmlElement, active: &Element, forth: bool) {
    let inner = all(stop, INNER);
    let at = inner.iter().position(|part| part.is_same_node(Some(active)));
    let to = match at {
        None if forth => inner.first(),
        None => None,
        Some(at) if forth => inner.get(at + 1),
        Some(at) => at.checked_sub(1).map_or(Some(stop), |at| inner.get(at)),
    };
    go(event, to);
}

/// The browser goes on from where the focus is: from the mark behind the list, or from the list itself to what is before it.
fn leave(list: &Element, back: bool) {
    let from = if back { Some(list.clone()) } else { list.next_element_sibling() };
    focus(from.as_ref().and_then(|from| from.dyn_ref()));
}

fn go(event: &KeyboardEvent, to: Option<&HtmlElement>) {
    event.prevent_default();
    if let Some(to) = to {
        // A message is none of the stops of the Tab key, and has the focus all the same.
        to.set_tab_index(-1);
        focus(Some(to));
    }
}

fn focus(element: Option<&HtmlElement>) {
    // Fails for nothing that is an element of this page.
    let _ = element.map(HtmlElement::focus);
}

fn all(within: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}
