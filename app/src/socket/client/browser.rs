//! The browser, as far as the connection needs it.

use std::cell::Cell;

use futures::channel::mpsc::UnboundedSender;
use leptos::prelude::*;
use protocol::UserId;
use wasm_bindgen::JsCast;
use web_sys::{StorageEvent, VisibilityState};

use super::{super::Notice, Happening, Input, storage};

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
pub(super) fn listen(reader: Option<UserId>, inbox: &UnboundedSender<Notice>) {
    let tell = {
        let inbox = inbox.clone();
        move |happening| _ = inbox.unbounded_send(Notice::Browser(happening))
    };
    on("online", {
        let tell = tell.clone();
        move |_| tell(Happening::Input(Input::Online))
    });
    on("offline", {
        let tell = tell.clone();
        move |_| tell(Happening::Input(Input::Offline))
    });
    on("visibilitychange", {
        let tell = tell.clone();
        let hidden_since = Cell::new(None::<f64>);
        move |_| {
            if document().visibility_state() == VisibilityState::Hidden {
                hidden_since.set(Some(now()));
            } else {
                let hidden_ms = hidden_since.get().map_or(0.0, |since| now() - since);
                tell(Happening::Input(Input::Shown { hidden_ms }));
            }
        }
    });
    let Some(reader) = reader else { return };
    on("storage", move |event| {
        let settled = event.dyn_ref::<StorageEvent>().and_then(|event| storage::settled_elsewhere(reader, event));
        if let Some(client_id) = settled {
            tell(Happening::SettledElsewhere(client_id));
        }
    });
}

fn on(event: &'static str, heard: impl Fn(web_sys::Event) + 'static) {
    // The handle would only be needed to stop hearing.
    let _ = window_event_listener_untyped(event, heard);
}
