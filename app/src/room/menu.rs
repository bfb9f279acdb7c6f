//! What may be done with a message: a toolbar in the row that is pointed at or has the focus, a menu with the rest, and keys.
//!
//! There is one of each for all rows. The toolbar moves into the row that it is for; where the menu stands, how one goes through it and that a
//! long press opens it is done by `menu.js`. What there is to do stands in [`ENTRIES`], once.

use leptos::prelude::*;
use web_sys::Element;

use super::{
    about::About,
    answer,
    context::RoomContext,
    edit, keep, reactions, reading,
    target::{Menu, Target, target},
    thread,
};
use crate::{
    components::{Glyph, Icon, Part, dynamic},
    state::Deed,
};

/// The ids of the menus of a room and of a thread beside it.
const MENUS: [&str; 2] = ["message-menu", "thread-menu"];

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
    Entry {
        label: "React…",
        key: "+",
        icon: None,
        danger: false,
        offered: About::can_respond,
        act: |room, _| reactions::pick(room.menu.toolbar),
    },
    Entry { label: "Reply", key: "r", icon: Some(Icon::Reply), danger: false, offered: About::can_respond, act: answer::begin },
    Entry {
        label: "Reply in thread",
        key: "t",
        icon: None,
        danger: false,
        offered: |about| about.can_respond() && !about.in_thread,
        act: thread::open,
    },
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
        label: "Mark unread from here",
        key: "u",
        icon: None,
        danger: false,
        offered: |about| about.reads && about.place().is_some(),
        act: reading::mark_unread,
    },
    Entry {
        label: "Who reacted",
        key: "",
        icon: None,
        danger: false,
        offered: |about| !about.message.reactions.is_empty() && about.keeps,
        act: |room, about| room.open(about, "/reactions"),
    },
    Entry {
        label: "Bookmark",
        key: "",
        icon: None,
        danger: false,
        offered: |about| about.keeps && !about.kept && about.place().is_some(),
        act: |room, about| keep::bookmark(room, about, true),
    },
    Entry {
        label: "Remove bookmark",
        key: "",
        icon: None,
        danger: false,
        offered: |about| about.kept,
        act: |room, about| keep::bookmark(room, about, false),
    },
    Entry {
        label: "Pin",
        key: "",
        icon: None,
        danger: false,
        offered: |about| about.pins && !about.message.pinned && about.place().is_some(),
        act: |room, about| keep::pin(room, about, true),
    },
    Entry {
        label: "Unpin",
        key: "",
        icon: None,
        danger: false,
        offered: |about| about.pins && about.message.pinned,
        act: |room, about| keep::pin(room, about, false),
    },
    Entry {
        label: "Copy link",
        key: "",
        icon: None,
        danger: false,
        offered: |about| about.place().is_some(),
        act: keep::copy_link,
    },
    Entry { label: "Copy text", key: "", icon: None, danger: false, offered: |_| true, act: keep::copy_text },
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

impl RoomContext {
    /// Goes to a page about a message.
    pub(super) fn open(self, about: &About, what: &str) {
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
        Some(button(room, about, entry, "", view! { <Glyph icon /> }.part()))
    });
    let items = ENTRIES.iter().map(|entry| {
        let key = (entry.key.len() == 1).then(|| view! { <kbd>{entry.key.to_ascii_uppercase()}</kbd> });
        let inside = view! {
            <span>{entry.label}</span>
            {key.part()}
        };
        button(room, about, entry, "menuitem", inside.part())
    });
    let nothing = dynamic(move || about.with(Option::is_none));
    let id = MENUS[usize::from(room.is_beside)];
    view! {
        <div hidden>
            <div class="message-tools" role="toolbar" aria-label="Message" aria-live="off" node_ref=toolbar hidden=nothing>
                {reactions::quick(about)}
                {tools.collect_view()}
                <button
                    type="button"
                    popovertarget=id
                    aria-haspopup="menu"
                    aria-label="More about this message"
                    title="More"
                >
                    <Glyph icon=Icon::More />
                </button>
            </div>
        </div>
        <div class="message-menu" id=id popover="auto" role="menu" aria-label="Message" node_ref=menu>
            {items.collect_view()}
        </div>
    }
}

/// An entry: by its picture in the toolbar, by its name in the menu.
fn button(room: RoomContext, about: Memo<Option<About>>, entry: &'static Entry, role: &'static str, inside: AnyView) -> AnyView {
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
    .part()
}
