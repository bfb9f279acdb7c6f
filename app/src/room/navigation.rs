//! From room to room without loading a page: the socket stays.

use leptos::{
    ev::{self, MouseEvent},
    prelude::*,
    task::spawn_local,
};
use protocol::{ClientId, Error, ErrorCode, RoomPage};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement};

use super::{
    address::{Address, MISSING, Place},
    app::App,
    click::is_plain,
    screen::{Screen, Visited},
    zone::Zone,
};
use crate::{fetch, state::RoomState};

/// Where the page is.
#[derive(Clone, Copy)]
pub(super) struct Navigation {
    app: App,
}

impl Navigation {
    /// Follows links to rooms, and the browser's buttons for back and forth.
    pub(super) fn start(app: App) {
        let navigation = Self { app };
        // The handles would only be needed to stop.
        let _ = window_event_listener(ev::click, move |event| navigation.click(&event));
        let _ = window_event_listener(ev::popstate, move |_| match here() {
            Some(address) => navigation.go(address),
            None => reload(),
        });
    }

    fn click(self, event: &MouseEvent) {
        let Some((to, address)) = room_link(event) else { return };
        if self.is_at(&address) {
            // A place in this page is for the browser to go to.
            if !to.contains('#') {
                event.prevent_default();
            }
            return;
        }
        event.prevent_default();
        if self.opens_beside(&address) && self.app.beside.open(address.clone()) {
            return;
        }
        let pushed = window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&to)));
        match pushed {
            Ok(()) => self.go(address),
            // Browsers refuse it to a page that does it very often.
            Err(_) => _ = location().set_href(&to),
        }
    }

    /// Whether it is a thread of the room that stands there.
    fn opens_beside(self, address: &Address) -> bool {
        let is_of = |now: &Address| now.slug == address.slug && now.thread.is_none();
        address.thread.is_some() && self.app.address.with_value(is_of)
    }

    /// Shows what the address names: at once if it is kept up to date already.
    fn go(self, address: Address) {
        if self.is_at(&address) {
            return;
        }
        self.app.address.set_value(address.clone());
        self.app.beside.leave(&address.slug);
        self.app.page.here.set(path_and_query());
        let known = self.app.socket.known(&address.slug, address.thread);
        let begins = |state: &RoomState| {
            let new = self.app.page.news.with_untracked(|news| news.of(state.room.id)).filter(|room| room.unread > 0);
            address.place != Place::End
                || address.thread.is_some()
                || !state.has_older()
                || new.is_none_or(|room| state.first_seq() <= Some(room.last_read.next()))
        };
        let shows = |state: &RoomState| address.place.is_shown_by(state) && begins(state);
        if let Some(room) = known.filter(|room| room.with_untracked(shows)) {
            let (form_id, zone) = (ClientId::generate(), Zone::Browser);
            self.show(Screen::Room(Box::new(Visited {
                address,
                room,
                form_id,
                zone,
                notice: None,
                refused: None,
                answering: None,
            })));
            return;
        }
        self.show(Screen::Loading(self.name(&address.slug)));
        spawn_local(async move {
            let read = fetch::room_page(&address.slug, address.thread, address.place.window()).await;
            // Meanwhile the reader may have gone on.
            if self.is_at(&address) {
                self.arrive(address, read);
            }
        });
    }

    fn arrive(self, address: Address, read: Result<RoomPage, Error>) {
        match read {
            // It may stand in a thread alone: the server knows in which.
            Ok(page) if address.place.is_missing_in(&page) && address.thread.is_none() => reload(),
            Ok(page) => {
                let notice = address.place.is_missing_in(&page).then(|| MISSING.to_owned());
                let visited = Visited::new(self.app.socket, address, page, ClientId::generate(), Zone::Browser);
                self.show(Screen::Room(Box::new(Visited { notice, ..visited })));
            }
            // The server has a page for that.
            Err(Error { code: ErrorCode::NotFound, .. }) => reload(),
            Err(error) => self.show(Screen::Failed(error)),
        }
    }

    fn is_at(self, address: &Address) -> bool {
        self.app.address.with_value(|now| now == address)
    }

    /// What a room is called that may be in the list.
    fn name(self, slug: &str) -> String {
        let rooms = self.app.page.rooms;
        rooms
            .with_untracked(|rooms| rooms.iter().find(|listed| listed.slug == slug).map(|listed| listed.name.clone()))
            .unwrap_or_default()
    }

    fn show(self, screen: Screen) {
        self.app.screen.update(|(number, shown)| (*number, *shown) = (number.wrapping_add(1), screen));
    }
}

/// The address of a room that a click leads to, as the browser has it and as it is read.
fn room_link(event: &MouseEvent) -> Option<(String, Address)> {
    if !is_plain(event) {
        return None;
    }
    // With what the composer is to answer the server makes the page.
    let link = event
        .target()?
        .dyn_into::<Element>()
        .ok()?
        .closest("a[href]:not([target], [download], [rel=external], [href*='?reply='])")
        .ok()??;
    let href = link.dyn_into::<HtmlAnchorElement>().ok()?.href();
    let to = href.strip_prefix(&location().origin().ok()?)?;
    let (address, _) = to.split_once('#').unwrap_or((to, ""));
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    Some((to.to_owned(), Address::parse(path, query)?))
}

/// The room that the browser's address bar names.
pub(super) fn here() -> Option<Address> {
    let location = location();
    let query = location.search().ok()?;
    Address::parse(&location.pathname().ok()?, query.strip_prefix('?').unwrap_or_default())
}

/// What the browser's address bar shows, from the path on.
pub(super) fn path_and_query() -> String {
    let location = location();
    [location.pathname(), location.search()].into_iter().filter_map(Result::ok).collect()
}

fn reload() {
    // Fails for no page of this site.
    let _ = location().reload();
}
