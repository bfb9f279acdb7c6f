use chat::rooms::{RoomsPage, Search};
use leptos::prelude::*;
use protocol::{RoomId, RoomSummary, Standing, Visibility, limits};
use serde::Deserialize;

use super::{Page, Visit, document::document, failure::failure};
use crate::{
    components::{Glyph, Icon},
    endpoints,
    head::{Head, Tag},
    next::value,
};

const DESCRIPTION: &str = "A small chat that lives on one machine of your own. Messages are on the page before it has finished \
                           loading, and none is ever lost.";

/// All rooms, a page of them, and for those who are new here what Snug is.
pub async fn home(visit: Visit) -> Page {
    let asked: Asked = visit.query();
    let search = Search { text: &asked.q, after: asked.after, ..Search::default() };
    let rooms = match chat::rooms::search(&visit.chat, visit.actor(), search).await {
        Ok(rooms) => rooms,
        Err(error) => return failure(&visit, &error),
    };
    let head = Head::new("", vec![Tag::Name("description", DESCRIPTION.to_owned())]);
    document(&visit, head, |page| {
        let head = if page.is_signed_in() { member_head().into_any() } else { guest_head().into_any() };
        view! {
            <div class="home">
                {head} {search_form(&asked)} {room_list(&asked, rooms, page.is_signed_in())}
            </div>
        }
        .into_any()
    })
    .await
}

/// What the address asks for.
#[derive(Default, Deserialize)]
struct Asked {
    /// What is looked for.
    #[serde(default)]
    q: String,
    /// The last room of the page before.
    after: Option<RoomId>,
}

impl Asked {
    /// The address of the page after this room.
    fn next(&self, after: RoomId) -> String {
        let after = format!("after={after}");
        if self.q.is_empty() { ["/?", &after].concat() } else { ["/?q=", &value(&self.q), "&", &after].concat() }
    }
}

fn member_head() -> impl IntoView {
    view! {
        <header class="home-head">
            <h1>"Rooms"</h1>
            <a href="/rooms/new" class="button">
                <Glyph icon=Icon::Plus />
                "New room"
            </a>
        </header>
    }
}

fn guest_head() -> impl IntoView {
    view! {
        <header class="hero">
            <h1>"A warm place to talk."</h1>
            <p>{DESCRIPTION}</p>
            <p class="gate-actions">
                <a href="/register" class="button">
                    "Create an account"
                </a>
                <a href="/login" class="button button--quiet">
                    "Sign in"
                </a>
            </p>
        </header>
    }
}

fn search_form(asked: &Asked) -> impl IntoView + use<> {
    view! {
        <form class="rooms-search" role="search" method="get" action="/">
            <input
                type="search"
                name="q"
                value=asked.q.clone()
                maxlength=limits::ROOM_NAME_MAX.to_string()
                aria-label="Find a room"
                placeholder="Find a room"
            />
            <button class="button button--quiet">"Search"</button>
        </form>
    }
}

fn room_list(asked: &Asked, page: RoomsPage, signed_in: bool) -> AnyView {
    let title = match (asked.q.is_empty(), signed_in) {
        (false, _) => ["Rooms with “", asked.q.trim(), "”"].concat(),
        (true, true) => "All rooms".to_owned(),
        (true, false) => "Rooms to read".to_owned(),
    };
    let list = if page.rooms.is_empty() {
        let note = match (asked.q.is_empty(), signed_in) {
            (false, _) => "None has it in its name or topic.",
            (true, true) => "There is no room yet. Make one?",
            (true, false) => "No room is public yet. Sign in to see more.",
        };
        view! { <p class="note">{note}</p> }.into_any()
    } else {
        view! { <ul class="cards">{page.rooms.into_iter().map(room_card).collect_view()}</ul> }.into_any()
    };
    let pages = (asked.after.is_some() || page.next.is_some()).then(|| {
        let first = asked.after.is_some().then(|| view! { <a href="/">"First page"</a> });
        let next = page.next.map(|last| view! { <a href=asked.next(last)>"More rooms"</a> });
        view! {
            <nav class="rooms-pages" aria-label="Pages of rooms">
                {first} {next}
            </nav>
        }
    });
    view! {
        <section class="rooms">
            <h2>{title}</h2>
            {list} {pages}
        </section>
    }
    .into_any()
}

fn room_card(summary: RoomSummary) -> impl IntoView {
    let RoomSummary { room, members, standing, .. } = summary;
    let visibility = match room.visibility {
        Visibility::Public => "Public",
        Visibility::Open => "Open",
        Visibility::Private | Visibility::Direct => "Private",
    };
    let members = if members == 1 { "1 member".to_owned() } else { [&members.to_string(), " members"].concat() };
    let joined = (standing == Standing::Member).then(|| view! { <span>"You are in it"</span> });
    // A plain form: the answer to it is the room's own page.
    let join = (standing == Standing::MayJoin).then(|| {
        view! {
            <form class="card-join" method="post" action=endpoints::JOIN_ROOM>
                <input type="hidden" name="room" value=room.slug.clone() />
                <button class="button button--quiet" aria-label=["Join ", &room.name].concat()>
                    "Join"
                </button>
            </form>
        }
    });
    view! {
        <li class="card">
            <a class="card-name" href=["/r/", &room.slug].concat() dir="auto">
                {room.name}
            </a>
            <p class="card-topic" dir="auto">
                {room.topic}
            </p>
            <p class="card-facts">
                <span>
                    <Glyph icon=Icon::of_room(room.visibility) />
                    {visibility}
                </span>
                <span>
                    <Glyph icon=Icon::People />
                    {members}
                </span>
                {joined}
            </p>
            {join}
        </li>
    }
}
