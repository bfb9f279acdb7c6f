use leptos::{ev::KeyboardEvent, prelude::*};

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
        Self { page, socket, address: StoredValue::new(address), screen, beside: ThreadBeside::new(socket) }
    }

    pub(crate) fn view(self) -> AnyView {
        let Self { page, socket, address, screen, beside } = self;
        // Each screen has a view of its own: nothing of one room is left in the next.
        let screens = list(
            move || vec![screen.get()],
            |(number, _)| (0, u128::from(*number)),
            move |(_, screen)| show(screen, |visited| view::room(page, socket, (address, beside, false), visited)),
        );
        view! { <Layout page>{screens} {threads(page, socket, beside)}</Layout> }.into_any()
    }
}

fn show(screen: Screen, room: impl FnOnce(Visited) -> AnyView) -> AnyView {
    match screen {
        Screen::Room(visited) => room(*visited),
        Screen::Loading(name) => view::loading(name),
        Screen::Failed(error) => view::failed(&error),
    }
}

/// What stands beside the room.
fn threads(page: PageContext, socket: Socket, beside: ThreadBeside) -> AnyView {
    let screen = beside.screen;
    let screens = move || screen.with(|(number, shown)| shown.clone().map(|shown| (*number, shown)).into_iter().collect());
    let close = move |event: &KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && nothing_open() {
            event.prevent_default();
            beside.close();
        }
    };
    list(
        screens,
        |(number, _)| (0, u128::from(*number)),
        move |(_, screen)| {
            let inside = show(screen, |visited| {
                let here = StoredValue::new(visited.address.clone());
                view::room(page, socket, (here, beside, true), visited)
            });
            view! {
                <section class="beside" aria-label="Thread" on:keydown=move |event| close(&event)>
                    {inside}
                </section>
            }
            .into_any()
        },
    )
    .into_any()
}

/// Whether nothing else is open that the key is for.
fn nothing_open() -> bool {
    document().query_selector(":popover-open, dialog[open]").is_ok_and(|open| open.is_none())
}
