use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;
use protocol::{RoomSummary, Standing, User, Visibility};

use super::{Brand, Glyph, Icon, ThemeSwitch, WithRooms, hue, initials};
use crate::{api::Logout, session::use_viewer};

/// Rooms, and the person at the screen.
#[component]
pub(crate) fn Sidebar() -> impl IntoView {
    let viewer = use_viewer();
    let signed_in = viewer.user.is_some();
    let new_room = signed_in.then(|| nav_link("/rooms/new".to_owned(), Icon::Plus, "New room".to_owned()));
    view! {
        <aside class="sidebar" id="sidebar" popover="auto" aria-label="Rooms and account">
            <Brand />
            <nav class="room-nav" aria-label="Rooms">
                <h2 class="nav-title">{if signed_in { "Your rooms" } else { "Public rooms" }}</h2>
                <WithRooms show=room_links />
                <ul class="nav-list nav-more">
                    {nav_link("/".to_owned(), Icon::Compass, "All rooms".to_owned())} {new_room}
                </ul>
            </nav>
            <footer class="sidebar-foot">
                {match viewer.user {
                    Some(user) => me(user).into_any(),
                    None => guest().into_any(),
                }} <ThemeSwitch />
            </footer>
        </aside>
    }
}

/// The rooms to go to: a member's own, everyone's for a guest.
fn room_links(rooms: Vec<RoomSummary>, signed_in: bool) -> AnyView {
    let mut shown = rooms.into_iter().filter(|room| !signed_in || room.standing == Standing::Member).peekable();
    if shown.peek().is_none() {
        return view! { <p class="nav-note">"None yet. Find one under “All rooms”."</p> }.into_any();
    }
    let links = shown.map(|RoomSummary { room, .. }| {
        let icon = if room.visibility == Visibility::Public { Icon::Globe } else { Icon::Door };
        nav_link(["/r/", &room.slug].concat(), icon, room.name)
    });
    view! { <ul class="nav-list">{links.collect_view()}</ul> }.into_any()
}

/// A line of the list, marked while the page is this one or one below it.
fn nav_link(address: String, icon: Icon, name: String) -> AnyView {
    let path = use_location().pathname;
    let here = {
        let address = address.clone();
        move || path.with(|path| path.strip_prefix(&*address).is_some_and(|below| below.is_empty() || below.starts_with('/')))
    };
    view! {
        <li>
            <a class="nav-link" href=address aria-current=move || here().then_some("page")>
                <Glyph icon />
                <span>{name}</span>
            </a>
        </li>
    }
    .into_any()
}

fn me(user: User) -> impl IntoView {
    view! {
        <div class="me">
            <span class="avatar" data-hue=hue(user.id).to_string() aria-hidden="true">
                {initials(&user.name)}
            </span>
            <p class="me-names">
                <strong>{user.name}</strong>
                <span>{["@", &user.username].concat()}</span>
            </p>
            // A plain form: a new document comes after it anyway.
            <form method="post" action=Logout::PATH>
                <button class="icon-button" title="Sign out" aria-label="Sign out">
                    <Glyph icon=Icon::Exit />
                </button>
            </form>
        </div>
    }
}

fn guest() -> impl IntoView {
    view! {
        <div class="guest">
            <a href="/register" class="button">
                "Join Snug"
            </a>
            <a href="/login" class="button button--quiet">
                "Sign in"
            </a>
        </div>
    }
}
