//! The header of a room.

use leptos::prelude::*;
use protocol::Standing;

use super::{context::RoomContext, membership::Membership};
use crate::components::{Glyph, Icon, dynamic, dynamic_view};

pub(super) fn header(room: RoomContext) -> impl IntoView {
    let facts = room.room();
    let members = Memo::new(move |_| room.state.with(|state| state.members));
    let count = dynamic(move || match members.get() {
        1 => "1 member".to_owned(),
        many => [&many.to_string(), " members"].concat(),
    });
    let standing = room.standing();
    let leave = dynamic_view(move || (standing.get() == Standing::Member).then(|| Membership::Leave.form(room)));
    let may_edit = Memo::new(move |_| room.state.with(|state| state.may_edit));
    let edit = dynamic_view(move || {
        may_edit.get().then(|| {
            let address = room.slug.with_value(|slug| ["/r/", slug, "/edit"].concat());
            view! {
                <a href=address>
                    "Edit"
                </a>
            }
        })
    });
    view! {
        <header class="room-header">
            <h1 class="room-name" dir="auto">{dynamic(move || facts.with(|facts| facts.name.clone()))}</h1>
            <p class="room-topic" dir="auto">{dynamic(move || facts.with(|facts| facts.topic.clone()))}</p>
            <p class="room-members">
                <Glyph icon=Icon::People />
                <span>{count}</span>
            </p>
            <div class="room-actions">{edit} {leave}</div>
        </header>
    }
}
