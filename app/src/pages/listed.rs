//! Messages of a room that a document lists: what is pinned, what is reported.

use leptos::prelude::*;
use protocol::Room;

/// The list, under what it is called and a way back. `none` is said where it is empty.
pub(super) fn listed(title: &'static str, room: &Room, refused: Option<String>, none: Option<String>, rows: AnyView) -> AnyView {
    view! {
        <div class="people">
            <header class="people-head">
                <h1>{title} " " <span dir="auto">{room.name.clone()}</span></h1>
                <p><a href=["/r/", &room.slug].concat()>"Back to the room"</a></p>
            </header>
            <p class="form-fault" role="alert">
                {refused}
            </p>
            {none.map(|none| view! { <p class="note">{none}</p> })}
            <ul class="people-list">{rows}</ul>
        </div>
    }
    .into_any()
}
