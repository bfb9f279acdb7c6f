use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::components::A;
use protocol::{RoomSummary, Standing, User, Visibility};

use super::{Brand, Glyph, Icon, ThemeSwitch, hue, initials};
use crate::{
    AppError,
    api::Logout,
    session::{use_rooms, use_viewer},
};

/// Rooms, and the person at the screen.
#[component]
pub(crate) fn Sidebar() -> impl IntoView {
    let rooms = use_rooms();
    let viewer = use_viewer();
    let signed_in = viewer.user.is_some();
    view! {
        <aside class="sidebar" id="sidebar" popover="auto" aria-label="Rooms and account">
            <Brand />
            <nav class="room-nav" aria-label="Rooms">
                <h2 class="nav-title">{if signed_in { "Your rooms" } else { "Public rooms" }}</h2>
                <Transition>
                    {move || Suspend::new(async move { room_links(rooms.list.await, signed_in) })}
                </Transition>
                <ul class="nav-list nav-more">
                    <li>
                        <A href="/" exact=true attr:class="nav-link">
                            <Glyph icon=Icon::Compass />
                            <span>"All rooms"</span>
                        </A>
                    </li>
                    {signed_in
                        .then(|| {
                            view! {
                                <li>
                                    <A href="/rooms/new" attr:class="nav-link">
                                        <Glyph icon=Icon::Plus />
                                        <span>"New room"</span>
                                    </A>
                                </li>
                            }
                        })}
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
fn room_links(rooms: Result<Vec<RoomSummary>, AppError>, signed_in: bool) -> AnyView {
    let rooms = match rooms {
        Ok(rooms) => rooms,
        Err(error) => return view! { <p class="nav-note">{error.to_string()}</p> }.into_any(),
    };
    let shown: Vec<_> = rooms.into_iter().filter(|room| !signed_in || room.standing == Standing::Member).collect();
    if shown.is_empty() {
        return view! { <p class="nav-note">"None yet. Find one under “All rooms”."</p> }.into_any();
    }
    let links = shown.into_iter().map(|RoomSummary { room, .. }| {
        let icon = if room.visibility == Visibility::Public { Icon::Globe } else { Icon::Door };
        view! {
            <li>
                <A href=format!("/r/{}", room.slug) attr:class="nav-link">
                    <Glyph icon />
                    <span>{room.name}</span>
                </A>
            </li>
        }
    });
    view! { <ul class="nav-list">{links.collect_view()}</ul> }.into_any()
}

fn me(user: User) -> impl IntoView {
    view! {
        <div class="me">
            <span class="avatar" data-hue=hue(user.id).to_string() aria-hidden="true">
                {initials(&user.name)}
            </span>
            <p class="me-names">
                <strong>{user.name}</strong>
                <span>{format!("@{}", user.username)}</span>
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
            <A href="/register" attr:class="button">
                "Join Snug"
            </A>
            <A href="/login" attr:class="button button--quiet">
                "Sign in"
            </A>
        </div>
    }
}
