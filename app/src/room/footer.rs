//! The footer of a room: where one writes, or the way to be allowed to.

use leptos::prelude::*;
use protocol::{ClientId, Standing};

use super::{composer::composer, context::RoomContext, membership::Membership};
use crate::{
    components::{Dynamic, Part, dynamic_view},
    next::way_in,
};

/// What stands under the messages, as long as the reader may do what they may now.
pub(super) fn footer(room: RoomContext, form_id: ClientId) -> Dynamic<AnyView> {
    let standing = room.standing();
    let facts = room.room();
    let archived = Memo::new(move |_| facts.with(|facts| facts.archived));
    dynamic_view(move || match standing.get() {
        _ if archived.get() => view! {
            <div class="join-bar">
                <p>"This room is archived: it can be read, and that is all."</p>
            </div>
        }
        .part(),
        Standing::Member => composer(room, form_id),
        Standing::MayJoin => view! {
            <div class="join-bar">
                <p>"Members write here."</p>
                {Membership::Join.form(room)}
            </div>
        }
        .part(),
        Standing::Guest => guest(room),
    })
}

fn guest(room: RoomContext) -> AnyView {
    let way_in = |form| room.page.here.with_untracked(|here| way_in(form, here));
    view! {
        <div class="join-bar">
            <p>"Everyone may read here. Sign in to join and write."</p>
            <a class="button" href=way_in("/login")>
                "Sign in"
            </a>
            <a class="button button--quiet" href=way_in("/register")>
                "Create an account"
            </a>
        </div>
    }
    .part()
}
