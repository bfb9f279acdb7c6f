//! Threads: the line under a message, and what is around the messages of one.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use protocol::{Seq, Thread};

use super::{
    about::About,
    address::{Address, Place},
    context::RoomContext,
};
use crate::{
    components::{Part, avatar, dynamic, dynamic_view},
    endpoints, fetch,
    state::{MessageRow, RoomState, clock},
};

/// The address of the thread under a message.
pub(super) fn address(room: RoomContext, root: Seq) -> String {
    room.slug.with_value(|slug| ["/r/", slug, "/t/", &root.to_string()].concat())
}

/// Goes to the thread of a message, to answer it there.
pub(super) fn open(room: RoomContext, about: &About) {
    let root = about.message.thread_of.or(about.place());
    let Some(root) = root else { return };
    let thread = room.slug.with_value(|slug| Address { slug: slug.clone(), thread: Some(root), place: Place::End });
    if !room.beside.open(thread) {
        // Fails only for addresses that are none.
        let _ = location().set_href(&address(room, root));
    }
}

/// What stands under a message in its thread, or in which thread it stands: the way there.
pub(super) fn line(room: RoomContext, row: &MessageRow) -> Option<AnyView> {
    if room.thread.is_some() {
        return None;
    }
    let message = &row.message;
    if let Some(root) = message.thread_of {
        let way = [&address(room, root), "?m=", &message.seq.to_string()].concat();
        return Some(view! { <a class="message-thread" href=way>"In a thread"</a> }.part());
    }
    let Thread { replies, last_at, people } = message.thread.as_deref()?.clone();
    let count = if replies == 1 { "1 reply".to_owned() } else { [&replies.to_string(), " replies"].concat() };
    let last = clock::full_label(room.zone.get().local(last_at));
    Some(
        view! {
            <a class="message-thread" href=address(room, message.seq)>
                <span class="message-faces" aria-hidden="true">
                    {people.iter().map(|person| avatar(person, "avatar avatar--small")).collect_view()}
                </span>
                <strong>{count}</strong>
                " "
                <time datetime=clock::iso_utc(last_at)>{["Last on ", &last].concat()}</time>
            </a>
        }
        .part(),
    )
}

/// Tells the server how far the reader has read a thread that they follow.
pub(super) fn read(room: RoomContext, root: Seq, seen: Seq) {
    let last = room.state.with_untracked(|state| state.last_seq().filter(|_| state.following));
    let Some(until) = last.map(|last| last.min(seen)).filter(|until| *until > room.told.get_value()) else { return };
    room.told.set_value(until);
    let slug = room.slug.get_value();
    spawn_local(async move {
        let fields = [("room", &*slug), ("seq", &*root.to_string()), ("until", &*until.to_string())];
        // What is not told now is told with the next message.
        let _: Result<(), _> = fetch::request(fetch::outliving(), endpoints::READ_THREAD, &fields).await;
    });
}

/// Follows a thread, or no longer, without leaving the page.
fn turn(room: RoomContext, root: Seq, event: &SubmitEvent) {
    event.prevent_default();
    let (on, slug) = (!room.state.with_untracked(|state| state.following), room.slug.get_value());
    spawn_local(async move {
        let fields = [("room", &*slug), ("seq", &*root.to_string()), ("on", if on { "true" } else { "false" })];
        let turned: Result<(), _> = fetch::post(endpoints::FOLLOW_THREAD, &fields).await;
        match turned {
            Ok(()) => _ = room.state.try_update(|state| state.following = on),
            Err(error) => _ = room.notice.try_set(Some(error.message())),
        }
    });
}

/// Who answers follows the thread, unless they did and no longer want to: the server knows.
fn hear_of_following(room: RoomContext) {
    let last_own = Memo::new(move |_| {
        room.state.with(|state| state.messages().iter().rev().find(|message| state.is_reader(&message.author)).map(|own| own.seq))
    });
    Effect::new(move |before: Option<()>| {
        let answered = last_own.get().is_some();
        if before.is_some() && answered && !room.state.with_untracked(|state| state.following) {
            spawn_local(async move {
                if let Ok(page) = fetch::newest(room.id, room.thread).await {
                    room.state.try_update(|state| state.following = page.following);
                }
            });
        }
    });
}

/// What stands above a thread: where it is, and whether one follows it.
pub(super) fn header(room: RoomContext, root: Seq) -> AnyView {
    let facts = room.room();
    let following = Memo::new(move |_| room.state.with(|state| state.following));
    let is_open = Memo::new(move |_| room.state.with(RoomState::is_open_to_reader));
    hear_of_following(room);
    let signed_in = room.page.is_signed_in();
    let follow = dynamic_view(move || {
        let (on, label) = if following.get() { ("false", "Unfollow") } else { ("true", "Follow") };
        (signed_in && is_open.get()).then(|| {
            view! {
                <form class="thread-follow" method="post" action=endpoints::FOLLOW_THREAD on:submit=move |event| turn(room, root, &event)>
                    <input type="hidden" name="room" value=room.slug.get_value() />
                    <input type="hidden" name="seq" value=root.to_string() />
                    <button class="button button--quiet" name="on" value=on>
                        {label}
                    </button>
                </form>
            }
        })
    });
    let back = room.slug.with_value(|slug| ["/r/", slug, "/m/", &root.to_string(), "#m", &root.to_string()].concat());
    let name = dynamic(move || facts.with(|facts| facts.name.clone()));
    view! {
        <header class="room-header thread-header">
            <h1 class="room-name">
                "Thread in " <a href=back dir="auto">
                    {name}
                </a>
            </h1>
            {(signed_in && !room.is_beside).then(|| view! { <a href="/threads">"All threads"</a> }).part()}
            {follow}
            {room.is_beside.then(|| room.beside.closer(room.slug.with_value(|slug| ["/r/", slug].concat()))).part()}
        </header>
    }
    .part()
}
