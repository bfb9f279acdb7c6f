//! What is done with a message beside changing it: pinning it, keeping it for oneself, copying it.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{about::About, context::RoomContext};
use crate::{endpoints, fetch};

/// How long it is said that something was done.
const SAID: Duration = Duration::from_secs(4);

/// Pins it, or unpins it. The room tells all who read it.
pub(super) fn pin(room: RoomContext, about: &About, pinned: bool) {
    ask(room, about, endpoints::PIN_MESSAGE, ("pinned", pinned), if pinned { "Pinned." } else { "Not pinned any more." });
}

/// Keeps it, or no longer. The account's log tells all devices.
pub(super) fn bookmark(room: RoomContext, about: &About, on: bool) {
    ask(room, about, endpoints::BOOKMARK, ("on", on), if on { "Bookmarked." } else { "Not bookmarked any more." });
}

/// Where others find it.
pub(super) fn copy_link(room: RoomContext, about: &About) {
    let Some(seq) = about.place() else { return };
    let origin = location().origin().unwrap_or_default();
    let link = room.slug.with_value(|slug| [&origin, "/r/", slug, "/m/", &seq.to_string()].concat());
    copy(room, &link, "The link is copied.");
}

/// As it was typed.
pub(super) fn copy_text(room: RoomContext, about: &About) {
    copy(room, &about.message.body, "The text is copied.");
}

/// `menu.js` takes it from there.
fn copy(room: RoomContext, text: &str, done: &'static str) {
    if let Some(menu) = room.menu.element() {
        let _ = menu.set_attribute("data-copy", text);
        menu.click();
        let _ = menu.remove_attribute("data-copy");
        say(room, done.to_owned());
    }
}

fn ask(room: RoomContext, about: &About, path: &'static str, (name, value): (&'static str, bool), done: &'static str) {
    let Some(seq) = about.place() else { return };
    let (slug, seq) = (room.slug.get_value(), seq.to_string());
    let value = if value { "true" } else { "false" };
    spawn_local(async move {
        let result = fetch::post::<()>(path, &[("room", &slug), ("seq", &seq), (name, value)]).await;
        say(room, result.err().map_or_else(|| done.to_owned(), |error| error.message()));
    });
}

/// Says it for a while.
fn say(room: RoomContext, what: String) {
    room.notice.try_set(Some(what.clone()));
    let fade = move || {
        room.notice.try_maybe_update(|notice| {
            let same = notice.as_ref() == Some(&what);
            if same {
                *notice = None;
            }
            (same, ())
        });
    };
    set_timeout(fade, SAID);
}
