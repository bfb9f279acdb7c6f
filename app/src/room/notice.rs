//! What is said above the messages: about this visit, or to the reader alone. It stays until it is closed.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{context::RoomContext, textarea};
use crate::components::{Part, dynamic_view};

/// What the reader alone is told, so that they know that nobody else sees it.
pub(crate) fn for_you(said: &str) -> String {
    ["Only you see this: ", said].concat()
}

/// The element is always there, so that screen readers watch it. Without a script the button leads to the room without a word.
pub(super) fn notice(room: RoomContext) -> AnyView {
    let told = move || room.socket.told.get().filter(|(told_in, _)| *told_in == room.id).map(|(_, said)| for_you(&said));
    let said = Memo::new(move |_| room.notice.get().or_else(told));
    let close = move |event: SubmitEvent| {
        event.prevent_default();
        room.close_notice();
        textarea::focus(room.composer());
    };
    let inside = dynamic_view(move || {
        said.get().map(|said| {
            view! {
                <p dir="auto">{said}</p>
                <form method="get" action=room.address("") on:submit=close>
                    <button aria-label="Close this note" title="Close (Esc)">
                        "Close"
                    </button>
                </form>
            }
        })
    });
    view! {
        <div class="room-notice" role="alert">
            {inside}
        </div>
    }
    .part()
}
