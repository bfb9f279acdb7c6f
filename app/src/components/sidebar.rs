use leptos::prelude::*;
use protocol::{Room, RoomId, Section, User, Visibility, count_of};

use super::{Dynamic, Glyph, Icon, PageContext, Part, avatar, brand, dynamic, dynamic_view, presence_dot, theme::theme_switch};
use crate::{endpoints, next::way_in, state::Unread};

/// Rooms, and the person at the screen.
pub(super) fn sidebar(page: PageContext) -> AnyView {
    let signed_in = page.is_signed_in();
    let new = signed_in.then(|| {
        let new_room = nav_link(page, "/rooms/new".to_owned(), Icon::Plus, "New room".to_owned());
        vec![new_room, nav_link(page, "/messages/new".to_owned(), Icon::Plus, "New message".to_owned())]
    });
    let none = dynamic_view(move || {
        page.rooms.with(Vec::is_empty).then(|| view! { <p class="nav-note">"None yet. Find one under “All rooms”."</p> })
    });
    let called = Memo::new(move |_| {
        let calls = |room: &&Room| page.news.with(|news| news.of(room.id).is_some_and(|room| room.calls() > 0));
        page.rooms.with(|rooms| rooms.iter().filter(calls).map(|room| room.id).collect::<Vec<_>>())
    });
    let all_read = signed_in.then(|| all_read(page));
    view! {
        <aside class="sidebar" id="sidebar" popover="auto" aria-label="Rooms and account">
            {brand(page.house.get_value())}
            // A script opens the palette instead.
            <a class="nav-link nav-jump" href="/" data-palette="">
                <Glyph icon=Icon::Find />
                "Go to…"
                <kbd>"Ctrl K"</kbd>
            </a>
            <nav class="room-nav" aria-label="Rooms">
                {signed_in.then(|| inbox(page)).part()}
                <ul class="nav-list">
                    {nav_link(page, "/".to_owned(), Icon::Compass, "All rooms".to_owned())} {new.part()}
                </ul>
                <div class="nav-sections">
                    {calling(page, called)} {section(page, called, Section::Starred, "Starred")}
                    {section(page, called, Section::Rooms, if signed_in { "Your rooms" } else { "Public rooms" })}
                    {section(page, called, Section::Direct, "Messages")} {none}
                </div>
                {all_read.part()}
            </nav>
            <footer class="sidebar-foot">
                {page.administers.then(|| view! { <a class="nav-link" href="/admin">"Administration"</a> }).part()}
                {match page.viewer.get_value() {
                    Some(user) => me(page, user),
                    None => guest(page),
                }} {theme_switch(page.theme)}
            </footer>
        </aside>
    }
    .part()
}

/// The way to what calls the reader, with how much is new of it.
fn inbox(page: PageContext) -> AnyView {
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
    .part()
}

/// Takes all rooms for read, while something is new; a form, so that it works without a script.
fn all_read(page: PageContext) -> Dynamic<AnyView> {
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

/// The ids of the rooms in which something calls the reader.
type Called = Memo<Vec<RoomId>>;

/// These stand above all others.
fn calling(page: PageContext, called: Called) -> Dynamic<AnyView> {
    let is_there = Memo::new(move |_| called.with(|called| !called.is_empty()));
    dynamic_view(move || {
        is_there.get().then(|| {
            view! {
                <h2 class="nav-title">"For you"</h2>
                <ul class="nav-list nav-rooms">{links(page, called, None)}</ul>
            }
        })
    })
}

/// A part of the list, if there is anything in it. It folds without a script; with one it is remembered (`page.js`).
fn section(page: PageContext, called: Called, section: Section, title: &'static str) -> Dynamic<AnyView> {
    let wanted = Some(section);
    let is_there =
        Memo::new(move |_| rooms_of(page, called, |rooms, called| rooms.iter().any(|room| part(room, called) == wanted)));
    let open = page.arrangement.with_value(|arrangement| !arrangement.folded.contains(&section));
    dynamic_view(move || {
        is_there.get().then(|| {
            view! {
                <details class="nav-section" open=open data-open=open.to_string() data-section=section.word()>
                    <summary class="nav-title">{title}</summary>
                    <ul class="nav-list nav-rooms">{links(page, called, wanted)}</ul>
                </details>
            }
        })
    })
}

fn links(page: PageContext, called: Called, wanted: Option<Section>) -> Dynamic<AnyView> {
    dynamic_view(move || {
        rooms_of(page, called, |rooms, called| {
            let wanted = rooms.iter().filter(|room| part(room, called) == wanted);
            wanted.map(|room| room_link(page, room)).collect::<Vec<_>>()
        })
    })
}

fn rooms_of<T>(page: PageContext, called: Called, look: impl FnOnce(&[Room], &[RoomId]) -> T) -> T {
    page.rooms.with(|rooms| called.with(|called| look(rooms, called)))
}

/// The part of the list that a room stands in; none where something calls the reader.
fn part(room: &Room, called: &[RoomId]) -> Option<Section> {
    match room.visibility {
        _ if called.contains(&room.id) => None,
        _ if room.starred => Some(Section::Starred),
        Visibility::Direct => Some(Section::Direct),
        _ => Some(Section::Rooms),
    }
}

/// A room in the list: bold while something is new there, dimmed while it is muted, with the number of what is new or calls the reader.
fn room_link(page: PageContext, room: &Room) -> AnyView {
    let (id, name) = (room.id, room.name.clone());
    let dot = room.person.map(|person| presence_dot(person, None));
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
                {dot} {badge}
            </a>
        </li>
    }
    .part()
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
    .part()
}

fn me(page: PageContext, user: User) -> AnyView {
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
    .part()
}

/// The way to the alerts, with the number of those that are unread.
fn bell(page: PageContext) -> AnyView {
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
    .part()
}

fn guest(page: PageContext) -> AnyView {
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
    .part()
}
