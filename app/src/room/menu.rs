//! What may be done with a message: a toolbar in the row that is pointed at or has the focus, a menu with the rest, and keys.
//!
//! There is one of each for all rows. The toolbar moves into the row that it is for; where the menu stands, how one goes through it and that a
//! long press opens it is done by `menu.js`. What there is to do stands in [`ENTRIES`], once.

use std::sync::Arc;

use leptos::{html, prelude::*};
use protocol::{ClientId, Message, Rights, Seq};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use super::{context::RoomContext, edit};
use crate::{
    components::{Glyph, Icon, dynamic},
    state::Deed,
};

/// The id of the menu.
const MENU: &str = "message-menu";

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The one at this place of the room.
    Stored(Seq),
    /// One of the reader's that is on its way.
    Unsent(ClientId),
}

impl Target {
    /// The message of a row.
    pub(super) fn of(message: &Message) -> Self {
        if message.seq > Seq::ZERO { Self::Stored(message.seq) } else { Self::Unsent(message.client_id) }
    }
}

/// What is known of the message that something may be done with.
#[derive(Clone, PartialEq)]
pub(super) struct About {
    pub(super) target: Target,
    pub(super) message: Arc<Message>,
    /// Written by the reader.
    pub(super) own: bool,
    /// Whether the reader may write here.
    pub(super) writes: bool,
    /// Whether they keep order here.
    pub(super) moderates: bool,
    /// For how many minutes messages can be edited here.
    edit_minutes: Option<u32>,
}

/// Something that may be done.
struct Entry {
    label: &'static str,
    /// On the focused row, as `KeyboardEvent.key` names it; nothing where there is none.
    key: &'static str,
    /// What it looks like in the toolbar; what has none stands in the menu only.
    icon: Option<Icon>,
    /// Whether it cannot be taken back easily.
    danger: bool,
    offered: fn(&About) -> bool,
    act: fn(RoomContext, &About),
}

/// All there is, in the order in which it is shown.
const ENTRIES: &[Entry] = &[
    Entry { label: "Edit", key: "e", icon: Some(Icon::Pencil), danger: false, offered: About::can_edit, act: edit::begin },
    Entry {
        label: "Earlier texts",
        key: "",
        icon: None,
        danger: false,
        offered: |about| about.message.revision > 0 && (about.own || about.moderates) && about.place().is_some(),
        act: |room, about| room.open(about, "/history"),
    },
    Entry {
        label: "Report…",
        key: "",
        icon: None,
        danger: false,
        offered: |about| !about.own && about.writes,
        act: |room, about| room.open(about, "/report"),
    },
    Entry { label: "Delete", key: "Delete", icon: None, danger: true, offered: About::can_delete, act: delete },
    Entry {
        label: "Delete…",
        key: "Delete",
        icon: None,
        danger: true,
        offered: |about| about.moderates && !about.own,
        act: |room, about| room.open(about, "/delete"),
    },
];

/// The handle of the toolbar and the menu.
#[derive(Clone, Copy)]
pub(super) struct Menu {
    target: RwSignal<Option<Target>>,
    toolbar: NodeRef<html::Div>,
    menu: NodeRef<html::Div>,
}

impl Menu {
    pub(super) fn new() -> Self {
        Self { target: RwSignal::new(None), toolbar: NodeRef::new(), menu: NodeRef::new() }
    }

    /// Something is pointed at or has the focus now: the toolbar goes to its row.
    pub(super) fn point(self, at: Option<EventTarget>) {
        let row = at.and_then(|at| at.dyn_into::<Element>().ok()?.closest(".message").ok().flatten());
        let (Some(row), Some(toolbar), Some(menu)) = (row, self.toolbar.get_untracked(), self.menu.get_untracked()) else {
            return;
        };
        let Some(target) = target(&row) else { return };
        let is_there = row.contains(Some(&toolbar));
        let is_open = menu.matches(":popover-open").unwrap_or_default();
        // Who goes through it by keys keeps it.
        let is_used = !is_there && toolbar.query_selector(":focus-visible").is_ok_and(|focused| focused.is_some());
        if is_open || is_used {
            return;
        }
        if !is_there && row.append_child(&toolbar).is_err() {
            return;
        }
        self.target.maybe_update(|before| before.replace(target) != Some(target));
    }
}

/// Which message a row is of.
fn target(row: &Element) -> Option<Target> {
    let place = row.id().strip_prefix('m').and_then(|seq| seq.parse().ok()).map(Target::Stored);
    place.or_else(|| row.get_attribute("data-unsent")?.parse().ok().map(Target::Unsent))
}

impl About {
    /// What is known of a message, if it is there and says something.
    pub(super) fn of(room: RoomContext, target: Target) -> Option<Self> {
        let reader = room.page.viewer.with_value(|reader| reader.as_ref().map(|reader| reader.id));
        let (stored, rights) = room.state.with(|state| {
            let stored = match target {
                Target::Stored(seq) => state.messages().iter().find(|message| message.seq == seq).cloned(),
                Target::Unsent(_) => None,
            };
            (stored, state.rights)
        });
        let message = stored.or_else(|| edit::on_its_way(room, target)).filter(|message| !message.deleted)?;
        let own = reader == Some(message.author.id);
        let Rights { write: writes, moderate: moderates, edit_minutes, .. } = rights;
        Some(Self { target, message, own, writes, moderates, edit_minutes })
    }

    /// Its place in the room, if it has one.
    pub(super) fn place(&self) -> Option<Seq> {
        match self.target {
            Target::Stored(seq) => Some(seq),
            Target::Unsent(_) => None,
        }
    }

    pub(super) fn can_edit(&self) -> bool {
        let age = js_sys::Date::now() - self.message.at as f64;
        self.own && self.writes && self.edit_minutes.is_none_or(|minutes| age <= f64::from(minutes) * 60_000.0)
    }

    fn can_delete(&self) -> bool {
        self.own
    }
}

impl RoomContext {
    /// Goes to a page about a message.
    fn open(self, about: &About, what: &str) {
        let Some(seq) = about.place() else { return };
        let address = self.slug.with_value(|slug| ["/r/", slug, "/m/", &seq.to_string(), what].concat());
        // Fails only for addresses that are none.
        let _ = location().set_href(&address);
    }
}

/// A key was pressed on a row. `true` if it means something there.
pub(super) fn press(room: RoomContext, row: &Element, key: &str) -> bool {
    let known = ENTRIES.iter().filter(|entry| !entry.key.is_empty() && entry.key.eq_ignore_ascii_case(key));
    let about = untrack(|| About::of(room, target(row)?));
    let Some(about) = about else { return false };
    let entry = known.into_iter().find(|entry| (entry.offered)(&about));
    if let Some(entry) = entry {
        (entry.act)(room, &about);
    }
    entry.is_some()
}

/// Deletes it. For some seconds that can be undone, in its row.
fn delete(room: RoomContext, about: &About) {
    match about.target {
        Target::Stored(seq) => {
            let pending = room
                .socket
                .with_outbox_untracked(|outbox| outbox.of_room(room.id).any(|pending| pending.deed == Deed::Delete { seq }));
            if !pending {
                room.socket.delete(room.id, seq);
            }
        }
        Target::Unsent(client_id) => room.socket.take_back(client_id),
    }
}

/// The toolbar and the menu. They stand behind the list until a row is pointed at.
pub(super) fn menu(room: RoomContext) -> impl IntoView {
    let Menu { target, toolbar, menu } = room.menu;
    let about = Memo::new(move |_| target.get().and_then(|target| About::of(room, target)));
    let tools = ENTRIES.iter().filter_map(|entry| {
        let icon = entry.icon?;
        Some(button(room, about, entry, "", view! { <Glyph icon /> }.into_any()))
    });
    let items = ENTRIES.iter().map(|entry| {
        let key = (entry.key.len() == 1).then(|| view! { <kbd>{entry.key.to_uppercase()}</kbd> });
        let inside = view! {
            <span>{entry.label}</span>
            {key}
        };
        button(room, about, entry, "menuitem", inside.into_any())
    });
    let nothing = dynamic(move || about.with(Option::is_none));
    view! {
        <div hidden>
            <div class="message-tools" role="toolbar" aria-label="Message" aria-live="off" node_ref=toolbar hidden=nothing>
                {tools.collect_view()}
                <button
                    type="button"
                    popovertarget=MENU
                    aria-haspopup="menu"
                    aria-label="More about this message"
                    title="More"
                >
                    <Glyph icon=Icon::More />
                </button>
            </div>
        </div>
        <div class="message-menu" id=MENU popover="auto" role="menu" aria-label="Message" node_ref=menu>
            {items.collect_view()}
        </div>
    }
}

/// An entry: by its picture in the toolbar, by its name in the menu.
fn button(
    room: RoomContext,
    about: Memo<Option<About>>,
    entry: &'static Entry,
    role: &'static str,
    inside: AnyView,
) -> impl IntoView + use<> {
    let is_item = !role.is_empty();
    let hidden = dynamic(move || !about.with(|about| about.as_ref().is_some_and(entry.offered)));
    let label = (!is_item).then_some(entry.label);
    let act = move |_| {
        if let Some(about) = about.get_untracked() {
            if let Some(menu) = room.menu.menu.get_untracked().filter(|_| is_item) {
                // Fails only where it is closed already.
                let _ = menu.hide_popover();
            }
            (entry.act)(room, &about);
        }
    };
    view! {
        <button
            type="button"
            class=entry.danger.then_some("danger")
            role=is_item.then_some(role)
            tabindex=is_item.then_some("-1")
            aria-label=label
            title=label
            hidden=hidden
            on:click=act
        >
            {inside}
        </button>
    }
}
