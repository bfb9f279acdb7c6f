use chat::house::HouseRoom;
use leptos::prelude::*;
use protocol::Visibility;
use serde::Deserialize;

use super::{Section, counted, office, refused};
use crate::{
    next::value,
    pages::{Page, Visit},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    after: String,
}

/// All rooms, by name and figures: `/admin/rooms`.
pub async fn rooms(visit: Visit) -> Page {
    let Asked { after } = visit.query();
    let page = match chat::house::rooms(&visit.chat, visit.actor(), &after).await {
        Ok(page) => page,
        Err(error) => return refused(&visit, &error).await,
    };
    office(&visit, Section::Rooms, || {
        let next = page.next.map(|last| view! { <a href=["?after=", &value(&last)].concat()>"More rooms"</a> });
        view! {
            <ul class="office-list">{page.rooms.into_iter().map(row).collect_view()}</ul>
            {next}
        }
        .into_any()
    })
    .await
}

fn row(room: HouseRoom) -> impl IntoView {
    let facts = facts(&room);
    view! {
        <li>
            <p>
                <a href=["/admin/rooms/", &room.slug].concat()>
                    <bdi>{room.name}</bdi>
                </a>
                <span class="office-facts">{facts}</span>
            </p>
        </li>
    }
}

/// What is known of a room without looking into it.
pub(super) fn facts(room: &HouseRoom) -> String {
    let visibility = match room.visibility {
        Visibility::Public => "public",
        Visibility::Open => "open",
        Visibility::Private | Visibility::Direct => "private",
    };
    let archived = if room.archived { ", archived" } else { "" };
    let (members, messages) = (counted(room.members, "member", "members"), counted(room.messages, "message", "messages"));
    let owners = match room.owners.as_slice() {
        [] => "nobody owns it".to_owned(),
        owners => format!("owned by @{}", owners.join(", @")),
    };
    format!("/r/{}, {visibility}{archived}, {members}, {messages}, {owners}", room.slug)
}
