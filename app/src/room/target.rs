//! Which message something is done with: the one that is pointed at, and the one that is being edited.

use leptos::{html, prelude::*};
use protocol::{ClientId, Message, Seq};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use super::place::seq_of;

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

/// The message that is being edited.
#[derive(Clone, PartialEq)]
pub(super) struct Editing {
    pub(super) target: Target,
    /// How often its text had been changed when this began.
    pub(super) revision: u32,
    /// The text that one begins with.
    pub(super) text: String,
}

/// The handle of the toolbar and the menu.
#[derive(Clone, Copy)]
pub(super) struct Menu {
    pub(super) target: RwSignal<Option<Target>>,
    pub(super) toolbar: NodeRef<html::Div>,
    pub(super) menu: NodeRef<html::Div>,
}

impl Menu {
    pub(super) fn new() -> Self {
        Self { target: RwSignal::new(None), toolbar: NodeRef::new(), menu: NodeRef::new() }
    }

    /// The menu's element.
    pub(super) fn element(self) -> Option<web_sys::HtmlDivElement> {
        self.menu.get_untracked()
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
pub(super) fn target(row: &Element) -> Option<Target> {
    seq_of(row).map(Target::Stored).or_else(|| row.get_attribute("data-unsent")?.parse().ok().map(Target::Unsent))
}
