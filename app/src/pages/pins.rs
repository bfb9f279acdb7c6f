//! What is pinned in a room: `/r/{slug}/pins`.

use chat::messages::{Pinned, Pins};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{Page, Visit, document::document, failure::refused_in_room, form::refusal, listed::listed, message::quote};
use crate::{api::PinMessage, head::Head, state::clock};

/// What is pinned in a room, and for those who may, the forms to unpin it.
pub async fn pins(visit: Visit) -> Page {
    match chat::messages::pins(&visit.chat, visit.actor(), &visit.slug().to_owned().into()).await {
        Ok(pins) => {
            let refused = refusal(&visit);
            let head = Head::new(&["Pinned in ", &pins.room.name].concat(), Vec::new());
            document(&visit, head, |_| view(&visit, &pins, refused)).await
        }
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

fn view(visit: &Visit, pins: &Pins, refused: Option<String>) -> AnyView {
    let none = pins.pins.is_empty().then(|| {
        let how = if pins.may_pin {
            "Pin what all should find again from the menu of a message."
        } else {
            "Moderators pin what all should find again."
        };
        ["Nothing is pinned. ", how].concat()
    });
    let rows = pins.pins.iter().map(|pinned| row(visit, pins, pinned)).collect_view();
    listed("Pinned in", &pins.room, refused, none, rows.into_any())
}

fn row(visit: &Visit, pins: &Pins, pinned: &Pinned) -> impl IntoView + use<> {
    let message = ["/r/", &pins.room.slug, "/m/", &pinned.seq.to_string()].concat();
    let label = ["Unpin the message of ", &pinned.author.name].concat();
    let unpin = pins.may_pin.then(|| {
        view! {
            <form method="post" action=PinMessage::PATH>
                <input type="hidden" name="room" value=pins.room.slug.clone() />
                <input type="hidden" name="seq" value=pinned.seq.to_string() />
                <input type="hidden" name="pinned" value="false" />
                <button aria-label=label>"Unpin"</button>
            </form>
        }
    });
    view! {
        <li class="report">
            {quote(&pinned.author.name, &pinned.body)}
            <p class="person-note">
                {clock::full_label(visit.local(pinned.written_at))} ". Pinned by " <span dir="auto">{pinned.by.name.clone()}</span>
            </p>
            <div class="room-actions">
                <a href=message>"To the message"</a>
                {unpin}
            </div>
        </li>
    }
}
