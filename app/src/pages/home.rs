use leptos::prelude::*;
use protocol::{RoomSummary, Standing, Visibility};

use super::{Page, Visit, document::document};
use crate::{
    components::{Glyph, Icon},
    endpoints,
    head::{Head, Tag},
};

const DESCRIPTION: &str = "A small chat that lives on one machine of your own. Messages are on the page before it has finished \
                           loading, and none is ever lost.";

/// The rooms, and for those who are new here what Snug is.
pub async fn home(visit: Visit) -> Page {
    let head = Head::new("", vec![Tag::Name("description", DESCRIPTION.to_owned())]);
    document(&visit, head, |page| {
        let signed_in = page.is_signed_in();
        let head = if signed_in { member_head().into_any() } else { guest_head().into_any() };
        view! {
            <div class="home">
                {head} {room_lists(page.rooms.get_untracked(), signed_in)}
            </div>
        }
        .into_any()
    })
    .await
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

fn room_lists(rooms: Vec<RoomSummary>, signed_in: bool) -> AnyView {
    if !signed_in {
        return room_list("Rooms to read", "No room is public yet. Sign in to see more.", rooms);
    }
    let (joined, others): (Vec<_>, Vec<_>) = rooms.into_iter().partition(|room| room.standing == Standing::Member);
    view! {
        {room_list("Your rooms", "You are in no room yet. Join one below, or make your own.", joined)}
        {room_list("Rooms to join", "You are in every room there is. Make another one?", others)}
    }
    .into_any()
}

fn room_list(title: &'static str, when_empty: &'static str, rooms: Vec<RoomSummary>) -> AnyView {
    let list = if rooms.is_empty() {
        view! { <p class="note">{when_empty}</p> }.into_any()
    } else {
        view! { <ul class="cards">{rooms.into_iter().map(room_card).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="rooms">
            <h2>{title}</h2>
            {list}
        </section>
    }
    .into_any()
}

fn room_card(summary: RoomSummary) -> impl IntoView {
    let RoomSummary { room, members, standing, .. } = summary;
    let (icon, visibility) = match room.visibility {
        Visibility::Public => (Icon::Globe, "Public"),
        _ => (Icon::Door, "Open"),
    };
    let members = if members == 1 { "1 member".to_owned() } else { [&members.to_string(), " members"].concat() };
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
                    <Glyph icon />
                    {visibility}
                </span>
                <span>
                    <Glyph icon=Icon::People />
                    {members}
                </span>
            </p>
            {join}
        </li>
    }
}
