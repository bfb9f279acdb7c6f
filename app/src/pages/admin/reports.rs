use chat::messages::{Report, ReportsPage};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::Visibility;
use serde::Deserialize;

use super::{Section, office, refused};
use crate::{
    api::{CloseReport, DeleteMessage},
    pages::{Page, Visit, form::refusal, message::quote},
    state::clock,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    after: String,
}

/// What was reported anywhere and is not seen to: `/admin/reports`.
pub async fn all_reports(visit: Visit) -> Page {
    let after = visit.query::<Asked>().after.parse().ok();
    let ReportsPage { reports, next } = match chat::messages::all_reports(&visit.chat, visit.actor(), after).await {
        Ok(page) => page,
        Err(error) => return refused(&visit, &error).await,
    };
    let fault = refusal(&visit);
    office(&visit, Section::Reports, || {
        let none = reports
            .is_empty()
            .then(|| view! { <p class="note">"Nothing is reported. What people report in any room stands here."</p> });
        let next = next.map(|last| view! { <a href=["?after=", &last].concat()>"Older reports"</a> });
        view! {
            <p class="form-fault" role="alert">
                {fault}
            </p>
            {none}
            <ul class="people-list">{reports.into_iter().map(|report| row(&visit, report)).collect_view()}</ul>
            {next}
        }
        .into_any()
    })
    .await
}

fn row(visit: &Visit, report: Report) -> impl IntoView + use<> {
    let when = clock::full_label(visit.local(report.at));
    let name = if report.place.visibility == Visibility::Direct { "a conversation".to_owned() } else { report.place.name };
    let room = report.place.id.to_string();
    let about = ["message of ", &report.author.name, " in ", &name].concat();
    let form = |path: &'static str, field: &'static str, value: String, button: AnyView| {
        view! {
            <form method="post" action=path>
                <input type="hidden" name="house" value="true" />
                <input type="hidden" name="room" value=room.clone() />
                <input type="hidden" name=field value=value />
                {button}
            </form>
        }
    };
    let dismiss = view! {
        <button class="button button--quiet" aria-label=["Dismiss the report of a ", &about].concat()>
            "Dismiss"
        </button>
    };
    let delete = view! { <button class="button button--quiet danger">"Delete the message for everybody"</button> };
    view! {
        <li class="report">
            {quote(&report.author.name, &report.body)}
            <p dir="auto">{report.reason}</p>
            <p class="person-note">
                "In "
                <a href=["/admin/rooms/", &report.place.slug].concat()>
                    <bdi>{name}</bdi>
                </a> ", reported by "
                <a href=["/admin/people/", &report.by.username].concat()>
                    <bdi>{report.by.name}</bdi>
                </a> ", " {when}
            </p>
            <div class="room-actions">
                {form(CloseReport::PATH, "report", report.id, dismiss.into_any())}
                <details class="person-menu">
                    <summary aria-label=["Delete a ", &about].concat()>"Delete…"</summary>
                    <div class="person-forms">
                        {form(DeleteMessage::PATH, "seq", report.seq.to_string(), delete.into_any())}
                    </div>
                </details>
            </div>
        </li>
    }
}
