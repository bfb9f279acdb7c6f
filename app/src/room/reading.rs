//! What the reader has before their eyes is read: while the page can be seen and has the focus, up to the last message that stands in the window.

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
    task::spawn_local,
};
use protocol::{RoomUnread, Seq};
use web_sys::VisibilityState;

use super::{about::About, context::RoomContext, thread};
use crate::{endpoints, fetch};

/// Reads along as long as the room stands there.
pub(super) fn read_along(room: RoomContext) {
    let news = room.page.news;
    let unread = Memo::new(move |_| {
        news.with(|news| news.of(room.id)).filter(|news| room.thread.is_none() && news.unread + news.mentions > 0)
    });
    Effect::new(move |before: Option<bool>| {
        let (unread, _) = (unread.get(), room.state.with(|state| state.head()));
        // What came while one was elsewhere stands below a line.
        if let Some(unread) = unread.as_ref().filter(|_| before == Some(false) && !is_attentive()) {
            room.new_after.set(Some(unread.last_read));
        }
        // After it is painted.
        request_animation_frame(move || room.look());
        unread.is_some()
    });
    // In an effect, since the server has no window.
    Effect::new(move || {
        let looks = [
            window_event_listener_untyped("focus", move |_| room.look()),
            window_event_listener_untyped("visibilitychange", move |_| room.look()),
            window_event_listener(ev::keydown, move |event| room.escape(&event)),
        ];
        on_cleanup(move || looks.into_iter().for_each(|handle| handle.remove()));
    });
    if room.thread.is_none() {
        on_cleanup(move || _ = news.try_update(|news| news.release(room.id)));
    }
}

/// Whether the reader looks at this page.
fn is_attentive() -> bool {
    document().visibility_state() == VisibilityState::Visible && document().has_focus().unwrap_or_default()
}

impl RoomContext {
    /// Sees what the reader has before their eyes.
    pub(super) fn look(self) {
        let Some(seq) = is_attentive().then(|| self.scroller.seen_up_to()).flatten() else { return };
        match self.thread {
            Some(root) => thread::read(self, root, seq),
            None => self.socket.read(self.id, seq),
        }
    }

    /// The key that takes away what is said above the messages, and else reads a room, where it has nothing else to do.
    fn escape(self, event: &KeyboardEvent) {
        let is_free = !event.default_prevented() && document().query_selector(":popover-open").is_ok_and(|open| open.is_none());
        if event.key() != "Escape" || !is_free {
            return;
        }
        if self.close_notice() {
            event.prevent_default();
        } else if self.thread.is_none() {
            self.page.news.try_update(|news| news.release(self.id));
            self.socket.read(self.id, self.state.with_untracked(|state| state.head()));
            self.new_after.set(None);
        }
    }
}

/// From this message on it is unread again, until the reader leaves and comes back.
pub(super) fn mark_unread(room: RoomContext, about: &About) {
    let Some(seq) = about.place() else { return };
    room.socket.hold(room.id);
    room.new_after.set(Some(Seq(seq.0 - 1)));
    spawn_local(async move {
        let fields = [("room", &*room.id.to_string()), ("seq", &seq.to_string())];
        // The mark itself comes by the socket, as on all devices.
        if let Err(error) = fetch::post::<RoomUnread>(endpoints::MARK_UNREAD, &fields).await {
            room.notice.try_set(Some(error.message()));
        }
    });
}
