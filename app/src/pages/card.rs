//! Who somebody is: `/u/{user name}`.

use chat::accounts::{Card, Profile};
use leptos::prelude::*;
use protocol::{ErrorCode, Room};

use super::{
    Page, Visit,
    document::document,
    failure::{failure, nothing_here},
    person::status_line,
    settings::{room_items, sign_in_first},
};
use crate::{
    components::{avatar, presence_dot},
    head::Head,
    state::clock,
};

/// The card of a person, for people with an account.
pub async fn card(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let username = visit.uri.path().split('/').nth(2).unwrap_or_default().to_owned();
    match chat::accounts::card(&visit.chat, &session, &username).await {
        Ok(card) => {
            let head = Head::new(&card.profile.user.name, Vec::new());
            let own = card.profile.user.id == session.user.id;
            document(&visit, head, |_| if card.is_former { former(card) } else { show(card, own) }).await
        }
        Err(error) if error.public().code == ErrorCode::NotFound => nothing_here(&visit).await,
        Err(error) => failure(&visit, &error),
    }
}

fn framed(content: impl IntoView) -> AnyView {
    view! {
        <section class="gate gate--framed">
            <div class="gate-card person-card">{content}</div>
        </section>
    }
    .into_any()
}

/// Nothing that was personal is left.
fn former(card: Card) -> AnyView {
    let user = card.profile.user;
    framed(view! {
        <div class="person-head">
            {avatar(&user, "avatar avatar--large")}
            <h1>{user.name}</h1>
        </div>
        <p>"This account was deleted. What was written with it stays."</p>
    })
}

fn show(card: Card, own: bool) -> AnyView {
    let Card { profile, presence, minutes_east, at, rooms, .. } = card;
    let Profile { user, bio, pronouns, time_zone, availability } = profile;
    let time = minutes_east.map(|minutes| local_time(at, minutes, &time_zone));
    let (way, text) = if own {
        ("/settings/profile".to_owned(), "Edit your profile")
    } else {
        (["/messages/new?to=", &user.username].concat(), "Message")
    };
    framed(view! {
        <div class="person-head">
            <span class="avatar-frame">{avatar(&user, "avatar avatar--large")} {presence_dot(user.id, Some(presence))}</span>
            <div>
                <h1 dir="auto">{user.name.clone()}</h1>
                {user.bot.then(|| view! { <span class="bot-badge">"Bot"</span> })}
                {status_line(user.id, availability.status.as_ref())}
                <p class="person-facts">
                    <span>{["@", &user.username].concat()}</span>
                    {(!pronouns.is_empty()).then(|| view! { <span dir="auto">{pronouns}</span> })}
                </p>
            </div>
        </div>
        {(!bio.is_empty()).then(|| view! { <p class="person-bio" dir="auto">{bio}</p> })}
        {time}
        {(!own).then(|| shared(rooms))}
        <p class="gate-actions">
            <a class="button button--quiet" href=way>
                {text}
            </a>
        </p>
    })
}

fn local_time(at: i64, minutes_east: i32, zone: &str) -> impl IntoView + use<> {
    let local = clock::to_local(at, minutes_east);
    let place = [" (", &zone.replace('_', " "), ")"].concat();
    view! {
        <p class="person-time">
            "Local time " <time datetime=clock::iso_utc(at) title=clock::full_label(local)>{clock::short_time(local)}</time> {place}
        </p>
    }
}

fn shared(rooms: Vec<Room>) -> AnyView {
    if rooms.is_empty() {
        return view! { <p class="person-facts">"You are in no room together."</p> }.into_any();
    }
    view! {
        <div>
            <h2>"Rooms that you are both in"</h2>
            <ul class="settings-list">{room_items(rooms)}</ul>
        </div>
    }
    .into_any()
}
