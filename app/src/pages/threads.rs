//! The threads that one follows: `/threads`.

use chat::threads::Followed;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::Thread;

use super::{Page, Visit, document::document, failure::failure, settings::sign_in_first};
use crate::{api::ReadThread, components::avatar, head::Head, state::clock};

/// Those of whoever asks, the one with the newest message first.
pub async fn threads(visit: Visit) -> Page {
    if visit.caller.session.is_none() {
        return sign_in_first(&visit);
    }
    match chat::threads::list(&visit.chat, visit.actor()).await {
        Ok(threads) => {
            let zone = visit.zone();
            document(&visit, Head::new("Threads", Vec::new()), |_| show(threads, zone)).await
        }
        Err(error) => failure(&visit, &error),
    }
}

fn show(threads: Vec<Followed>, zone: i32) -> AnyView {
    let none = threads.is_empty().then(|| {
        view! { <p class="note">"You follow no thread yet. Those that you begin or answer stand here, and those that you follow."</p> }
    });
    let rows = threads.into_iter().map(|thread| row(thread, zone)).collect_view();
    view! {
        <div class="settings">
            <h1>"Threads"</h1>
            {none}
            <ul class="threads">{rows}</ul>
        </div>
    }
    .into_any()
}

fn row(followed: Followed, zone: i32) -> impl IntoView {
    let Followed { room, root, author, line, thread, unread, mentions, last, .. } = followed;
    let Thread { replies, last_at, people } = thread;
    let address = ["/r/", &room.slug, "/t/", &root.to_string()].concat();
    let line = if line.is_empty() { "Message deleted.".to_owned() } else { line };
    let count = if replies == 1 { "1 reply".to_owned() } else { format!("{replies} replies") };
    let has_new = unread > 0;
    let new = has_new.then(|| {
        let calls = match mentions {
            0 => String::new(),
            1 => ", 1 for you".to_owned(),
            many => format!(", {many} for you"),
        };
        view! { <strong class="thread-new">{format!("{unread} new{calls}")}</strong> }
    });
    let read = has_new.then(|| {
        view! {
            <form method="post" action=ReadThread::PATH>
                <input type="hidden" name="room" value=room.slug.clone() />
                <input type="hidden" name="seq" value=root.to_string() />
                <input type="hidden" name="until" value=last.to_string() />
                <button class="button button--quiet">"Mark as read"</button>
            </form>
        }
    });
    view! {
        <li class="thread" class:thread--unread=has_new>
            {avatar(&author, "avatar")}
            <div class="thread-body">
                <p class="thread-facts">
                    <bdi>{author.in_sentence()}</bdi> " in " <bdi>{room.name.clone()}</bdi>
                </p>
                <p class="thread-line" dir="auto">
                    <a href=address>{line}</a>
                </p>
                <p class="thread-facts">
                    <span class="message-faces" aria-hidden="true">
                        {people.iter().map(|person| avatar(person, "avatar avatar--small")).collect_view()}
                    </span>
                    {count} ", last on "
                    <time datetime=clock::iso_utc(last_at)>{clock::full_label(clock::to_local(last_at, zone))}</time> " " {new}
                </p>
            </div>
            {read}
        </li>
    }
}
