//! The header of a room.

use leptos::prelude::*;
use protocol::{Standing, Visibility};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{context::RoomContext, membership::Membership};
use crate::{
    components::{Dynamic, Glyph, Icon, Part, dynamic, dynamic_view},
    endpoints,
    state::RoomState,
};

/// The panel with what else there is to know and to do.
const MENU: &str = "room-menu";
const LEAVE: &str = "room-leave";

pub(super) fn header(room: RoomContext) -> AnyView {
    let facts = room.room();
    let count = dynamic(move || match room.state.with(|state| state.members) {
        1 => "1 member".to_owned(),
        many => [&many.to_string(), " members"].concat(),
    });
    // Whoever may not read the room may not see who is there, and neither may guests.
    let may_see = |state: &RoomState| state.standing != Standing::Guest && state.is_open_to_reader();
    let people = dynamic(move || room.state.with(may_see).then(|| below(room, "/members")));
    let pins = Memo::new(move |_| room.state.with(RoomState::pins));
    let pins = dynamic_view(move || {
        let pins = pins.get();
        (pins > 0).then(|| {
            view! {
                <a class="room-pins" href=below(room, "/pins") data-panel="">
                    <Glyph icon=Icon::Pin />
                    <span>{[&pins.to_string(), " pinned"].concat()}</span>
                </a>
            }
        })
    });
    view! {
        <header class="room-header">
            <h1 class="room-name" dir="auto">{dynamic(move || facts.with(|facts| facts.name.clone()))}</h1>
            <p class="room-topic" dir="auto">{dynamic(move || facts.with(|facts| facts.topic.clone()))}</p>
            <a class="room-members" href=people data-panel="">
                <Glyph icon=Icon::People />
                <span>{count}</span>
            </a>
            {pins}
            <button type="button" class="icon-button room-more" popovertarget=MENU aria-label="About this room" title="About this room">
                <Glyph icon=Icon::More />
            </button>
            {menu(room)}
        </header>
    }
    .part()
}

/// The address of a page about the room.
fn below(room: RoomContext, path: &str) -> String {
    room.slug.with_value(|slug| ["/r/", slug, path].concat())
}

/// A popover, so that it opens without a script.
fn menu(room: RoomContext) -> AnyView {
    let facts = room.room();
    let rights = Memo::new(move |_| room.state.with(|state| state.rights));
    let standing = room.standing();
    let settings = dynamic_view(move || {
        let rights = rights.get();
        let link = |path, name: &'static str| view! { <a href=below(room, path)>{name}</a> }.part();
        let any = rights.edit || rights.moderate || rights.manage;
        vec![
            (standing.get() == Standing::Member)
                .then(|| view! { <a href=below(room, "/notifications") data-panel="">"Notifications"</a> }.part()),
            any.then(|| link("/settings", "Settings")),
            rights.invite.then(|| link("/invites", "Invite")),
            rights.moderate.then(|| link("/reports", "Reports")),
        ]
    });
    let may_leave = Memo::new(move |_| room.state.with(|state| state.rights.leave));
    let leave = dynamic_view(move || may_leave.get().then(|| leave(room, rights.get().manage)));
    let is_direct = Memo::new(move |_| facts.with(|facts| facts.visibility == Visibility::Direct));
    let hide = dynamic_view(move || is_direct.get().then(|| hide(room)));
    Effect::new(move |before: Option<Standing>| {
        let now = standing.get();
        if before == Some(Standing::Member) && now != Standing::Member {
            close();
        }
        now
    });
    view! {
        <div class="menu" id=MENU popover="auto">
            <p class="menu-topic">{dynamic(move || facts.with(|facts| facts.topic.clone()))}</p>
            <div class="room-actions">{settings} {star(room)} {hide} {leave}</div>
        </div>
    }
    .part()
}

/// Asks before one leaves.
fn leave(room: RoomContext, owner: bool) -> AnyView {
    let loss = if owner {
        "It needs an owner: if nobody else is one, make somebody an owner first."
    } else {
        "You can join again at any time."
    };
    view! {
        <button type="button" popovertarget=LEAVE>
            "Leave…"
        </button>
        <div class="menu ask" id=LEAVE popover="auto" role="dialog" aria-label="Leave this room?">
            <p>{["Leave this room? ", loss].concat()}</p>
            <div class="room-actions">
                {Membership::Leave.form(room)}
                <button type="button" popovertarget=LEAVE popovertargetaction="hide" autofocus="">
                    "Stay"
                </button>
            </div>
        </div>
    }
    .part()
}

/// Gives the room a star in the reader's list, or takes it away. Rooms that are not in the list have none.
fn star(room: RoomContext) -> Dynamic<AnyView> {
    let id = room.id;
    let listed = room.page.rooms;
    let is_member = room.page.is_signed_in();
    dynamic_view(move || {
        let starred = listed.with(|rooms| rooms.iter().find(|room| room.id == id).map(|room| room.starred));
        starred.filter(|_| is_member).map(|starred| {
            let (next, label) = if starred { ("false", "Take the star away") } else { ("true", "Star") };
            view! {
                <form method="post" action=endpoints::STAR_ROOM data-stay="">
                    <input type="hidden" name="room" value=room.slug.get_value() />
                    <input type="hidden" name="starred" value=next />
                    <button>{label}</button>
                </form>
            }
        })
    })
}

/// Takes a conversation out of the list. A plain form: the page that follows is another one anyway.
fn hide(room: RoomContext) -> AnyView {
    view! {
        <form method="post" action=endpoints::HIDE_CONVERSATION>
            <input type="hidden" name="room" value=room.slug.get_value() />
            <button title="It comes back with the next message">"Hide from the list"</button>
        </form>
    }
    .part()
}

/// The panel goes when one has left, and the focus must not go with it.
fn close() {
    let find = |selector| document().query_selector(selector).ok().flatten()?.dyn_into::<HtmlElement>().ok();
    let (Some(menu), Some(button)) = (find(".room-header > .menu"), find(".room-more")) else { return };
    let active = document().active_element();
    let within = active.is_none_or(|active| active.tag_name() == "BODY" || menu.contains(Some(&active)));
    // Fails where the browser knows no popovers.
    let _ = menu.hide_popover();
    if within {
        let _ = button.focus();
    }
}
