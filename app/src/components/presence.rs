use leptos::prelude::*;
use protocol::{Presence, UserId};

use super::Part;

/// The dot at somebody's picture that says whether they are there. Where that is not known yet, a script finds it out (`presence.js`).
pub(crate) fn presence_dot(user: UserId, presence: Option<Presence>) -> AnyView {
    let label = presence.map(Presence::label);
    view! {
        <span
            class="presence"
            data-person=user.to_string()
            data-presence=presence.map(Presence::word)
            role=label.map(|_| "img")
            aria-label=label
            title=label
        ></span>
    }
    .part()
}
