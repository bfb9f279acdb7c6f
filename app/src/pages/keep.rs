//! What may be made of a message beside changing it, by forms: `/r/{slug}/m/{seq}/keep`.

use chat::bookmarks::Keeping;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Page, Visit,
    document::document,
    failure::refused_in_room,
    form::refusal,
    message::{of, place, question},
    settings::sign_in_first,
};
use crate::{
    api::{Bookmark, PinMessage},
    head::Head,
};

/// Forms to keep a message for oneself, to pin it for all, and to take either back.
pub async fn keep(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let found = match place(&visit) {
        Ok(seq) => chat::bookmarks::keeping(&visit.chat, &session, &visit.slug().to_owned().into(), seq).await,
        Err(error) => Err(error.into()),
    };
    match found {
        Ok(found) => {
            let refused = refusal(&visit);
            let head = Head::new("Keep a message", Vec::new());
            let lead = "Your bookmarks are for you alone. What is pinned all in the room find again.";
            document(&visit, head, |_| question("Keep this message", lead, &found.asked, forms(&found, refused))).await
        }
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

fn forms(found: &Keeping, refused: Option<String>) -> AnyView {
    let form = |path: &'static str, name: &'static str, on: bool, label: &'static str| {
        view! {
            <form method="post" action=path>
                {of(&found.asked)} <input type="hidden" name=name value=on.to_string() />
                <button class="button button--quiet">{label}</button>
            </form>
        }
    };
    let bookmark = if found.is_kept { "Remove bookmark" } else { "Bookmark" };
    let pin = if found.is_pinned { "Unpin" } else { "Pin" };
    view! {
        <p class="form-fault" role="alert">
            {refused}
        </p>
        <div class="room-actions">
            {form(Bookmark::PATH, "on", !found.is_kept, bookmark)}
            {found.may_pin.then(|| form(PinMessage::PATH, "pinned", !found.is_pinned, pin))}
        </div>
    }
    .into_any()
}
