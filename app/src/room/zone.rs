//! The reader's time zone.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};

use crate::state::clock;

/// How times are moved into the reader's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Minutes east of UTC, as the server heard them last: for the first rendering, which has to be the same on both sides.
    Fixed(i32),
    /// By the browser's rules, which know about summer time.
    Browser,
}

impl Zone {
    /// A UTC time (unix milliseconds) as local milliseconds.
    pub(crate) fn local(self, utc_ms: i64) -> i64 {
        match self {
            Self::Fixed(minutes_east) => clock::to_local(utc_ms, minutes_east),
            Self::Browser => clock::to_local(utc_ms, minutes_east(utc_ms as f64)),
        }
    }
}

/// Tells the server the zone, for the first HTML of the next visit.
pub(crate) fn keep_zone(known: Zone) {
    let now = minutes_east(js_sys::Date::now());
    if known == Zone::Fixed(now) {
        return;
    }
    let cookie = ["snug_zone=", &now.to_string(), "; Path=/; Max-Age=31536000; SameSite=Lax"].concat();
    // Where cookies are off, the first HTML shows UTC, and the page corrects it as it does now.
    let _ = document().unchecked_ref::<web_sys::HtmlDocument>().set_cookie(&cookie);
}

/// Minutes between the reader's zone and UTC at a moment.
fn minutes_east(utc_ms: f64) -> i32 {
    let offset = js_sys::Date::new(&JsValue::from_f64(utc_ms)).get_timezone_offset();
    // Less than a day, and whole but for some zones of the nineteenth century: the cast only drops their seconds.
    -offset as i32
}
