//! The head of a room.

use leptos::prelude::*;
use protocol::Standing;

use super::{
    Desk,
    actions::Membership,
    live::{live, part},
};
use crate::components::{Glyph, Icon};

#[component]
pub(super) fn Header(desk: Desk) -> impl IntoView {
    let facts = desk.room.with_untracked(|state| state.room.clone());
    let members = Memo::new(move |_| desk.room.with(|state| state.members));
    let count = live(move || match members.get() {
        1 => "1 member".to_owned(),
        many => [&many.to_string(), " members"].concat(),
    });
    let standing = desk.standing();
    let leave = part(move || (standing.get() == Standing::Member).then(|| Membership::Leave.form(desk)));
    view! {
        <header class="room-header">
            <h1 class="room-name">{facts.name}</h1>
            <p class="room-topic">{facts.topic}</p>
            <p class="room-members">
                <Glyph icon=Icon::People />
                <span>{count}</span>
            </p>
            <div class="room-actions">{leave}</div>
        </header>
    }
}
