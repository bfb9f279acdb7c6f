//! Where one writes.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};
use protocol::{Answers, Body, ClientId, Problem, Quote, limits};
use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::{answer, context::RoomContext, edit, target::Editing};
use crate::{
    components::{Glyph, Icon, Part, dynamic},
    socket::storage,
};

/// From so many characters on it is said how many there are.
const COUNT_FROM: usize = limits::BODY_MAX / 10 * 9;
/// What a browser reports as the key while an input method composes, where it does not say so otherwise (Safari).
const COMPOSING_KEY: u32 = 229;

/// A form that works without JavaScript; with it, Enter sends and the page stays.
pub(super) fn composer(room: RoomContext, form_id: ClientId) -> AnyView {
    // Once: somebody who leaves the room and comes back writes something new.
    let refused = room.refused.try_update_value(Option::take).flatten();
    let (fault, count) = (RwSignal::new(refused), RwSignal::new(0));
    let composer = Composer { room, element: NodeRef::new(), fault, count, draft: StoredValue::new(String::new()) };
    composer.element.on_load(move |element| composer.begin(element));
    Effect::new(move |before: Option<Option<Editing>>| {
        let editing = room.editing.get();
        composer.change(before.flatten().is_some(), editing.as_ref());
        editing
    });
    let facts = room.room();
    let label = move || facts.with(|room| ["Message to ", &room.name].concat());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        composer.send();
    };
    let key = move |event: KeyboardEvent| {
        let taken = match event.key().as_str() {
            "Escape" if !event.is_composing() => {
                room.editing.try_maybe_update(|editing| {
                    let was = editing.take().is_some();
                    (was, was)
                }) == Some(true)
                    || answer::let_go(room)
            }
            "ArrowUp" => composer.is_empty() && is_bare(&event) && edit::begin_last(room),
            _ if sends(&event) => {
                composer.send();
                true
            }
            _ => false,
        };
        if taken {
            event.prevent_default();
        }
    };
    let count = dynamic(move || {
        let count = composer.count.get();
        (count >= COUNT_FROM).then(|| [&count.to_string(), " of ", &limits::BODY_MAX.to_string(), " characters"].concat())
    });
    let also = room.thread.map(|_| {
        view! {
            <label class="composer-also">
                <input type="checkbox" name="in_room" value="true" />
                "Also send to the room"
            </label>
        }
    });
    let address = room.address("");
    let (fault_id, hint_id) = if room.is_beside { ("thread-fault", "thread-hint") } else { ("composer-fault", "composer-hint") };
    view! {
        <form class="composer" method="post" action=address on:submit=submit>
            {edit::banner(room)} {answer::banner(room)}
            <input type="hidden" name="client_id" value=form_id.to_string() />
            <label class="visually-hidden" for=room.composer()>
                {dynamic(label)}
            </label>
            <textarea
                id=room.composer()
                name="body"
                rows="1"
                dir="auto"
                required
                placeholder=dynamic(label)
                aria-describedby=[fault_id, " ", hint_id].concat()
                aria-invalid=dynamic(move || composer.fault.with(Option::is_some).then_some("true"))
                node_ref=composer.element
                on:keydown=key
                on:input=move |_| composer.typed()
                inner_html=typed_before()
            ></textarea>
            <button
                type="button"
                class="composer-emoji"
                aria-label="Emoji"
                title="Emoji"
                data-late="emoji.js"
                data-into=room.composer()
            >
                <Glyph icon=Icon::Smile />
            </button>
            <button class="composer-send" aria-label="Send" title="Send">
                <Glyph icon=Icon::Send />
            </button>
            {also.part()}
            <p class="field-fault" id=fault_id role="alert">
                {dynamic(move || composer.fault.get())}
            </p>
            <p class="composer-count" data-over=dynamic(move || (composer.count.get() > limits::BODY_MAX).then_some(""))>
                {count}
            </p>
            <p class="composer-hint" id=hint_id>
                "Enter sends, Shift+Enter makes a new line."
            </p>
        </form>
    }
    .part()
}

/// A text that was sent without JavaScript and refused, as HTML. The browser finds it in its place.
#[cfg(feature = "ssr")]
fn typed_before() -> String {
    use_context::<super::Typed>().map(|typed| typed.0).unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
fn typed_before() -> String {
    String::new()
}

/// Whether a key means "send". Where there is no keyboard at hand there is no Shift+Enter either, so Enter is a new line there.
fn sends(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !event.is_composing() && event.key_code() != COMPOSING_KEY && !is_touch()
}

/// Whether no other key is held with it.
fn is_bare(event: &KeyboardEvent) -> bool {
    !(event.shift_key() || event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing())
}

fn is_touch() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

#[derive(Clone, Copy)]
struct Composer {
    room: RoomContext,
    element: NodeRef<html::Textarea>,
    fault: RwSignal<Option<String>>,
    /// Characters that were typed.
    count: RwSignal<usize>,
    /// What was being written before a message came to be edited here.
    draft: StoredValue<String>,
}

impl Composer {
    /// The page has come alive. What was typed before that stays; else the draft comes back.
    fn begin(self, element: HtmlTextAreaElement) {
        if element.value().is_empty() {
            let draft =
                self.room.page.viewer.with_value(|reader| storage::draft(reader.as_ref()?.id, self.room.id, self.room.thread));
            element.set_value(&draft.unwrap_or_default());
        } else {
            self.keep(&element.value());
        }
        self.count.set(element.value().chars().count());
        // The element is in the document by the next frame.
        request_animation_frame(move || {
            // The reader may have gone on before it was painted: keys repeat quicker than that.
            let Some(named) = self.room.focus.try_get_untracked() else { return };
            if !element.value().is_empty() {
                fit(&element);
            }
            // On touch the focus would call up the keyboard; at a permalink one came to read.
            let idle = document().active_element().is_none_or(|active| matches!(active.tag_name().as_str(), "BODY" | "A"));
            if (idle || self.room.is_beside) && !is_touch() && named.is_none() {
                focus(&element);
            }
        });
    }

    fn typed(self) {
        let Some(element) = self.element.get_untracked() else { return };
        let text = element.value();
        self.fault.set(None);
        self.count.set(text.chars().count());
        fit(&element);
        // An edit is no draft, and no news.
        if self.room.editing.with_untracked(Option::is_some) {
            return;
        }
        self.keep(&text);
        if !text.trim().is_empty() {
            self.room.socket.typing(self.room.id);
        }
    }

    /// Another message is edited here, or none any more.
    fn change(self, was_editing: bool, editing: Option<&Editing>) {
        let Some(element) = self.element.get_untracked() else { return };
        let text = match editing {
            Some(editing) => {
                if !was_editing {
                    self.draft.set_value(element.value());
                }
                editing.text.clone()
            }
            None if was_editing => self.draft.try_update_value(std::mem::take).unwrap_or_default(),
            None => return,
        };
        element.set_value(&text);
        self.fault.set(None);
        self.count.set(text.chars().count());
        fit(&element);
        focus(&element);
    }

    fn is_empty(self) -> bool {
        let is_editing = self.room.editing.with_untracked(Option::is_some);
        !is_editing && self.element.get_untracked().is_some_and(|element| element.value().is_empty())
    }

    fn send(self) {
        let Some(element) = self.element.get_untracked() else { return };
        let body = Body::parse(&element.value());
        match (body, self.room.editing.get_untracked()) {
            (Ok(body), Some(editing)) => {
                edit::save(self.room, &editing, body);
                self.room.editing.set(None);
            }
            (Err(error), Some(_)) if error.problem == Problem::Empty => {
                self.fault.set(Some("A message says something. To take it back, delete it.".to_owned()));
            }
            (Ok(body), None) if !answer::may_call(self.room, body.as_str()) => {}
            (Ok(body), None) => {
                let quote = self.room.answering.try_update(Option::take).flatten();
                self.room.socket.send(self.room.id, body, self.answers(quote.as_deref()), quote);
                element.set_value("");
                self.typed();
                self.room.scroller.to_end();
            }
            (Err(error), None) if error.problem == Problem::Empty => {}
            (Err(error), _) => self.fault.set(Some(error.to_string())),
        }
        focus(&element);
    }

    /// Where a message is to stand that answers this.
    fn answers(self, quote: Option<&Quote>) -> Answers {
        let in_room = document().query_selector(".composer-also :checked").is_ok_and(|checked| checked.is_some());
        let thread_of = self.room.thread;
        Answers { reply_to: quote.map(|quote| quote.seq), thread_of, only_in_thread: thread_of.is_some() && !in_room }
    }

    fn keep(self, text: &str) {
        self.room.page.viewer.with_value(|reader| {
            if let Some(reader) = reader {
                storage::keep_draft(reader.id, self.room.id, self.room.thread, text);
            }
        });
    }
}

/// Makes the box as high as its text, where the style sheet's `field-sizing` does not (its `max-block-size` is the cap).
fn fit(element: &HtmlTextAreaElement) {
    let style = HtmlElement::style(element);
    // Each of these fails only for names that are no property.
    let _ = style.set_property("height", "auto");
    let borders = element.offset_height() - element.client_height();
    let height = [&(element.scroll_height() + borders).to_string(), "px"].concat();
    let _ = style.set_property("height", &height);
}

fn focus(element: &HtmlTextAreaElement) {
    // Fails for nothing that is an element of this page.
    let _ = element.focus();
}
