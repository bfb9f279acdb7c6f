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
    let visibility = match room.visibility {
        Visibility::Public => "public",
        Visibility::Open => "open",
        Visibility::Private => "private",
        Visibility::Direct => "a conversation",
    };
    let archived = if room.archived { ", archived" } else { "" };
    let (members, messages) = (counted(room.members, "member", "members"), counted(room.messages, "message", "messages"));
    let owners =
        if room.owners.is_empty() { "nobody owns it".to_owned() } else { format!("owned by @{}", room.owners.join(", @")) };
    view! {
        <li>
            <p>
                <bdi>{room.name}</bdi>
                <span class="office-facts">
                    {format!("/r/{}, {visibility}{archived}, {members}, {messages}, {owners}", room.slug)}
                </span>
            </p>
        </li>
    }
}
