//! The browser, as far as the connection needs it.

use std::cell::Cell;

use futures::channel::mpsc::UnboundedSender;
use leptos::prelude::*;
use protocol::UserId;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{StorageEvent, VisibilityState};

use super::{command::Command, connection::Input, storage};

/// Longest time that a timer is set for: browsers take none of weeks, and a clock that was put back may ask for one.
const TIMER_MAX_MS: f64 = 60_000.0;

/// Unix milliseconds by this device's clock.
pub(super) fn now() -> f64 {
    js_sys::Date::now()
}

/// In `0.0..1.0`.
pub(super) fn random() -> f64 {
    js_sys::Math::random()
}

/// Path, query and fragment of this page.
pub(super) fn here() -> String {
    let location = location();
    [location.pathname(), location.search(), location.hash()].into_iter().filter_map(Result::ok).collect()
}

/// Goes to another page of this site, by a new document. It fails only for addresses that are none.
pub(super) fn go_to(address: &str) {
    let _ = location().set_href(address);
}

/// Whether the reader signs out, as the page's script says.
pub(super) fn is_leaving() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-leaving"))
}

/// Loads this page anew.
pub(super) fn reload() {
    let _ = location().reload();
}

/// Where the socket is: on the host that this page came from.
pub(super) fn socket_address() -> String {
    let location = location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss://" } else { "ws://" };
    [scheme, &location.host().unwrap_or_default(), "/ws"].concat()
}

/// Hears when it is worth trying again, and what other tabs do. The page holds the listeners as long as it lives.
pub(super) fn listen(reader: Option<UserId>, queue: &UnboundedSender<Command>) {
    let enqueue = {
        let queue = queue.clone();
        move |command| _ = queue.unbounded_send(command)
    };
    on("online", {
        let enqueue = enqueue.clone();
        move |_| enqueue(Command::Input(Input::Online))
    });
    on("offline", {
        let enqueue = enqueue.clone();
        move |_| enqueue(Command::Input(Input::Offline))
    });
    on("pagehide", {
        let enqueue = enqueue.clone();
        move |_| enqueue(Command::Leave)
    });
    on("snug:say", {
        let enqueue = enqueue.clone();
        move |event| {
            let text = js_sys::Reflect::get(&event, &JsValue::from_str("detail")).ok();
            if let Some(text) = text.and_then(|text| text.as_string()) {
                enqueue(Command::Say(text));
            }
        }
    });
    on("visibilitychange", {
        let enqueue = enqueue.clone();
        let hidden_since = Cell::new(None::<f64>);
        move |_| {
            if document().visibility_state() == VisibilityState::Hidden {
                hidden_since.set(Some(now()));
            } else {
                let hidden_ms = hidden_since.get().map_or(0.0, |since| now() - since);
                enqueue(Command::Input(Input::Shown { hidden_ms }));
            }
        }
    });
    let Some(reader) = reader else { return };
    on("storage", move |event| {
        let Some(event) = event.dyn_ref::<StorageEvent>() else { return };
        if let Some(pending) = storage::begun_elsewhere(reader, event) {
            enqueue(Command::Adopt(Box::new(pending)));
        } else if let Some(client_id) = storage::settled_elsewhere(reader, event) {
            enqueue(Command::SettledElsewhere(client_id));
        }
    });
}

/// Says that no socket gets through. The script that knows another way comes by that.
pub(super) fn blocked() {
    if let Ok(event) = web_sys::Event::new("snug:blocked") {
        let _ = window().dispatch_event(&event);
    }
}

/// Gives a frame to the script that shows who is there, once it has come.
pub(super) fn hand_over(text: &str) {
    let hears = js_sys::Reflect::get(&window(), &JsValue::from_str("snugHears"));
    if let Some(hears) = hears.ok().as_ref().and_then(|hears| hears.dyn_ref::<js_sys::Function>()) {
        // What fails there concerns nobody here.
        let _ = hears.call1(&JsValue::NULL, &JsValue::from_str(text));
    }
}

fn on(event: &'static str, heard: impl Fn(web_sys::Event) + 'static) {
    // The handle would only be needed to stop hearing.
    let _ = window_event_listener_untyped(event, heard);
}

/// One timer, that is set again and again.
pub(super) struct Timer {
    tick: Closure<dyn FnMut()>,
    /// The browser's handle, and for when it is set.
    set: Option<(i32, f64)>,
}

impl Timer {
    pub(super) fn new(queue: &UnboundedSender<Command>) -> Self {
        let queue = queue.clone();
        Self { tick: Closure::new(move || _ = queue.unbounded_send(Command::Tick)), set: None }
    }

    /// It has ticked.
    pub(super) fn elapsed(&mut self) {
        self.set = None;
    }

    /// Sets it for a moment, in place of the one that it was set for.
    pub(super) fn set(&mut self, deadline: Option<f64>, now: f64) {
        if self.set.map(|(_, at)| at) == deadline {
            return;
        }
        if let Some((handle, _)) = self.set.take() {
            window().clear_timeout_with_handle(handle);
        }
        // Rounded up: a timer that is early would spin.
        let wait = |at: f64| (at - now).clamp(0.0, TIMER_MAX_MS).ceil() as i32;
        self.set = deadline.and_then(|at| {
            let tick = self.tick.as_ref().unchecked_ref();
            // Fails only for a handler that is none.
            Some((window().set_timeout_with_callback_and_timeout_and_arguments_0(tick, wait(at)).ok()?, at))
        });
    }
}
