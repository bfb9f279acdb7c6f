//! A field for user names that offers people while one types: as a combobox with a list, by a script of its own. Without it the field is a
//! plain line of text.

use std::sync::LazyLock;

use leptos::prelude::*;
use protocol::User;

use super::{
    Page, Visit,
    failure::{failure, refused_in_room},
    person::person,
    shell::{fragment, without_comments},
};

static SCRIPT: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("chooser.js")));

/// Where somebody who is written to is looked for.
pub(super) const CORRESPONDENTS: &str = "/messages/people";

/// What the field asks for.
#[derive(Default, serde::Deserialize)]
struct Asked {
    #[serde(default)]
    text: String,
}

/// People who can be written to, for the list at a field: `/messages/people`.
pub async fn correspondents(visit: Visit) -> Page {
    let Asked { text } = visit.query();
    match chat::rooms::correspondents(&visit.chat, visit.actor(), &text).await {
        Ok(people) => options(people),
        Err(error) => failure(&visit, &error),
    }
}

/// People who may be added to a room, in the same way: `/r/{slug}/people`.
pub async fn candidates(visit: Visit) -> Page {
    let (room, Asked { text }) = (visit.slug().to_owned().into(), visit.query());
    match chat::rooms::candidates(&visit.chat, visit.actor(), &room, &text).await {
        Ok(people) => options(people),
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

fn options(people: Vec<User>) -> Page {
    let option = |user: User| {
        let username = user.username.clone();
        view! {
            <li class="person" role="option" aria-selected="false" data-username=username>
                {person(&user)}
            </li>
        }
    };
    fragment(|| people.into_iter().map(option).collect_view().into_any())
}

/// The script, once on a page that has such fields.
pub(super) fn script(visit: &Visit) -> impl IntoView + use<> {
    let nonce = visit.nonce.to_string();
    view! { <script type="module" nonce=nonce inner_html=SCRIPT.as_str()></script> }
}
