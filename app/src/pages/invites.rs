//! Invites into a room, `/r/{slug}/invites`, or into the house: `/admin/invites` for admins, `/invites` for others who may make some.

use chat::invites::Invite;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{ErrorCode, RoomRef};
use serde::Deserialize;

use super::{
    Page, Visit,
    admin::{Section, office},
    document::document,
    failure::{failure, nothing_here},
    form::Form,
    qr,
};
use crate::{
    api::{MakeInvite, RevokeInvite},
    head::Head,
};

#[derive(Default, Deserialize)]
struct Asked {
    /// The code of the invite that is shown large.
    #[serde(default)]
    show: String,
}

/// Invites into a room.
pub async fn room_invites(visit: Visit) -> Page {
    let slug = visit.part_after("r");
    let content = match listed(&visit, Some(slug.clone())).await {
        Ok(content) => content,
        Err(page) => return page,
    };
    let back = ["/r/", &slug].concat();
    document(&visit, Head::new("Invites", Vec::new()), |_| {
        view! {
            <div class="office">
                <h1>"Invites into this room"</h1>
                {content}
                <p>
                    <a href=back>"Back to the room"</a>
                </p>
            </div>
        }
        .into_any()
    })
    .await
}

/// Invites into the house.
pub async fn house_invites(visit: Visit) -> Page {
    let content = match listed(&visit, None).await {
        Ok(content) => content,
        Err(page) => return page,
    };
    if visit.administers() {
        return office(&visit, Section::Invites, || content).await;
    }
    document(&visit, Head::new("Invites", Vec::new()), |_| {
        view! {
            <div class="office">
                <h1>"Invites"</h1>
                {content}
            </div>
        }
        .into_any()
    })
    .await
}

async fn listed(visit: &Visit, room: Option<String>) -> Result<AnyView, Page> {
    let name = room.clone().map(RoomRef::from);
    let invites = match chat::invites::list(&visit.chat, chat::house::By::Admin(visit.actor()), name.as_ref()).await {
        Ok(invites) => invites,
        Err(error) => {
            return Err(match error.public().code {
                ErrorCode::NotFound | ErrorCode::NotAllowed | ErrorCode::NotAMember | ErrorCode::NotAuthenticated => {
                    nothing_here(visit).await
                }
                _ => failure(visit, &error),
            });
        }
    };
    let asked: Asked = visit.query();
    let shown = invites.iter().find(|invite| invite.code == asked.show).map(|invite| large(visit, invite));
    let room = room.unwrap_or_default();
    let make = make_form(&Form::small(MakeInvite::PATH, visit), &room);
    let revoke = Form::small(RevokeInvite::PATH, visit);
    let rows = invites.into_iter().map(|invite| row(&revoke, invite, &room)).collect::<Vec<_>>();
    let list = if rows.is_empty() {
        view! { <p class="note">"There is no invite that holds."</p> }.into_any()
    } else {
        view! { <ul class="office-list">{rows}</ul> }.into_any()
    };
    Ok(view! { {shown} {make} {list} }.into_any())
}

/// The link to give away, and its picture to hold before a phone.
fn large(visit: &Visit, invite: &Invite) -> AnyView {
    let link = [&visit.origin(), "/i/", &invite.code].concat();
    let picture = qr::picture(&link);
    view! {
        <section class="made">
            <h2>"The link"</h2>
            <p class="made-link">
                <a href=link.clone()>{link.clone()}</a>
            </p>
            {picture}
        </section>
    }
    .into_any()
}

fn make_form(form: &Form, room: &str) -> AnyView {
    let fields = view! {
        <input type="hidden" name="room" value=room.to_owned() />
        <label>
            "Holds for days" <input type="number" name="days" min="1" max="3650" value="7" />
        </label>
        <label>
            "Can be used times" <input type="number" name="uses" min="1" max="1000000" />
        </label>
        <p class="field-hint">"What is left empty has no limit."</p>
    };
    form.view(fields.into_any(), "Make an invite")
}

fn row(revoke: &Form, invite: Invite, room: &str) -> AnyView {
    let leads_to = match invite.room_name {
        Some(name) => view! { "Into " <bdi>{name}</bdi> }.into_any(),
        None => "Into the house".into_any(),
    };
    let uses = match invite.uses_max {
        Some(max) => format!("used {} of {max} times", invite.uses),
        None => format!("used {} times", invite.uses),
    };
    let ends = invite.expires_at.map_or_else(|| "until it is revoked".to_owned(), |at| format!("until {}", chat::utc(at)));
    let fields = view! {
        <input type="hidden" name="id" value=invite.id.to_string() />
        <input type="hidden" name="room" value=room.to_owned() />
    };
    view! {
        <li>
            <p>
                <a href=["?show=", &invite.code].concat()>{leads_to}</a>
                <span class="office-facts">{format!("{uses}, {ends}, made by {}", invite.made_by)}</span>
            </p>
            {revoke.view(fields.into_any(), "Revoke")}
        </li>
    }
    .into_any()
}
