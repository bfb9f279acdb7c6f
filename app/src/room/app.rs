use leptos::prelude::*;

use super::{
    address::Address,
    beside::ThreadBeside,
    data::PageData,
    screen::{Screen, Visited},
    view,
    zone::Zone,
};
use crate::{
    components::{Layout, PageContext, Theme, list},
    socket::Socket,
};

/// The living page.
#[derive(Clone, Copy)]
pub(crate) struct App {
    pub(super) page: PageContext,
    pub(super) socket: Socket,
    /// What the browser's address bar names.
    pub(super) address: StoredValue<Address>,
    /// What stands in the main part. Numbered, so that each screen is known from the one before.
    pub(super) screen: RwSignal<(u32, Screen)>,
    pub(super) beside: ThreadBeside,
}

impl App {
    /// Begins in the room that came with the page.
    pub(crate) fn new(data: PageData, address: Address, here: String, theme: Theme) -> Self {
        let page = PageContext::new(data.viewer, data.unread, data.rooms, here, theme, data.house);
        let page = page.administers(data.administers).arranged(data.arrangement).with_news(data.news);
        let socket = Socket::new(page);
        let visited = Visited {
            notice: data.notice,
            refused: data.refused,
            answering: data.answering,
            ..Visited::new(socket, address.clone(), data.page, data.form_id, Zone::Fixed(data.zone))
        };
        let screen = RwSignal::new((0, Screen::Room(Box::new(visited))));
        Self { page, socket, address: StoredValue::new(address), screen, beside: ThreadBeside::new(page, socket) }
    }

    pub(crate) fn view(self) -> AnyView {
        let Self { page, socket, address, screen, beside } = self;
        // Each screen has a view of its own: nothing of one room is left in the next.
        let screens = list(
            move || vec![screen.get()],
            |(number, _)| (0, u128::from(*number)),
            move |(_, screen)| match screen {
                Screen::Room(visited) => view::room(page, socket, (address, beside, false), *visited),
                Screen::Loading(name) => view::loading(name),
                Screen::Failed(error) => view::failed(&error),
            },
        );
        view! { <Layout page>{screens} {beside.view()}</Layout> }.into_any()
    }
}
