use chat::house::{Account, PeopleSearch};
use leptos::prelude::*;
use protocol::HouseRole;
use serde::Deserialize;

use super::{Section, office, refused};
use crate::{
    next::value,
    pages::{Page, Visit},
};

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    /// member, admin, owner, or suspended.
    only: String,
    after: String,
}

/// What can be asked for alone.
const ONLY: [(&str, &str); 5] =
    [("", "Everybody"), ("member", "Members"), ("admin", "Admins"), ("owner", "Owners"), ("suspended", "Suspended")];

/// Everybody, to search and to filter: `/admin/people`.
pub async fn people(visit: Visit) -> Page {
    let Asked { q, only, after } = visit.query();
    let role = match only.as_str() {
        "member" => Some(HouseRole::Member),
        "admin" => Some(HouseRole::Admin),
        "owner" => Some(HouseRole::Owner),
        _ => None,
    };
    let search = PeopleSearch { text: q.clone(), role, suspended: only == "suspended", after };
    let page = match chat::house::people(&visit.chat, visit.actor(), search).await {
        Ok(page) => page,
        Err(error) => return refused(&visit, &error).await,
    };
    office(&visit, Section::People, || {
        let options = ONLY.map(|(word, name)| {
            view! {
                <option value=word selected=(only == word).then_some("")>
                    {name}
                </option>
            }
        });
        let next = page.next.map(|last| {
            let address = ["?q=", &value(&q), "&only=", &value(&only), "&after=", &value(&last)].concat();
            view! { <a href=address>"More people"</a> }
        });
        view! {
            <form class="office-search" role="search" method="get" action="/admin/people">
                <input type="search" name="q" value=q aria-label="Find somebody" placeholder="Find somebody" />
                <select name="only" aria-label="Who">
                    {options.collect_view()}
                </select>
                <button class="button button--quiet">"Search"</button>
            </form>
            <ul class="office-list">{page.people.into_iter().map(row).collect_view()}</ul>
            {next}
        }
        .into_any()
    })
    .await
}

fn row(account: Account) -> impl IntoView {
    let suspended = if account.suspended_until.is_some() { ", suspended" } else { "" };
    let facts = format!("@{}, {}{suspended}", account.username, if account.bot { "bot" } else { word(account.role) });
    view! {
        <li>
            <p>
                <a href=["/admin/people/", &account.username].concat()>
                    <bdi>{account.name}</bdi>
                </a>
                <span class="office-facts">{facts}</span>
            </p>
        </li>
    }
}

/// The word for a role.
pub(super) fn word(role: HouseRole) -> &'static str {
    match role {
        HouseRole::Member => "member",
        HouseRole::Admin => "admin",
        HouseRole::Owner => "owner",
    }
}
