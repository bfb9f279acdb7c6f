//! Who else is writing. It has a line of its own that is always as high, so that nothing moves when somebody begins or stops.

use leptos::prelude::*;

use super::context::RoomContext;
use crate::components::{Part, dynamic};

/// No live region on purpose: it changes every few seconds while people talk, and a screen reader would say each change over the
/// messages, which are announced. Whoever wants to know finds it between the messages and the composer.
pub(super) fn typing(room: RoomContext) -> AnyView {
    view! { <p class="typing">{dynamic(move || room.socket.with_typing(|typing| typing.line(room.id)))}</p> }.part()
}
