//! What the reader should know about the connection. The element is always there, so that screen readers watch it.

use leptos::prelude::*;

use super::context::RoomContext;
use crate::{
    components::{Part, dynamic_view},
    socket::Status,
};

pub(super) fn banner(room: RoomContext) -> AnyView {
    let signed_in = room.page.is_signed_in();
    let text = dynamic_view(move || match room.socket.status() {
        Status::Quiet => None,
        Status::Lost if signed_in => {
            Some("No connection, trying again. What you write is kept, and goes out when the connection is back.".into_any())
        }
        Status::Lost => Some("No connection, trying again. New messages come when it is back.".into_any()),
        Status::Outdated => Some(outdated()),
    });
    view! {
        <p class="banner" role="status">
            {text}
        </p>
    }
    .part()
}

fn outdated() -> AnyView {
    view! {
        "There is a new version of Snug. "
        <button type="button" on:click=|_| _ = location().reload()>
            "Reload"
        </button>
    }
    .part()
}
