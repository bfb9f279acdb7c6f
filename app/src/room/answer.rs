//! Answering a message: what is answered stands above what one writes, and above what was written.

use leptos::prelude::*;
use protocol::{Quote, limits, markdown};

use super::{
    about::About,
    context::RoomContext,
    textarea::{self, COMPOSER},
};
use crate::{
    components::{Dynamic, Part, dynamic_view},
    state::{self, MessageRow},
};

/// Begins to answer a message.
pub(super) fn begin(room: RoomContext, about: &About) {
    room.editing.set(None);
    room.answering.set(Some(state::quote(&about.message)));
    textarea::focus(room.composer());
}

impl RoomContext {
    /// The id of what one writes in here.
    pub(super) fn composer(self) -> &'static str {
        if self.is_beside { "thread-body" } else { COMPOSER }
    }
}

/// Lets go of what was to be answered. `true` if anything was.
pub(super) fn let_go(room: RoomContext) -> bool {
    let gone = room.answering.try_maybe_update(|answering| {
        let was = answering.take().is_some();
        (was, was)
    });
    gone == Some(true)
}

/// What the composer says above the text while one answers and edits nothing. It follows what becomes of the message.
pub(super) fn banner(room: RoomContext) -> Dynamic<AnyView> {
    dynamic_view(move || {
        let quote = room.answering.get().filter(|_| room.editing.with(Option::is_none))?;
        let now = room.state.with(|state| state.message(quote.seq).map(|message| state::quote(message)));
        let quote = now.unwrap_or(quote);
        let let_go = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            let_go(room);
        };
        Some(view! {
            <p class="composer-answering">
                <input type="hidden" name="reply_to" value=quote.seq.to_string() />
                <span class="composer-answered" dir="auto">
                    {["Answering ", &quote.author.in_sentence(), ": ", said(&quote)].concat()}
                </span>
                <a href=room.address("") role="button" on:click=let_go>
                    "Cancel"
                </a>
            </p>
        })
    })
}

/// What a message answers, and the way there.
pub(super) fn quote(room: RoomContext, row: &MessageRow) -> Option<AnyView> {
    let quote = row.message.reply_to.as_deref()?;
    let (seq, name, said) = (quote.seq.to_string(), quote.author.in_sentence(), said(quote).to_owned());
    let address = room.slug.with_value(|slug| ["/r/", slug, "/m/", &seq, "#m", &seq].concat());
    Some(
        view! {
            <a class="message-quote" href=address data-gone=quote.deleted.then_some("")>
                <bdi class="message-quoted">{name}</bdi>
                " "
                <span dir="auto">{said}</span>
            </a>
        }
        .part(),
    )
}

fn said(quote: &Quote) -> &str {
    if quote.deleted { "Message deleted." } else { &quote.line }
}

/// Asks before a text calls very many people. `false` where it is not to go out.
pub(super) fn may_call(room: RoomContext, body: &str) -> bool {
    let (may, members) = room.state.with_untracked(|state| (state.rights.call, state.members));
    let calls = may && members > limits::CALLED_FREELY_MAX && markdown::called(body).iter().any(|word| markdown::calls_all(word));
    let question = ["This calls the members of the room, of whom there are ", &members.to_string(), ". Send it?"].concat();
    !calls || window().confirm_with_message(&question).unwrap_or_default()
}
