//! A room, and what stands in its place while there is none.

use leptos::prelude::*;
use protocol::{Message, Seq};

use super::{
    address::Address, banner::banner, beside::ThreadBeside, context::RoomContext, footer::footer, head::head, header::header,
    notice::notice, reactions, reading::read_along, screen::Visited, scroller::Scroller, target::Menu, thread,
    timeline::timeline, typing::typing, zone, zone::Zone,
};
use crate::{
    components::{PageContext, Part, dynamic_view},
    socket::Socket,
    state::RoomState,
};

pub(super) fn room(
    page: PageContext,
    socket: Socket,
    (here, beside, is_beside): (StoredValue<Address>, ThreadBeside, bool),
    visited: Visited,
) -> AnyView {
    let Visited { address, room: shared, form_id, zone, notice: said, refused, answering } = visited;
    socket.visit(&shared);
    if is_beside {
        beside.visit_room();
    } else {
        beside.stands_beside(&shared);
    }
    let state = RwSignal::from(shared.clone());
    let (id, slug, thread) = state.with_untracked(|state| (state.room.id, state.room.slug.clone(), state.thread()));
    let focus = address.place.focus();
    here.set_value(address);
    let new = page.news.with_untracked(|news| news.of(id)).filter(|room| room.unread > 0 && thread.is_none());
    let room = RoomContext {
        page,
        socket,
        id,
        slug: StoredValue::new(slug),
        thread,
        beside,
        is_beside,
        state,
        address: here,
        focus: RwSignal::new(focus),
        new_after: RwSignal::new(new.map(|room| room.last_read)),
        notice: RwSignal::new(said),
        refused: StoredValue::new(refused),
        scroller: Scroller::new(socket, state, (id, thread)),
        menu: Menu::new(),
        editing: RwSignal::new(None),
        answering: RwSignal::new(answering),
        told: StoredValue::new(Seq::ZERO),
        zone: RwSignal::new(zone),
    };
    room.scroller.begin(focus);
    read_along(room);
    on_cleanup(move || shared.update_untracked(|state| state.set_reader_at_end(true)));
    Effect::new(move || {
        zone::keep_zone(room.zone.get_untracked());
        room.zone.set(Zone::Browser);
    });
    if !is_beside {
        Effect::new(move || {
            if room.scroller.has_gone_on() {
                room.follow_to_present();
            }
        });
        show_head(room);
    }
    reactions::tell_refused(room);
    let header = match thread {
        Some(root) => thread::header(room, root),
        None => header(room),
    };
    view! {
        <section class="room" data-room>
            {header} {banner(room)} {notice(room)} {timeline(room)} {dynamic_view(move || room.scroller.pill())} {typing(room)} {footer(room, form_id)}
        </section>
    }
    .part()
}

/// Lets the head of the document follow the room.
fn show_head(room: RoomContext) {
    let facts = room.room();
    // What it said may be gone, or be another text now.
    let named = Memo::new(move |_| room.focus.get().and_then(|seq| room.state.with(|state| message(state, seq))));
    Effect::new(move |before: Option<()>| {
        let origin = location().origin().unwrap_or_default();
        let named = named.get();
        let address = room.address.get_value();
        let house = room.page.house.with_value(|house| house.name.clone());
        let head = facts.with(|facts| head(&address, facts, named.as_ref(), &origin, &house));
        // What came with the page is whole, descriptions of single messages included.
        let is_there = before.is_none() && head.title(&house) == document().title();
        if !is_there && head.show(&house).is_err() {
            leptos::logging::error!("the title cannot be shown");
        }
    });
}

fn message(state: &RoomState, seq: Seq) -> Option<Message> {
    state.message(seq).map(|message| (**message).clone())
}

/// A room is on its way: what is known of it, and where the rest will be.
pub(super) fn loading(name: String) -> AnyView {
    view! {
        <section class="room" aria-busy="true">
            <header class="room-header">
                <h1 class="room-name">{name}</h1>
            </header>
            <div class="skeleton"></div>
        </section>
    }
    .part()
}

/// A room did not come.
pub(super) fn failed(error: &protocol::Error) -> AnyView {
    let again = |_| _ = location().reload();
    view! {
        <section class="gate">
            <div class="gate-card">
                <h1>"This did not work"</h1>
                <p class="gate-lead">{error.to_string()}</p>
                <p class="gate-actions">
                    <button class="button" on:click=again>
                        "Try again"
                    </button>
                </p>
            </div>
        </section>
    }
    .part()
}
