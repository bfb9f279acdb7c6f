//! Where the reader stands in a timeline, and what that brings: following the newest message, keeping one's place, loading more.
//!
//! The box is a reversed column: its `scrollTop` is zero at the end and negative above it. So it stands at the end before any
//! script runs, and what comes in on top moves nothing.

use leptos::{
    html,
    prelude::*,
    reactive::owner::LocalStorage,
    task::{spawn_local, tick},
};
use protocol::{RoomId, Seq, Window};
use web_sys::{Element, HtmlDivElement};

use super::place::{Anchor, Place, Watch, distances, last_seen, show};
use crate::{
    components::{Glyph, Icon, Part},
    fetch,
    socket::Socket,
    state::RoomState,
};

/// Closer to the end than this, the view follows.
const FOLLOW_PX: i32 = 100;
/// Closer to an edge than this, more is loaded.
const LOAD_PX: i32 = 400;
/// Closer to the end than this, the newest message is seen.
const SEEN_PX: i32 = 24;
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
    thread: Option<Seq>,
    element: NodeRef<html::Div>,
    at_end: RwSignal<bool>,
    /// Whether the reader has gone to the newest message by themselves.
    gone_on: RwSignal<bool>,
    /// The last place of the room that the reader has had before their eyes.
    seen: RwSignal<Seq>,
    loading: RwSignal<Option<Edge>>,
    /// Whether what comes in is not news: pages of the past, and what was missed, which is told in one line.
    quiet: RwSignal<bool>,
    rest_until: StoredValue<f64>,
    /// Whether the focus has just moved: what the browser scrolls for it is no wish for more.
    focusing: StoredValue<bool>,
    /// Where the reader stood when they were last heard of.
    place: StoredValue<Option<Place>, LocalStorage>,
    watch: StoredValue<Option<Watch>, LocalStorage>,
}

impl Scroller {
    pub(super) fn new(socket: Socket, room: RwSignal<RoomState>, (id, thread): (RoomId, Option<Seq>)) -> Self {
        Self {
            socket,
            room,
            id,
            thread,
            element: NodeRef::new(),
            at_end: RwSignal::new(true),
            gone_on: RwSignal::new(false),
            seen: RwSignal::new(room.with_untracked(RoomState::head)),
            loading: RwSignal::new(None),
            quiet: RwSignal::new(false),
            rest_until: StoredValue::new(0.0),
            focusing: StoredValue::new(false),
            place: StoredValue::new_local(None),
            watch: StoredValue::new_local(None),
        }
    }

    pub(super) fn element(self) -> NodeRef<html::Div> {
        self.element
    }

    /// What is being loaded.
    pub(super) fn loading(self) -> Option<Edge> {
        self.loading.get()
    }

    /// Whether screen readers are to pass over what comes in.
    pub(super) fn is_quiet(self) -> bool {
        self.quiet.get()
    }

    /// Whether the reader has gone to the newest message by themselves.
    pub(super) fn has_gone_on(self) -> bool {
        self.gone_on.get()
    }

    /// Once the page stands: brings the named message into the middle, and sees where that is.
    pub(super) fn begin(self, focus: Option<Seq>) {
        self.element.on_load(move |element| {
            self.watch.set_value(Watch::over(&element, move || self.hold()));
            request_animation_frame(move || {
                let message = match focus {
                    Some(seq) => {
                        let seq = seq.to_string();
                        element.query_selector(&[":is(#m", &seq, ",#t", &seq, ")"].concat()).ok().flatten()
                    }
                    // Who comes back goes on where they left.
                    None => element.query_selector(".new-line").ok().flatten(),
                };
                if let Some(message) = message {
                    show(&message, &element);
                }
                self.look();
            });
        });
        Effect::new(move || {
            let busy = self.loading.get().is_some() || self.room.with(RoomState::is_resuming);
            match (busy, self.quiet.get_untracked()) {
                (true, false) => self.quiet.set(true),
                (false, true) => after_paint(move || {
                    let busy = self.loading.try_get_untracked().flatten().is_some()
                        || self.room.try_with_untracked(RoomState::is_resuming).unwrap_or_default();
                    self.quiet.try_set(busy);
                }),
                _ => {}
            }
        });
    }

    /// Sees where the reader stands before anything changes: they may have scrolled before the page came alive.
    pub(super) fn arrive(self) {
        if let Some(scroller) = self.box_element() {
            self.stand(&scroller);
        }
    }

    /// The focus has moved within the box.
    pub(super) fn focused(self) {
        self.focusing.set_value(true);
        // The browser tells of having scrolled before it draws the next frame.
        request_animation_frame(move || _ = self.focusing.try_set_value(false));
    }

    /// The reader has scrolled.
    pub(super) fn scrolled(self) {
        let was_further_up = !self.at_end.get_untracked();
        self.look();
        if was_further_up && self.at_end.get_untracked() {
            self.gone_on.set(true);
        }
    }

    /// Sees where the reader stands, and loads what they will want next.
    fn look(self) {
        let Some(scroller) = self.box_element() else { return };
        self.stand(&scroller);
        let (above, below) = distances(&scroller);
        let rests = js_sys::Date::now() < self.rest_until.try_get_value().unwrap_or_default();
        if rests || self.focusing.try_get_value().unwrap_or_default() {
            return;
        }
        if above <= LOAD_PX {
            self.load(Edge::Older);
        }
        if below <= LOAD_PX {
            self.load(Edge::Newer);
        }
    }

    /// The last place up to which the reader has everything before their eyes, or has had it.
    pub(super) fn seen_up_to(self) -> Option<Seq> {
        let scroller = self.box_element()?;
        let (head, has_newer) = self.room.try_with_untracked(|state| (state.head(), state.has_newer()))?;
        if distances(&scroller).1 <= SEEN_PX && !has_newer {
            return Some(head);
        }
        last_seen(&scroller)
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
            match fetch::room_page(&self.id.to_string(), self.thread, window).await {
                Ok(page) => self.room.try_maybe_update(|state| match edge {
                    Edge::Older => (state.merge_older(seq, page), ()),
                    Edge::Newer => (state.merge_newer(seq, page), ()),
                }),
                Err(_) => self.rest_until.try_update_value(|until| *until = js_sys::Date::now() + REST_MS),
            };
            self.settle();
        });
    }

    /// What was loaded is in the document. Screen readers are told what is there when it is painted.
    fn settle(self) {
        after_paint(move || {
            self.loading.try_set(None);
            // A short page may not fill the window.
            self.look();
        });
    }

    /// Goes to the newest message, and loads it if need be.
    pub(super) fn to_end(self) {
        self.follow(true);
        self.gone_on.set(true);
        if !self.room.with_untracked(RoomState::has_newer) {
            self.jump();
            return;
        }
        self.loading.set(Some(Edge::Newer));
        spawn_local(async move {
            if let Ok(page) = fetch::newest(self.id, self.thread).await {
                self.socket.replace(page);
            }
            tick().await;
            self.jump();
            self.settle();
        });
    }

    /// Makes a change of what is in the box, under which the reader keeps their place: the newest message, or what they read.
    /// Nothing in the box may change otherwise: what is measured here has to be from before the change.
    pub(super) fn keep_place(self, change: impl FnOnce()) {
        let scroller = self.box_element();
        let following = self.at_end.get_untracked() && !scroller.as_ref().is_some_and(|scroller| self.has_left_end(scroller));
        if following {
            self.seen.set(self.room.with_untracked(RoomState::head));
        }
        let anchor = scroller.as_ref().filter(|_| !following).and_then(|scroller| Anchor::of(scroller));
        let focused =
            scroller.filter(|scroller| document().active_element().is_some_and(|active| scroller.contains(Some(&active))));
        change();
        spawn_local(async move {
            // The view has caught up after that.
            tick().await;
            match anchor {
                Some(anchor) => self.shift(anchor.moved()),
                None if following => {
                    self.jump();
                    self.hold();
                }
                None => {}
            }
            // What had the focus may be gone, and the focus must not go with it.
            if let Some(scroller) =
                focused.filter(|_| document().active_element().is_none_or(|active| active.tag_name() == "BODY"))
            {
                let _ = scroller.focus();
            }
        });
    }

    /// What is new while the reader stands further up.
    pub(super) fn pill(self) -> Option<AnyView> {
        if self.at_end.get() {
            return None;
        }
        let seen = self.seen.get();
        let (unseen, has_newer) = self.room.with(|state| (state.unseen_after(seen), state.has_newer()));
        let text = match unseen {
            0 if !has_newer => return None,
            0 => "Newest messages".to_owned(),
            many => new_messages(many),
        };
        let go = move |_| {
            self.to_end();
            // The button goes, and the focus must not go with it.
            if let Some(scroller) = self.box_element() {
                let _ = scroller.focus();
            }
        };
        let pill = view! {
            <button type="button" class="pill" on:click=go>
                {text}
                " "
                <Glyph icon=Icon::Down />
            </button>
        };
        Some(pill.part())
    }

    /// Sees where the reader stands.
    fn stand(self, scroller: &Element) {
        self.follow(self.is_at_end(scroller));
        self.hold();
    }

    /// Keeps in mind where the reader stands. If the box has another size than it had, because the composer has grown or the window
    /// shrunk, what one reads is brought back first: the browser tells of the scrolling before it tells of the size, and of several
    /// sizes in a row each comes with what was scrolled for the one before.
    fn hold(self) {
        // One that is not shown says nothing about that.
        let Some(scroller) = self.box_element().filter(|scroller| scroller.client_height() > 0) else { return };
        let at_end = self.is_at_end(&scroller);
        let moved = self.place.try_update_value(|place| match place {
            Some(place) if !at_end && place.is_stale(&scroller) => place.resized(&scroller),
            _ => {
                *place = Place::of(&scroller, at_end);
                0.0
            }
        });
        self.shift(moved.unwrap_or_default());
    }

    fn is_at_end(self, scroller: &Element) -> bool {
        let has_newer = self.room.try_with_untracked(RoomState::has_newer).unwrap_or_default();
        distances(scroller).1 <= FOLLOW_PX && !has_newer
    }

    /// Whether the reader has gone up from the end and the browser has not told of it yet.
    fn has_left_end(self, scroller: &Element) -> bool {
        let is_left = |place: &Option<Place>| place.as_ref().is_some_and(|place| place.is_left(scroller));
        distances(scroller).1 > FOLLOW_PX && self.place.try_with_value(is_left).unwrap_or_default()
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
        if let Some(scroller) = self.box_element().filter(|_| by != 0.0) {
            let before = scroller.scroll_top();
            scroller.scroll_by_with_x_and_y(0.0, by);
            let by = scroller.scroll_top() - before;
            self.place.try_update_value(|place| {
                if let Some(place) = place {
                    place.shifted(by);
                }
            });
        }
    }

    fn box_element(self) -> Option<HtmlDivElement> {
        self.element.try_get_untracked().flatten()
    }
}

/// `1 new message`
pub(super) fn new_messages(count: usize) -> String {
    if count == 1 { "1 new message".to_owned() } else { [&count.to_string(), " new messages"].concat() }
}

/// Does something when the browser has painted what is in the document now.
fn after_paint(then: impl FnOnce() + 'static) {
    request_animation_frame(move || request_animation_frame(then));
}
