//! A thread beside its room, where the window is wide enough for both. Elsewhere a thread is a page.

use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use protocol::ClientId;

use super::{
    address::Address,
    screen::{Screen, Visited},
    textarea::{self, COMPOSER},
    zone::Zone,
};
use crate::{
    fetch,
    socket::{SharedRoom, Socket},
};

/// From so wide on there is room for both.
const WIDE: &str = "(width >= 1100px)";

/// What stands beside the room.
#[derive(Clone, Copy)]
pub(super) struct ThreadBeside {
    socket: Socket,
    /// The thread that was asked for.
    asked: StoredValue<Option<Address>>,
    /// The room that it stands beside.
    room: StoredValue<Option<SharedRoom>>,
    /// Numbered, so that each screen is known from the one before.
    pub(super) screen: RwSignal<(u32, Option<Screen>)>,
}

impl ThreadBeside {
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket, asked: StoredValue::new(None), room: StoredValue::new(None), screen: RwSignal::new((0, None)) }
    }

    /// Opens a thread. `false` where there is no room for it.
    pub(super) fn open(self, address: Address) -> bool {
        if !window().match_media(WIDE).ok().flatten().is_some_and(|query| query.matches()) {
            return false;
        }
        self.asked.set_value(Some(address.clone()));
        self.show(Some(Screen::Loading(String::new())));
        spawn_local(async move {
            let read = fetch::room_page(&address.slug, address.thread, address.place.window()).await;
            // Meanwhile the reader may have closed it, or asked for another one.
            if self.asked.with_value(|asked| asked.as_ref() == Some(&address)) {
                self.show(Some(match read {
                    Ok(page) => {
                        Screen::Room(Box::new(Visited::new(self.socket, address, page, ClientId::generate(), Zone::Browser)))
                    }
                    Err(error) => Screen::Failed(error),
                }));
            }
        });
        true
    }

    /// This is the room that it stands beside.
    pub(super) fn stands_beside(self, room: &SharedRoom) {
        self.room.set_value(Some(room.clone()));
    }

    /// However many threads are opened, the room is kept up to date.
    pub(super) fn visit_room(self) {
        if let Some(room) = self.room.get_value() {
            self.socket.visit(&room);
        }
    }

    /// Closes it, unless it is of this room.
    #[cfg(feature = "hydrate")]
    pub(super) fn leave(self, slug: &str) {
        if self.asked.with_value(|asked| asked.as_ref().is_some_and(|asked| asked.slug != slug)) {
            self.close();
        }
    }

    /// Closes it; one goes on in the room.
    pub(super) fn close(self) {
        self.asked.set_value(None);
        self.show(None);
        textarea::focus(COMPOSER);
    }

    fn show(self, screen: Option<Screen>) {
        self.screen.update(|(number, shown)| (*number, *shown) = (number.wrapping_add(1), screen));
    }

    /// What closes it: without a script, the way to the room.
    pub(super) fn closer(self, room: String) -> AnyView {
        let close = move |event: MouseEvent| {
            event.prevent_default();
            // The room is there already.
            event.stop_propagation();
            self.close();
        };
        view! {
            <a class="thread-close" href=room aria-label="Close the thread" title="Close (Esc)" on:click=close>
                "×"
            </a>
        }
        .into_any()
    }
}
