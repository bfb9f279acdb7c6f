//! Changing the text of a message: the composer becomes its editor, and what was being written there waits.

use leptos::{ev::MouseEvent, prelude::*};
use protocol::{Body, markdown};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    about::{About, rows, shown, stored},
    context::RoomContext,
    target::{Editing, Target, target},
};
use crate::{
    components::{Dynamic, Part, dynamic_view},
    state::{Mark, Row},
};

/// Begins to edit a message, with the text that is shown of it.
pub(super) fn begin(room: RoomContext, about: &About) {
    let shown = untrack(|| shown(room, about.target)).unwrap_or_else(|| about.message.clone());
    open(room, about, shown.body.clone());
}

/// Begins to edit one's last message. `true` if there is one.
pub(super) fn begin_last(room: RoomContext) -> bool {
    let last = untrack(|| {
        let rows = rows(room);
        let own = rows.iter().rev().find_map(|row| match row {
            Row::Message(row) if row.own && !row.message.deleted => Some(row),
            _ => None,
        })?;
        let target = Target::of(&own.message);
        // Further down there may be later ones that are not loaded.
        About::of(room, target).filter(|about| about.can_edit() && !room.state.with_untracked(|state| state.has_newer()))
    });
    if let Some(about) = &last {
        begin(room, about);
    }
    last.is_some()
}

/// Takes up a text that was refused, on top of what the message says now.
pub(super) fn again(room: RoomContext, target: Target, text: String) {
    if let Some(about) = untrack(|| About::of(room, target)) {
        open(room, &about, text);
    }
}

fn open(room: RoomContext, about: &About, text: String) {
    // Of what is shown and what is stored, the server knows the latter.
    room.editing.set(Some(Editing { target: about.target, revision: about.message.revision, text }));
}

/// The new text is on its way. One that says nothing new is none.
pub(super) fn save(room: RoomContext, editing: &Editing, body: Body) {
    if untrack(|| shown(room, editing.target)).is_some_and(|shown| shown.body == body.as_str()) {
        return;
    }
    match editing.target {
        Target::Stored(seq) => room.socket.edit(room.id, seq, editing.revision, body),
        // It may have been stored since.
        Target::Unsent(client_id) => match stored(room, client_id) {
            Some(message) => room.socket.edit(room.id, message.seq, message.revision, body),
            None => room.socket.amend(client_id, body),
        },
    }
}

/// Something was pressed in the list. Where it is the box of a thing to do, the message gets a text with that one ticked, or not any more.
pub(super) fn tick(room: RoomContext, event: &MouseEvent) {
    let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let at = pressed.as_ref().and_then(|pressed| pressed.get_attribute("data-at")?.parse().ok());
    let (Some(pressed), Some(at)) = (pressed, at) else { return };
    // The box shows what the text says.
    event.prevent_default();
    let Some(row) = pressed.closest(".message").ok().flatten() else { return };
    let ticked = || {
        let about = About::of(room, target(&row)?).filter(About::can_edit)?;
        let body = Body::parse(&markdown::ticked(&shown(room, about.target)?.body, at)?).ok()?;
        Some((Editing { target: about.target, revision: about.message.revision, text: String::new() }, body))
    };
    let Some((editing, body)) = untrack(ticked) else { return };
    save(room, &editing, body);
    // The text is made anew, and the box with the focus goes with it.
    request_animation_frame(move || {
        let again = row.query_selector(&["[data-at=\"", &at.to_string(), "\"]"].concat()).ok().flatten();
        if let Some(again) = again.and_then(|again| again.dyn_into::<HtmlElement>().ok()) {
            // Fails for nothing that is an element of this page.
            let _ = again.focus();
        }
    });
}

/// What the composer says above the text while a message is edited in it.
pub(super) fn banner(room: RoomContext) -> Dynamic<AnyView> {
    dynamic_view(move || {
        room.editing.with(Option::is_some).then(|| {
            view! {
                <p class="composer-editing">
                    <span>"Editing your message"</span>
                    <button type="button" on:click=move |_| room.editing.set(None)>
                        "Cancel"
                    </button>
                </p>
            }
        })
    })
}

/// What became of something that was to be done to a message and was not.
pub(super) fn refused(room: RoomContext, target: Target, mark: &Mark) -> Option<AnyView> {
    let Mark::Unchanged { by, error, text } = mark.clone() else { return None };
    let what = match &error {
        None => "Changed more than an hour ago and not sent.".to_owned(),
        Some(error) if text.is_some() => ["Not changed. ", &error.message()].concat(),
        Some(error) => ["Not deleted. ", &error.message()].concat(),
    };
    let has_text = text.is_some();
    let kept = text.clone().map(|text| view! { <q class="message-kept" dir="auto">{text}</q> });
    // A conflict is not solved by asking again.
    let again = move |_| match &text {
        Some(text) => again(room, target, text.clone()),
        None => room.socket.retry(by),
    };
    let fault = view! {
        <div class="message-fault">
            <span role="alert">{what}</span>
            {kept.part()}
            <button type="button" on:click=again>
                {if has_text { "Edit again" } else { "Retry" }}
            </button>
            <button type="button" on:click=move |_| room.socket.discard(by)>
                "Discard"
            </button>
        </div>
    };
    Some(fault.part())
}
