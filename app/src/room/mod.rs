//! The page of a room: `/r/{slug}` and `/r/{slug}/m/{seq}`.

mod actions;
mod address;
mod banner;
mod composer;
mod head;
mod header;
mod live;
mod message;
mod scroller;
mod timeline;
mod typing;
mod zone;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use protocol::{ClientId, ErrorCode, RoomId, Seq, Standing, User};

use crate::{
    AppError,
    api::{self, RoomPageWithForm},
    pages::NotFound,
    socket::{SharedRoom, Socket, use_socket},
    state::RoomState,
};
use actions::foot;
use address::Address;
use banner::Banner;
use header::Header;
use live::part;
use scroller::Scroller;
use timeline::Timeline;
use typing::Typing;
use zone::Zone;

/// The room that the address names. Each address has a view of its own: nothing of one room is left in the next.
#[component]
pub(crate) fn RoomPage() -> impl IntoView {
    let location = use_location();
    let asked = move || {
        let (before, after) = location.query.with(|query| (query.get("before"), query.get("after")));
        location.pathname.with(|path| Address::parse(path, before.as_deref(), after.as_deref()))
    };
    let first = untrack(asked);
    let to_a_message = first.as_ref().is_some_and(Address::names_a_message);
    // The way to another page changes the location before this one goes; what is not for this page is not looked at.
    let address = Memo::new(move |before: Option<&Option<Address>>| {
        let ours = asked().filter(|address| address.names_a_message() == to_a_message);
        ours.or_else(|| before.cloned().flatten())
    });
    view! { <For each=move || [address.get()] key=Clone::clone children=place /> }
}

fn place(address: Option<Address>) -> AnyView {
    let Some(address) = address else { return view! { <NotFound /> }.into_any() };
    let socket = use_socket();
    if let Some(room) = socket.known(&address.slug).filter(|room| room.with_untracked(|state| address.place.is_shown_by(state))) {
        return known(socket, address, room);
    }
    let read = Resource::new(|| (), {
        let address = address.clone();
        move |()| load(address.clone())
    });
    let shown = move || {
        let address = address.clone();
        Suspend::new(async move {
            match read.await {
                Ok(read) => opened(socket, address, read),
                Err(error) => refused(&error),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <section class="room" aria-busy="true"></section> }>{shown}</Suspense> }.into_any()
}

async fn load(address: Address) -> Result<RoomPageWithForm, AppError> {
    let read = api::room_page(address.slug.clone(), address.place.window()).await?;
    if address.place.is_missing_in(&read.page) { Err(ErrorCode::NotFound.into()) } else { Ok(read) }
}

/// A room that is kept up to date already, which happens in the browser only.
fn known(socket: Socket, address: Address, room: SharedRoom) -> AnyView {
    view(socket, address, room, ClientId::generate(), Zone::Browser)
}

fn opened(socket: Socket, mut address: Address, read: RoomPageWithForm) -> AnyView {
    let RoomPageWithForm { page, form_id, zone } = read;
    // A room can be asked for by its id as well; its own name is the slug.
    address.slug.clone_from(&page.room.slug);
    let room = socket.open(page);
    view(socket, address, room, form_id, Zone::Fixed(zone))
}

fn refused(error: &AppError) -> AnyView {
    if error.error.code == ErrorCode::NotFound {
        return view! { <NotFound /> }.into_any();
    }
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
    .into_any()
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Desk {
    socket: Socket,
    reader: StoredValue<Option<User>>,
    id: RoomId,
    slug: StoredValue<String>,
    room: RwSignal<RoomState>,
    focus: Option<Seq>,
    scroller: Scroller,
    zone: RwSignal<Zone>,
}

impl Desk {
    /// What the reader may do, without a signal for every event.
    fn standing(self) -> Memo<Standing> {
        let room = self.room;
        Memo::new(move |_| room.with(|state| state.standing))
    }
}

fn view(socket: Socket, address: Address, shared: SharedRoom, form_id: ClientId, zone: Zone) -> AnyView {
    socket.visit(&shared);
    let room = RwSignal::from(shared.clone());
    let facts = room.with_untracked(|state| state.room.clone());
    let desk = Desk {
        socket,
        reader: StoredValue::new(socket.reader()),
        id: facts.id,
        slug: StoredValue::new(facts.slug.clone()),
        room,
        focus: address.place.focus(),
        scroller: Scroller::new(socket, room, facts.id),
        zone: RwSignal::new(zone),
    };
    desk.scroller.begin(desk.focus);
    on_cleanup(move || shared.update_untracked(|state| state.set_reader_at_end(true)));
    Effect::new(move || {
        zone::keep_zone(desk.zone.get_untracked());
        desk.zone.set(Zone::Browser);
    });
    let head = room.with_untracked(|state| head::head(&address, state));
    view! {
        {head}
        <section class="room" data-room>
            <Header desk />
            <Banner desk />
            <Timeline desk />
            {part(move || desk.scroller.pill())}
            <Typing desk />
            {foot(desk, form_id)}
        </section>
    }
    .into_any()
}
