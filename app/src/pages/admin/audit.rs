use chat::house::{AuditEntry, AuditSearch};
use leptos::prelude::*;
use serde::Deserialize;

use super::{Section, office, refused};
use crate::{
    next::value,
    pages::{Page, Visit},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    actor: String,
    action: String,
    subject: String,
    after: String,
}

/// Who did what to whom when: `/admin/audit`.
pub async fn audit(visit: Visit) -> Page {
    let Asked { actor, action, subject, after } = visit.query();
    let search =
        AuditSearch { actor: actor.clone(), action: action.clone(), subject: subject.clone(), after: after.parse().ok() };
    let page = match chat::house::audit(&visit.chat, visit.actor(), search).await {
        Ok(page) => page,
        Err(error) => return refused(&visit, &error).await,
    };
    office(&visit, Section::Audit, || {
        let options = page.actions.into_iter().map(|word| {
            view! {
                <option value=word selected=(action == word).then_some("")>
                    {word}
                </option>
            }
        });
        let next = page.next.map(|last| {
            let filters = ["?actor=", &value(&actor), "&action=", &value(&action), "&subject=", &value(&subject)].concat();
            view! { <a href=[&filters, "&after=", &last.to_string()].concat()>"Older entries"</a> }
        });
        view! {
            <form class="office-search" method="get" action="/admin/audit">
                <input name="actor" value=actor.clone() aria-label="Who" placeholder="Who, such as @ada" />
                <select name="action" aria-label="What">
                    <option value="">"Everything"</option>
                    {options.collect_view()}
                </select>
                <input name="subject" value=subject.clone() aria-label="To whom or what" placeholder="To whom, such as @bob" />
                <button class="button button--quiet">"Filter"</button>
            </form>
            <ul class="office-list">{page.entries.into_iter().map(row).collect_view()}</ul>
            {next}
        }
        .into_any()
    })
    .await
}

fn row(entry: AuditEntry) -> impl IntoView {
    view! {
        <li>
            <p>
                <strong>{entry.action}</strong>
                " "
                <bdi>{entry.subject}</bdi>
                <span class="office-facts">
                    {format!("{}, by {}{}", chat::utc(entry.at), entry.actor, if entry.detail.is_empty() { "" } else { ": " })}
                    <bdi>{entry.detail}</bdi>
                </span>
            </p>
        </li>
    }
}
