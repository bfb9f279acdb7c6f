//! The reactions under a message. Where they cannot be changed by a script they lead to a page where that is done by forms; who is behind
//! them, and the picker for others, is shown by `emoji.js`.

use leptos::{ev::MouseEvent, html, prelude::*};
use protocol::Standing;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{about::About, click::is_plain, context::RoomContext, place::seq_of};
use crate::{
    components::{Glyph, Icon, Part, dynamic, dynamic_view},
    socket::storage,
    state::MessageRow,
};

/// What carries an emoji to react with: what is under a message, the toolbar's, and for a moment what the picker makes.
const CHOICE: &str = "[data-emoji]";

/// What stands under a message.
pub(super) fn chips(room: RoomContext, row: &MessageRow) -> Option<AnyView> {
    if row.reactions.is_empty() {
        return None;
    }
    let address = room.slug.with_value(|slug| ["/r/", slug, "/m/", &row.message.seq.to_string(), "/reactions"].concat());
    let chips: Vec<_> = row
        .reactions
        .iter()
        .map(|chip| {
            let text = [&chip.emoji, " ", &chip.count.to_string()].concat();
            view! {
                <a
                    class="reaction"
                    role="button"
                    href=address.clone()
                    data-emoji=chip.emoji.clone()
                    aria-pressed=if chip.own { "true" } else { "false" }
                >
                    {text}
                </a>
            }
            .part()
        })
        .collect();
    let all = view! {
        <div class="reactions" role="group" aria-label="Reactions" data-late="emoji.js">
            {chips}
        </div>
    };
    Some(all.part())
}

/// What stands in the toolbar: the emoji that were used most, and what opens the picker.
pub(super) fn quick(about: Memo<Option<About>>) -> impl IntoView {
    let hidden = dynamic(move || !about.with(|about| about.as_ref().is_some_and(About::can_respond)));
    let most = dynamic_view(move || {
        // Another row may come after another choice; the server knows of none.
        let is_there = about.with(Option::is_some);
        let button = |emoji: &str| {
            view! {
                <button type="button" class="message-quick" data-emoji=emoji.to_owned() title=["React with ", emoji].concat()>
                    {emoji.to_owned()}
                </button>
            }
        };
        is_there.then(|| storage::quick_emoji().split(' ').map(button).collect::<Vec<_>>())
    });
    view! {
        <span data-late="emoji.js" hidden=hidden>
            {most}
            <button type="button" class="message-pick" aria-label="React" title="React">
                <Glyph icon=Icon::Smile />
            </button>
        </span>
    }
}

/// Opens the picker.
pub(super) fn pick(toolbar: NodeRef<html::Div>) {
    let button = toolbar.get_untracked().and_then(|toolbar| toolbar.query_selector(".message-pick").ok()?);
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        button.click();
    }
}

/// Something was pressed in the list: where it carries an emoji, the reader reacts with it, or does not any more.
pub(super) fn click(room: RoomContext, event: &MouseEvent) {
    let Some(choice) = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest(CHOICE).ok()?) else { return };
    if !is_plain(event) {
        return;
    }
    let Some(row) = choice.closest(".message").ok().flatten() else { return };
    let (Some(seq), Some(emoji)) = (seq_of(&row), choice.get_attribute("data-emoji")) else { return };
    event.prevent_default();
    let (rights, standing) = room.state.with_untracked(|state| (state.rights, state.standing));
    let refusal = match standing {
        _ if rights.write => None,
        Standing::Member => Some("You cannot react here now."),
        _ => Some("Members react here. Join to be one of them."),
    };
    room.notice.set(refusal.map(str::to_owned));
    if refusal.is_some() {
        return;
    }
    room.socket.react(room.id, seq, &emoji);
    // The last one that is taken back goes, and the focus with it.
    request_animation_frame(move || {
        let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
        if let Some(row) = row.dyn_ref::<HtmlElement>().filter(|_| lost) {
            row.set_tab_index(-1);
            let _ = row.focus();
        }
    });
}

/// Says what became of a reaction that was refused, and forgets it.
pub(super) fn tell_refused(room: RoomContext) {
    Effect::new(move || {
        let refused = room.socket.with_outbox(|outbox| outbox.refused_reaction(room.id));
        if let Some((client_id, error)) = refused {
            room.notice.set(Some(["Your reaction was not kept. ", &error.message()].concat()));
            room.socket.discard(client_id);
        }
    });
}
