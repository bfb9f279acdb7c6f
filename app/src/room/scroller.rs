//! Where the reader stands in a timeline, and what that brings: following the newest message, keeping one's place, loading more.
//!
//! The box is a reversed column: its `scrollTop` is zero at the end and negative above it. So it stands at the end before any
//! script runs, and what comes in on top moves nothing.

use leptos::{
    html,
    prelude::*,
    task::{spawn_local, tick},
};
use protocol::{RoomId, Seq, Window};
use web_sys::{Element, HtmlDivElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::{
    components::{Glyph, Icon},
    fetch,
    socket::Socket,
    state::RoomState,
};

/// Closer to the end than this, the view follows.
const FOLLOW_PX: i32 = 100;
/// Closer to an edge than this, more is loaded.
const LOAD_PX: i32 = 400;
/// After a failure nothing is loaded by itself for so long.
const REST_MS: f64 = 5_000.0;

/// One end of the loaded stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Older,
    Newer,
}

/// The handle of the box with the messages.
#[derive(Clone, Copy)]
pub(super) struct Scroller {
    socket: Socket,
    room: RwSignal<RoomState>,
    id: RoomId,
    element: NodeRef<html::Div>,
    at_end: RwSignal<bool>,
    /// The last place of the room that the reader has had before their eyes.
    seen: RwSignal<Seq>,
    loading: RwSignal<Option<Edge>>,
    rest_until: StoredValue<f64>,
}

/// A message, and how far from the top of the window it ends. Its end and not its beginning, since its head goes when a message of
/// the same author comes in above it.
struct Anchor(Element, f64);

impl Scroller {
    pub(super) fn new(socket: Socket, room: RwSignal<RoomState>, id: RoomId) -> Self {
        Self {
            socket,
            room,
            id,
            element: NodeRef::new(),
            at_end: RwSignal::new(true),
            seen: RwSignal::new(room.with_untracked(RoomState::head)),
            loading: RwSignal::new(None),
            rest_until: StoredValue::new(0.0),
        }
    }

    pub(super) fn element(self) -> NodeRef<html::Div> {
        self.element
    }

    /// What is being loaded.
    pub(super) fn loading(self) -> Option<Edge> {
        self.loading.get()
    }

    /// Once the page stands: brings the named message into view, and sees where that is.
    pub(super) fn begin(self, focus: Option<Seq>) {
        Effect::new(move || {
            request_animation_frame(move || {
                let Some(scroller) = self.box_element() else { return };
                if let Some(message) = focus.and_then(|seq| document().get_element_by_id(&["m", &seq.to_string()].concat())) {
                    show(&message, &scroller);
                }
                self.scrolled();
            });
        });
    }

    /// Sees where the reader stands before anything changes: they may have scrolled before the page came alive.
    pub(super) fn arrive(self) {
        if let Some(scroller) = self.box_element() {
            self.stand(distances(&scroller).1);
        }
    }

    /// The reader has scrolled.
    pub(super) fn scrolled(self) {
        let Some(scroller) = self.box_element() else { return };
        let (above, below) = distances(&scroller);
        self.stand(below);
        if js_sys::Date::now() >= self.rest_until.try_get_value().unwrap_or_default() {
            if above <= LOAD_PX {
                self.load(Edge::Older);
            }
            if below <= LOAD_PX {
                self.load(Edge::Newer);
            }
        }
    }

    /// Loads more at one end, if there is more.
    pub(super) fn load(self, edge: Edge) {
        let wanted = self.room.try_with_untracked(|state| match edge {
            Edge::Older => state.first_seq().filter(|_| state.has_older()).map(|seq| (seq, Window::Before(seq))),
            Edge::Newer => state.last_seq().filter(|_| state.has_newer()).map(|seq| (seq, Window::After(seq))),
        });
        let Some((seq, window)) = wanted.flatten() else { return };
        if self.loading.get_untracked().is_some() {
            return;
        }
        self.loading.set(Some(edge));
        spawn_local(async move {
            // The page may be left meanwhile: then there is nothing to set any more.
            match fetch::room_page(&self.id.to_string(), window).await {
                Ok(page) => self.room.try_maybe_update(|state| match edge {
                    Edge::Older => (state.merge_older(seq, page), ()),
                    Edge::Newer => (state.merge_newer(seq, page), ()),
                }),
                Err(_) => self.rest_until.try_update_value(|until| *until = js_sys::Date::now() + REST_MS),
            };
            tick().await;
            self.loading.try_set(None);
            // A short page may not fill the window.
            self.scrolled();
        });
    }

    /// Goes to the newest message, and loads it if need be.
    pub(super) fn to_end(self) {
        self.follow(true);
        if !self.room.with_untracked(RoomState::has_newer) {
            self.jump();
            return;
        }
        spawn_local(async move {
            if let Ok(page) = fetch::newest(self.id).await {
                self.socket.replace(page);
            }
            tick().await;
            self.jump();
            self.scrolled();
        });
    }

    /// Makes a change of what is in the box, under which the reader keeps their place: the newest message, or what they read.
    /// Nothing in the box may change otherwise: what is measured here has to be from before the change.
    pub(super) fn keep_place(self, change: impl FnOnce()) {
        let following = self.at_end.get_untracked();
        if following {
            self.seen.set(self.room.with_untracked(RoomState::head));
        }
        let anchor = if following { None } else { self.box_element().and_then(|scroller| anchor(&scroller)) };
        change();
        spawn_local(async move {
            // The view has caught up after that.
            tick().await;
            match anchor {
                Some(Anchor(message, bottom)) => self.shift(message.get_bounding_client_rect().bottom() - bottom),
                None if following => self.jump(),
                None => {}
            }
        });
    }

    /// What is new while the reader stands further up.
    pub(super) fn pill(self) -> Option<impl IntoView> {
        if self.at_end.get() {
            return None;
        }
        let seen = self.seen.get();
        let (unseen, has_newer) = self.room.with(|state| (state.unseen_after(seen), state.has_newer()));
        let text = match unseen {
            0 if !has_newer => return None,
            0 => "Newest messages".to_owned(),
            1 => "1 new message".to_owned(),
            many => [&many.to_string(), " new messages"].concat(),
        };
        let go = move |_| {
            self.to_end();
            // The button goes, and the focus must not go with it.
            if let Some(scroller) = self.box_element() {
                let _ = scroller.focus();
            }
        };
        Some(view! {
            <button type="button" class="pill" on:click=go>
                {text}
                " "
                <Glyph icon=Icon::Down />
            </button>
        })
    }

    /// Sees what it means to be so far above the end of what is loaded.
    fn stand(self, below: i32) {
        let has_newer = self.room.try_with_untracked(RoomState::has_newer).unwrap_or_default();
        self.follow(below <= FOLLOW_PX && !has_newer);
    }

    fn follow(self, at_end: bool) {
        if self.at_end.try_get_untracked().is_none_or(|before| before == at_end) {
            return;
        }
        self.room.update_untracked(|state| state.set_reader_at_end(at_end));
        if at_end {
            self.seen.set(self.room.with_untracked(RoomState::head));
        }
        self.at_end.set(at_end);
    }

    fn jump(self) {
        if let Some(scroller) = self.box_element() {
            scroller.set_scroll_top(0);
        }
    }

    fn shift(self, by: f64) {
        if by != 0.0
            && let Some(scroller) = self.box_element()
        {
            scroller.scroll_by_with_x_and_y(0.0, by);
        }
    }

    fn box_element(self) -> Option<HtmlDivElement> {
        self.element.try_get_untracked().flatten()
    }
}

/// Pixels above and below the window.
fn distances(scroller: &Element) -> (i32, i32) {
    let below = -scroller.scroll_top();
    (scroller.scroll_height() - scroller.client_height() - below, below)
}

/// The first message that can be seen.
fn anchor(scroller: &Element) -> Option<Anchor> {
    let edge = scroller.get_bounding_client_rect().top();
    let mut row = scroller.query_selector(".message").ok().flatten();
    while let Some(element) = row {
        let bottom = element.get_bounding_client_rect().bottom();
        if bottom > edge && element.class_name().starts_with("message") {
            return Some(Anchor(element, bottom));
        }
        row = element.next_element_sibling();
    }
    None
}

/// Brings a message into view, unless it is there.
fn show(message: &Element, scroller: &Element) {
    let (place, window) = (message.get_bounding_client_rect(), scroller.get_bounding_client_rect());
    if place.top() < window.top() || place.bottom() > window.bottom() {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Center);
        message.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
