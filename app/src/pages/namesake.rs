//! The room that has the name which somebody wants for another one: two of a name are allowed, but not by accident.

use leptos::prelude::*;
use protocol::{Field, Room};

use super::{Visit, form::Form};

/// The room whose name was refused for another one.
pub(super) async fn namesake(visit: &Visit, form: &Form) -> Option<Room> {
    if !form.is_taken(Field::Name) {
        return None;
    }
    chat::rooms::namesake(&visit.chat, visit.actor(), &form.typed().name).await.ok().flatten()
}

/// The way to it, and a box to tick for whoever means another one.
pub(super) fn view(room: Room) -> impl IntoView {
    view! {
        <div class="field">
            <p>"It is here: " <a href=["/r/", &room.slug].concat() dir="auto">{room.name}</a></p>
            <label class="choice">
                <input type="checkbox" name="allow_duplicate" value="true" />
                <span class="choice-name">"Make another one all the same"</span>
            </label>
        </div>
    }
}
