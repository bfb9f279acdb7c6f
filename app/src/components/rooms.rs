use leptos::prelude::*;
use protocol::RoomSummary;

use crate::session::{use_rooms, use_viewer};

/// Something made of the list of rooms. While the list is asked for again, the old one stays.
#[component]
pub(crate) fn WithRooms(
    /// Makes it, from the rooms and whether the viewer is signed in.
    show: fn(Vec<RoomSummary>, bool) -> AnyView,
) -> impl IntoView {
    let rooms = use_rooms();
    let signed_in = use_viewer().user.is_some();
    let shown = move || {
        Suspend::new(async move {
            match rooms.list.await {
                Ok(rooms) => show(rooms, signed_in),
                Err(error) => view! { <p class="note note--bad">{error.to_string()}</p> }.into_any(),
            }
        })
    };
    view! { <Transition>{shown}</Transition> }
}
