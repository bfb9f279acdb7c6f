use leptos::prelude::*;
use protocol::{Room, User, Visibility, count_of};

use super::{Dynamic, Glyph, Icon, PageContext, avatar, brand, dynamic, dynamic_view, theme::theme_switch};
use crate::{endpoints, next::way_in, state::Unread};

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
    let all_read = signed_in.then(|| all_read(page));
    let new_room = signed_in.then(|| nav_link(page, "/rooms/new".to_owned(), Icon::Plus, "New room".to_owned()));
    view! {
        <aside class="sidebar" id="sidebar" popover="auto" aria-label="Rooms and account">
            {brand(page.house.get_value())}
            <nav class="room-nav" aria-label="Rooms">
                {signed_in.then(|| inbox(page))}
                <h2 class="nav-title">{if signed_in { "Your rooms" } else { "Public rooms" }}</h2>
                {rooms}
                <ul class="nav-list nav-more">
                    {nav_link(page, "/".to_owned(), Icon::Compass, "All rooms".to_owned())} {new_room}
                </ul>
                {conversations} {all_read}
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

/// The way to what calls the reader, with how much is new of it.
fn inbox(page: PageContext) -> impl IntoView {
    let count = dynamic_view(move || {
        let count = page.news.with(Unread::calls);
        (count > 0).then(|| view! { <span class="nav-count nav-count--calls">{count_of(count)}</span> })
    });
    view! {
        <ul class="nav-list">
            <li>
                <a class="nav-link" href="/inbox" aria-current=current(page, "/inbox".to_owned())>
                    <Glyph icon=Icon::Bell />
                    <span>"Inbox"</span>
                    {count}
                </a>
            </li>
        </ul>
    }
}

/// Takes all rooms for read, while something is new; a form, so that it works without a script.
fn all_read(page: PageContext) -> impl IntoView {
    let weight = Memo::new(move |_| page.news.with(|news| news.is_any_new()));
    dynamic_view(move || {
        weight.get().then(|| {
            view! {
                <form class="nav-read" method="post" action=endpoints::READ_ALL>
                    <button>"Mark all as read"</button>
                </form>
            }
        })
    })
}

/// The rooms to go to: a member's own, everyone's for a guest.
fn room_links(page: PageContext, rooms: &[Room]) -> AnyView {
    links(page, rooms, false)
        .unwrap_or_else(|| view! { <p class="nav-note">"None yet. Find one under “All rooms”."</p> }.into_any())
}

/// The conversations, or the other rooms, if there are any.
fn links(page: PageContext, rooms: &[Room], direct: bool) -> Option<AnyView> {
    let wanted = rooms.iter().filter(|room| (room.visibility == Visibility::Direct) == direct);
    let link = |room: &Room| room_link(page, room);
    let links: Vec<_> = wanted.map(link).collect();
    (!links.is_empty()).then(|| view! { <ul class="nav-list nav-rooms">{links}</ul> }.into_any())
}

/// A room in the list: bold while something is new there, dimmed while it is muted, with the number of what is new or calls the reader.
fn room_link(page: PageContext, room: &Room) -> AnyView {
    let (id, name) = (room.id, room.name.clone());
    let current = current(page, ["/r/", &room.slug].concat());
    let class = dynamic(move || match page.news.with(|news| news.of(id)) {
        Some(room) if room.quiet => "nav-link nav-link--quiet",
        Some(room) if room.is_bold() || room.calls() > 0 => "nav-link nav-link--new",
        _ => "nav-link",
    });
    let badge = dynamic_view(move || {
        let room = page.news.with(|news| news.of(id))?;
        let (class, count, what) = match room.calls() {
            0 if room.is_bold() => ("nav-count", room.unread, " new"),
            0 => return None,
            calls => ("nav-count nav-count--calls", calls, " for you"),
        };
        Some(view! {
            <span class=class>
                {count_of(count)} <span class="visually-hidden">{what}</span>
            </span>
        })
    });
    view! {
        <li>
            <a class=class href=["/r/", &room.slug].concat() aria-current=current>
                <Glyph icon=Icon::of_room(room.visibility) />
                <span dir="auto">{name}</span>
                {badge}
            </a>
        </li>
    }
    .into_any()
}

/// Whether the page is this one or one below it.
fn current(page: PageContext, address: String) -> Dynamic<Option<&'static str>> {
    let here =
        move |here: &String| here.strip_prefix(&*address).is_some_and(|below| below.is_empty() || below.starts_with(['/', '?']));
    dynamic(move || page.here.with(&here).then_some("page"))
}

/// A line of the list, marked while the page is this one or one below it.
fn nav_link(page: PageContext, address: String, icon: Icon, name: String) -> AnyView {
    let current = current(page, address.clone());
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
            <a class="icon-button" href="/bookmarks" title="Bookmarks" aria-label="Bookmarks">
                <Glyph icon=Icon::Bookmark />
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
                "Join " <bdi>{page.house.with_value(|house| house.name.clone())}</bdi>
            </a>
            <a href=way_in("/login") class="button button--quiet">
                "Sign in"
            </a>
        </div>
    }
}
