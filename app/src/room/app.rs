use leptos::prelude::*;

use super::{
    address::Address,
    data::PageData,
    screen::{Screen, Visited},
    view,
    zone::Zone,
};
use crate::{
    components::{Layout, PageContext, Theme},
    socket::Socket,
};

/// The living page.
#[derive(Clone, Copy)]
pub(crate) struct App {
    pub(super) page: PageContext,
    pub(super) socket: Socket,
    /// What stands in the main part. Numbered, so that each screen is known from the one before.
    pub(super) screen: RwSignal<(u32, Screen)>,
}

impl App {
    /// Begins in the room that came with the page.
    pub(crate) fn new(data: PageData, address: Address, here: String, theme: Theme) -> Self {
        let page = PageContext::new(data.viewer, data.rooms, here, theme);
        let socket = Socket::new(page.viewer, page.rooms);
        let visited = Visited::new(socket, address, data.page, data.form_id, Zone::Fixed(data.zone));
        Self { page, socket, screen: RwSignal::new((0, Screen::Room(visited))) }
    }

    pub(crate) fn view(self) -> AnyView {
        let Self { page, socket, screen } = self;
        view! {
            <Layout page>
                // Each screen has a view of its own: nothing of one room is left in the next.
                <For
                    each=move || [screen.get()]
                    key=|(number, _)| *number
                    children=move |(_, screen)| match screen {
                        Screen::Room(visited) => view::room(page, socket, visited),
                        #[cfg(feature = "hydrate")]
                        Screen::Loading => view::loading(),
                        #[cfg(feature = "hydrate")]
                        Screen::Failed(error) => view::failed(&error),
                    }
                />
            </Layout>
        }
        .into_any()
    }
}
