use chat::{
    house::{By, HouseRoom},
    rooms::{MembersPage, MembersSearch},
};
use leptos::{prelude::*, server_fn::ServerFn};
use serde::Deserialize;

use super::{Section, office, refused, rooms::facts};
use crate::{
    api::{AddMember, ArchiveRoom, DeleteRoom},
    pages::{
        Page, Visit,
        form::refusal,
        members::pages,
        person::{Forms, person},
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// What is looked for among the members.
    q: String,
    page: u64,
}

/// One room, and what the house can do with it: `/admin/rooms/{room}`. What is written there is not shown.
pub async fn house_room(visit: Visit) -> Page {
    let (asked, slug, by) = (visit.query::<Asked>(), visit.part_after("rooms"), By::Admin(visit.actor()));
    let found = async {
        let room = chat::house::room(&visit.chat, by, &slug).await?;
        let search = MembersSearch { text: &asked.q, page: asked.page };
        Ok::<_, chat::Error>((room, chat::rooms::members(&visit.chat, by, &slug.clone().into(), search).await?))
    };
    let (room, members) = match found.await {
        Ok(found) => found,
        Err(error) => return refused(&visit, &error).await,
    };
    let fault = refusal(&visit);
    office(&visit, Section::Rooms, || view(&room, members, &asked, fault)).await
}

fn view(room: &HouseRoom, page: MembersPage, asked: &Asked, fault: Option<String>) -> AnyView {
    let forms = Forms { room: room.slug.clone(), house: true };
    let pages = pages(&asked.q, &page);
    let rows = page.members.iter().map(|member| {
        let role = match member.role {
            protocol::RoomRole::Owner => "Owner",
            protocol::RoomRole::Moderator => "Moderator",
            protocol::RoomRole::Member => "Member",
        };
        view! {
            <li class="person">{person(&member.user)} <span class="person-note">{role}</span> {forms.menu(member)}</li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <h2 dir="auto">{room.name.clone()}</h2>
        <p class="office-facts">{facts(room)}</p>
        <p class="form-fault" role="alert">
            {fault}
        </p>
        {add(&forms)}
        <section class="people-part">
            <h3>"Members"</h3>
            <form class="office-search" role="search" method="get">
                <input type="search" name="q" value=asked.q.clone() aria-label="Find a member" placeholder="Find a member" />
                <button class="button button--quiet">"Search"</button>
            </form>
            <ul class="people-list">{rows}</ul>
            {pages}
        </section>
        {archive(&forms, room.archived)}
        {delete(&forms, &room.name)}
    }
    .into_any()
}

fn add(forms: &Forms) -> impl IntoView + use<> {
    let fields = view! {
        <label>
            "User name" <input name="username" required autocomplete="off" autocapitalize="none" spellcheck="false" />
        </label>
        <label>
            "As" <select name="role">
                <option value="member">"Member"</option>
                <option value="moderator">"Moderator"</option>
                <option value="owner">"Owner"</option>
            </select>
        </label>
        <button class="button button--quiet">"Add"</button>
    };
    view! {
        <section class="people-part house-form">
            <h3>"Add somebody"</h3>
            <p class="field-hint">"They are told, and so are those in the room. It stands in the audit log."</p>
            {forms.post(AddMember::PATH, fields.into_any())}
        </section>
    }
}

fn archive(forms: &Forms, archived: bool) -> impl IntoView + use<> {
    let (value, button, lead) = if archived {
        ("false", "Bring it back", "It is archived: it can be read, stands in no list, and nobody writes.")
    } else {
        ("true", "Archive this room", "Then it can be read and nothing else, and stands in no list. It can be brought back.")
    };
    let fields = view! {
        <input type="hidden" name="archived" value=value />
        <button class="button button--quiet">{button}</button>
    };
    view! {
        <section class="people-part house-form">
            <h3>"Archive"</h3>
            <p class="field-hint">{lead}</p>
            {forms.post(ArchiveRoom::PATH, fields.into_any())}
        </section>
    }
}

fn delete(forms: &Forms, name: &str) -> impl IntoView + use<> {
    let fields = view! {
        <label>
            <span>"Type “" <bdi>{name.to_owned()}</bdi> "” to confirm"</span>
            <input name="confirm" required autocomplete="off" />
        </label>
        <button class="button button--quiet danger">"Delete this room"</button>
    };
    view! {
        <section class="people-part house-form">
            <h3>"Delete"</h3>
            <p class="field-hint">"The room goes for good, with everything that was written in it."</p>
            {forms.post(DeleteRoom::PATH, fields.into_any())}
        </section>
    }
}
