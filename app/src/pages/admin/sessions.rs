use chat::house::{HouseSession, SessionSearch, SessionsPage};
use leptos::{prelude::*, server_fn::ServerFn};
use serde::Deserialize;

use super::{Section, office, refused};
use crate::{
    api::EndSessionOf,
    next::value,
    pages::{Page, Visit, device::device, form::refusal},
    state::clock,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    username: String,
    after: String,
}

/// Everything that anybody is signed in with: `/admin/sessions`.
pub async fn sessions(visit: Visit) -> Page {
    let Asked { username, after } = visit.query();
    let search = SessionSearch { username: username.clone(), after: after.parse().ok() };
    let SessionsPage { sessions, next } = match chat::house::sessions(&visit.chat, visit.actor(), search).await {
        Ok(page) => page,
        Err(error) => return refused(&visit, &error).await,
    };
    let fault = refusal(&visit);
    office(&visit, Section::Sessions, || {
        let none = sessions.is_empty().then(|| view! { <p class="note">"Nobody of this user name is signed in."</p> });
        let next = next.map(|last| {
            view! { <a href=["?username=", &value(&username), "&after=", &last].concat()>"Older sessions"</a> }
        });
        let rows = sessions.into_iter().map(|session| row(&visit, session, &username)).collect_view();
        view! {
            <form class="office-search" role="search" method="get" action="/admin/sessions">
                <input
                    type="search"
                    name="username"
                    value=username.clone()
                    aria-label="Whose, by user name"
                    placeholder="Whose, by user name"
                    autocapitalize="none"
                />
                <button class="button button--quiet">"Filter"</button>
            </form>
            <p class="form-fault" role="alert">
                {fault}
            </p>
            {none}
            <ul class="office-list">{rows}</ul>
            {next}
        }
        .into_any()
    })
    .await
}

fn row(visit: &Visit, session: HouseSession, filter: &str) -> impl IntoView + use<> {
    let HouseSession { id, username, name, agent, address, began, used, may_be_ended } = session;
    let moment = |at: i64| {
        view! { <time datetime=clock::iso_utc(at)>{clock::full_label(visit.local(at))}</time> }
    };
    let device = device(&agent);
    let label = ["End the session of @", &username, " with ", &device].concat();
    let end = may_be_ended.then(|| {
        view! {
            <form method="post" action=EndSessionOf::PATH>
                <input type="hidden" name="session" value=id.to_string() />
                <input type="hidden" name="username" value=filter.to_owned() />
                <button class="button button--quiet" aria-label=label>
                    "End"
                </button>
            </form>
        }
    });
    let address = if address.is_empty() { "address not known".to_owned() } else { address };
    view! {
        <li>
            <p>
                <a href=["/admin/people/", &username].concat()>
                    <bdi>{name}</bdi>
                </a>
                <span class="office-facts">
                    {format!("@{username}, ")} <span title=agent>{device}</span> {format!(", {address}, since ")} {moment(began)}
                    ", last used " {moment(used)}
                </span>
            </p>
            {end}
        </li>
    }
}
