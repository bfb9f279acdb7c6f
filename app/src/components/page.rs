use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;
use protocol::{Arrangement, Room, RoomsUnread, User};

use super::{House, Theme};
use crate::{endpoints, fetch, state::Unread};

/// What every page has around its content.
#[derive(Clone, Copy)]
pub(crate) struct PageContext {
    /// The person at the screen. Signing in and out load a new document, so it never changes.
    pub(crate) viewer: StoredValue<Option<User>>,
    /// The rooms in the list: their own, for guests the public ones.
    pub(crate) rooms: RwSignal<Vec<Room>>,
    /// How they have that list arranged.
    pub(crate) arrangement: StoredValue<Arrangement>,
    /// How many alerts they have not read.
    pub(crate) unread: RwSignal<u64>,
    /// What is new in the rooms.
    pub(crate) news: RwSignal<Unread>,
    /// The page's address: its path and its query.
    pub(crate) here: RwSignal<String>,
    pub(crate) theme: Theme,
    /// The house that it is a page of.
    pub(crate) house: StoredValue<House>,
    /// Whether the administration is open to the person at the screen.
    pub(crate) administers: bool,
}

impl PageContext {
    pub(crate) fn new(viewer: Option<User>, unread: u64, rooms: Vec<Room>, here: String, theme: Theme, house: House) -> Self {
        let (viewer, unread, rooms) = (StoredValue::new(viewer), RwSignal::new(unread), RwSignal::new(rooms));
        let (here, house) = (RwSignal::new(here), StoredValue::new(house));
        let (arrangement, news) = (StoredValue::default(), RwSignal::default());
        Self { viewer, rooms, arrangement, unread, news, here, theme, house, administers: false }
    }

    /// The same, with the list of rooms arranged like this.
    pub(crate) fn arranged(self, arrangement: Arrangement) -> Self {
        self.arrangement.set_value(arrangement);
        self
    }

    /// The same, for somebody who may be an admin.
    pub(crate) fn administers(self, administers: bool) -> Self {
        Self { administers, ..self }
    }

    /// The same, with what is new.
    pub(crate) fn with_news(self, news: RoomsUnread) -> Self {
        let reader = self.viewer.with_value(|viewer| viewer.as_ref().map(|viewer| viewer.id));
        self.news.set(Unread::new(reader, news));
        self
    }

    pub(crate) fn is_signed_in(self) -> bool {
        self.viewer.with_value(Option::is_some)
    }

    /// Reads the list of rooms again. Where that does not work, the old one stays.
    pub(crate) fn refresh_rooms(self) {
        refresh(self.rooms);
    }
}

/// Reads a list of rooms again. Where that does not work, the old one stays.
pub(crate) fn refresh(rooms: RwSignal<Vec<Room>>) {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    static SHOWN: AtomicU32 = AtomicU32::new(0);
    let number = ASKED.fetch_add(1, Ordering::Relaxed) + 1;
    leptos::task::spawn_local(async move {
        let Ok(read) = fetch::post(endpoints::ROOMS, &[]).await else { return };
        // An answer may be overtaken by that to a later question, which has all that it has.
        if SHOWN.fetch_max(number, Ordering::Relaxed) < number {
            rooms.set(read);
        }
    });
}
