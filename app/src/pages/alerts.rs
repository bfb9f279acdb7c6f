//! What one is told: `/alerts`.

use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Alert, AlertKind, Alerts, Room, User};

use super::{Page, Visit, document::document, failure::failure, settings::sign_in_first};
use crate::{
    api::{DismissAlerts, ReadAlerts},
    components::avatar,
    head::Head,
    state::clock,
};

/// The alerts of whoever asks.
pub async fn alerts(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let found = async {
        let alerts = chat::alerts::list(&visit.chat, &session, None).await?;
        let rooms = chat::rooms::known(&visit.chat, visit.actor(), alerts.alerts.iter().filter_map(|alert| alert.room)).await?;
        Ok::<_, chat::Error>((alerts, rooms))
    };
    match found.await {
        Ok((alerts, rooms)) => {
            let zone = visit.zone();
            let administers = visit.administers();
            document(&visit, Head::new("Alerts", Vec::new()), |_| show(&alerts, &rooms, zone, administers)).await
        }
        Err(error) => failure(&visit, &error),
    }
}

fn show(alerts: &Alerts, rooms: &[Room], zone: i32, administers: bool) -> AnyView {
    let body = if alerts.alerts.is_empty() {
        view! { <p class="alerts-none">"Nothing to tell. When somebody adds you to a room or says something to all, it stands here."</p> }
            .into_any()
    } else {
        let lines = alerts.alerts.iter().map(|alert| line(alert, rooms, zone, administers)).collect_view();
        let read = (alerts.unread > 0).then(|| button(ReadAlerts::PATH, None, "Mark all as read", String::new()));
        view! {
            <div class="alerts-all">{read} {button(DismissAlerts::PATH, None, "Dismiss all", String::new())}</div>
            <ul class="alerts">{lines}</ul>
        }
        .into_any()
    };
    view! {
        <div class="settings">
            <h1>"Alerts"</h1>
            {body}
        </div>
    }
    .into_any()
}

fn line(alert: &Alert, rooms: &[Room], zone: i32, administers: bool) -> impl IntoView + use<> {
    let Alert { id, text, author, room, at, read, kind, .. } = alert.clone();
    // A room that the reader may not know of any more has no name here.
    let room = room.and_then(|room| rooms.iter().find(|known| known.id == room)).map(|room| {
        view! {
            <a href=["/r/", &room.slug].concat() dir="auto">
                {room.name.clone()}
            </a>
        }
    });
    let reports = (kind == AlertKind::Report && administers).then(|| view! { <a href="/admin/reports">"All reports"</a> });
    let mark = (!read).then(|| button(ReadAlerts::PATH, Some(id.to_string()), "Mark as read", text.clone()));
    let local = clock::to_local(at, zone);
    view! {
        <li class="alert" class:alert--unread=!read>
            {author.as_ref().map(|author| avatar(author, "avatar"))}
            <div class="alert-body">
                <p class="alert-facts">
                    {(!read).then(|| view! { <strong>"New"</strong> })} <span>{about(kind)}</span> {author.map(by)} {room} {reports}
                    <time datetime=clock::iso_utc(at)>{clock::full_label(local)}</time>
                </p>
                <p class="alert-text" dir="auto">
                    {text.clone()}
                </p>
            </div>
            <div class="alert-actions">{mark} {button(DismissAlerts::PATH, Some(id.to_string()), "Dismiss", text)}</div>
        </li>
    }
}

fn by(author: User) -> impl IntoView {
    view! {
        <a href=["/u/", &author.username].concat() title=["@", &author.username].concat()>
            <bdi>{author.name}</bdi>
        </a>
    }
}

fn about(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Announcement => "Announcement",
        AlertKind::Added => "Added to a room",
        AlertKind::Removed => "Removed from a room",
        AlertKind::RoleChanged => "Role changed",
        AlertKind::Report => "Report",
        AlertKind::Flood => "Too much",
    }
}

/// A form that does something with one alert, or with all. Who hears it is told with which.
fn button(path: &'static str, alert: Option<String>, name: &'static str, text: String) -> impl IntoView {
    let label = if text.is_empty() { name.to_owned() } else { [name, ": ", &text].concat() };
    view! {
        <form method="post" action=path>
            {alert.map(|alert| view! { <input type="hidden" name="alert" value=alert /> })}
            <button class="button button--quiet" aria-label=label>
                {name}
            </button>
        </form>
    }
}
