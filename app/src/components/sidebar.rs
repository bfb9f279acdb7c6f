use leptos::prelude::*;
use protocol::{Room, User, Visibility};

use super::{Glyph, Icon, PageContext, avatar, brand, dynamic, dynamic_view, theme::theme_switch};
use crate::{endpoints, next::way_in};

/// Rooms, and the person at the screen.
pub(super) fn sidebar(page: PageContext) -> impl IntoView {
    let signed_in = page.is_signed_in();
    let rooms = dynamic_view(move || page.rooms.with(|rooms| room_links(page, rooms)));
    let conversations = signed_in.then(|| {
        let links = dynamic_view(move || page.rooms.with(|rooms| links(page, rooms, true)));
        view! {
            <h2 class="nav-title">"Messages"</h2>
            {links}
            <ul class="nav-list nav-more">
                {nav_link(page, "/messages/new".to_owned(), Icon::Plus, "New message".to_owned())}
            </ul>
        }
    });
    let new_room = signed_in.then(|| nav_link(page, "/rooms/new".to_owned(), Icon::Plus, "New room".to_owned()));
    view! {
        <aside class="sidebar" id="sidebar" popover="auto" aria-label="Rooms and account">
            {brand(page.house.get_value())}
            <nav class="room-nav" aria-label="Rooms">
                <h2 class="nav-title">{if signed_in { "Your rooms" } else { "Public rooms" }}</h2>
                {rooms}
                <ul class="nav-list nav-more">
                    {nav_link(page, "/".to_owned(), Icon::Compass, "All rooms".to_owned())} {new_room}
                </ul>
                {conversations}
            </nav>
            <footer class="sidebar-foot">
                {page.administers.then(|| view! { <a class="nav-link" href="/admin">"Administration"</a> })}
                {match page.viewer.get_value() {
                    Some(user) => me(page, user).into_any(),
                    None => guest(page).into_any(),
                }} {theme_switch(page.theme)}
            </footer>
        </aside>
    }
}

/// The rooms to go to: a member's own, everyone's for a guest.
fn room_links(page: PageContext, rooms: &[Room]) -> AnyView {
    links(page, rooms, false)
        .unwrap_or_else(|| view! { <p class="nav-note">"None yet. Find one under “All rooms”."</p> }.into_any())
}

/// The conversations, or the other rooms, if there are any.
fn links(page: PageContext, rooms: &[Room], direct: bool) -> Option<AnyView> {
    let wanted = rooms.iter().filter(|room| (room.visibility == Visibility::Direct) == direct);
    let link = |room: &Room| nav_link(page, ["/r/", &room.slug].concat(), Icon::of_room(room.visibility), room.name.clone());
    let links: Vec<_> = wanted.map(link).collect();
    (!links.is_empty()).then(|| view! { <ul class="nav-list nav-rooms">{links}</ul> }.into_any())
}

/// A line of the list, marked while the page is this one or one below it.
fn nav_link(page: PageContext, address: String, icon: Icon, name: String) -> AnyView {
    let here = {
        let address = address.clone();
        move |here: &String| here.strip_prefix(&*address).is_some_and(|below| below.is_empty() || below.starts_with(['/', '?']))
    };
    let current = dynamic(move || page.here.with(&here).then_some("page"));
    view! {
        <li>
            <a class="nav-link" href=address aria-current=current>
                <Glyph icon />
                <span dir="auto">{name}</span>
            </a>
        </li>
    }
    .into_any()
}

fn me(page: PageContext, user: User) -> impl IntoView {
    view! {
        <div class="me">
            <a class="me-link" href="/settings/profile" title="Settings">
                {avatar(&user, "avatar")} <span class="me-names">
                    <strong dir="auto">{user.name}</strong>
                    <span>{["@", &user.username].concat()}</span>
                </span>
            </a>
            {bell(page)}
            // A plain form: a new document comes after it anyway.
            <form method="post" action=endpoints::LOGOUT>
                <button class="icon-button" title="Sign out" aria-label="Sign out">
                    <Glyph icon=Icon::Exit />
                </button>
            </form>
        </div>
    }
}

/// The way to the alerts, with the number of those that are unread.
fn bell(page: PageContext) -> impl IntoView {
    let label = dynamic(move || match page.unread.get() {
        0 => "Alerts".to_owned(),
        count => ["Alerts, ", &count.to_string(), " unread"].concat(),
    });
    let count = dynamic_view(move || {
        let count = page.unread.get();
        (count > 0)
            .then(|| view! { <span class="bell-count">{if count > 99 { "99+".to_owned() } else { count.to_string() }}</span> })
    });
    view! {
        <a class="icon-button bell" href="/alerts" title="Alerts" aria-label=label>
            <Glyph icon=Icon::Bell />
            {count}
        </a>
    }
}

fn guest(page: PageContext) -> impl IntoView {
    let way_in = |form: &'static str| dynamic(move || page.here.with(|here| way_in(form, here)));
    view! {
        <div class="guest">
            <a href=way_in("/register") class="button">
                "Join Snug"
            </a>
            <a href=way_in("/login") class="button button--quiet">
                "Sign in"
            </a>
        </div>
    }
}
