//! What one keeps for oneself: `/bookmarks`.

use chat::bookmarks::{Bookmark, Bookmarks};
use leptos::{prelude::*, server_fn::ServerFn};
use serde::Deserialize;

use super::{Page, Visit, document::document, failure::failure, form::refusal, message::quote, settings::sign_in_first};
use crate::{api, head::Head, state::clock};

/// What the address asks for.
#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    page: u64,
}

/// The messages that whoever asks keeps for themselves.
pub async fn bookmarks(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let asked: Asked = visit.query();
    match chat::bookmarks::list(&visit.chat, &session, asked.page).await {
        Ok(found) => {
            let refused = refusal(&visit);
            document(&visit, Head::new("Bookmarks", Vec::new()), |_| view(&visit, &found, refused)).await
        }
        Err(error) => failure(&visit, &error),
    }
}

fn view(visit: &Visit, found: &Bookmarks, refused: Option<String>) -> AnyView {
    let none = found.bookmarks.is_empty().then(|| {
        view! { <p class="note">"Nothing here. Bookmark what you want to find again from the menu of a message; nobody else sees it."</p> }
    });
    let rows = found.bookmarks.iter().map(|bookmark| row(visit, bookmark)).collect_view();
    let at = |page: u64| ["/bookmarks?page=", &page.to_string()].concat();
    let newer = (found.page > 1).then(|| view! { <a href=at(found.page - 1)>"Newer"</a> });
    let older = found.has_more.then(|| view! { <a href=at(found.page + 1)>"Older"</a> });
    view! {
        <div class="people">
            <header class="people-head">
                <h1>"Bookmarks"</h1>
            </header>
            <p class="form-fault" role="alert">
                {refused}
            </p>
            {none}
            <ul class="people-list">{rows}</ul>
            <p class="pages">{newer} " " {older}</p>
        </div>
    }
    .into_any()
}

fn row(visit: &Visit, bookmark: &Bookmark) -> impl IntoView + use<> {
    let message = ["/r/", &bookmark.room.slug, "/m/", &bookmark.seq.to_string()].concat();
    let label = ["Remove the bookmark of the message of ", &bookmark.author.name].concat();
    view! {
        <li class="report">
            {quote(&bookmark.author.name, &bookmark.body)}
            <p class="person-note">
                <span dir="auto">{bookmark.room.name.clone()}</span> ", " {clock::full_label(visit.local(bookmark.written_at))}
            </p>
            <div class="room-actions">
                <a href=message>"To the message"</a>
                <form method="post" action=api::Bookmark::PATH>
                    <input type="hidden" name="room" value=bookmark.room.slug.clone() />
                    <input type="hidden" name="seq" value=bookmark.seq.to_string() />
                    <input type="hidden" name="on" value="false" />
                    <button aria-label=label>"Remove"</button>
                </form>
            </div>
        </li>
    }
}
