//! What calls one: `/inbox`. Messages by name, answers and followed threads, and alerts among them, the newest first.

use chat::reads::{Call, Inbox};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Alert, ClientId, Seq, markdown};
use serde::Deserialize;

use super::{Page, Visit, document::document, failure::failure, form::refusal, settings::sign_in_first};
use crate::{
    api::{Answer, MarkRead, ReadAll, UndoReadAll},
    components::avatar,
    head::Head,
    state::clock,
};

/// What the address says: from where on, and what was done a moment ago.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Query {
    before: Option<String>,
    all_read: Option<String>,
    sent: Option<String>,
}

/// The inbox of whoever asks.
pub async fn inbox(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let query: Query = visit.query();
    let before = query.before.as_deref().and_then(|before| {
        let (at, seq) = before.split_once('-')?;
        Some((at.parse().ok()?, Seq(seq.parse().ok()?)))
    });
    let found = async {
        let inbox = chat::reads::inbox(&visit.chat, &session, before).await?;
        Ok::<_, chat::Error>((inbox, chat::alerts::list(&visit.chat, &session, None).await?.alerts))
    };
    match found.await {
        Ok((inbox, alerts)) => {
            // Those that stand between the messages of this page.
            let from = inbox.next.map_or(i64::MIN, |(at, _)| at);
            let until = before.map_or(i64::MAX, |(at, _)| at);
            let alerts = alerts.into_iter().filter(|alert| alert.at >= from && alert.at < until).collect();
            let (zone, refused) = (visit.zone(), refusal(&visit));
            document(&visit, Head::new("Inbox", Vec::new()), |_| show(inbox, alerts, &query, refused, zone)).await
        }
        Err(error) => failure(&visit, &error),
    }
}

/// A line, and when it came.
type Line = (i64, AnyView);

fn show(inbox: Inbox, alerts: Vec<Alert>, query: &Query, refused: Option<String>, zone: i32) -> AnyView {
    let next = inbox.next.map(|(at, seq)| format!("/inbox?before={at}-{seq}"));
    let calls = inbox.calls.into_iter().map(|call| (call.at, one(call, zone)));
    let mut lines: Vec<Line> = calls.chain(alerts.into_iter().map(|alert| (alert.at, told(alert, zone)))).collect();
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let nothing = lines.is_empty().then(|| {
        view! { <p class="alerts-none">"Nothing calls you. When somebody writes your name, answers you or goes on in a thread that you follow, it stands here."</p> }
    });
    let all_read = query.all_read.is_some().then(|| {
        view! {
            <form class="note" method="post" action=UndoReadAll::PATH>
                <span role="status">"All rooms are read. "</span>
                <button class="button button--quiet">"Undo"</button>
            </form>
        }
    });
    view! {
        <div class="settings">
            <h1>"Inbox"</h1>
            {refused.map(|refused| view! { <p class="form-fault" role="alert">{refused}</p> })}
            {query.sent.is_some().then(|| view! { <p class="note" role="status">"Sent."</p> })}
            {all_read}
            <div class="alerts-all">
                <form method="post" action=ReadAll::PATH>
                    <button class="button button--quiet">"Mark all rooms as read"</button>
                </form>
            </div>
            {nothing}
            <ul class="alerts">{lines.into_iter().map(|(_, line)| line).collect_view()}</ul>
            {next.map(|next| view! { <p><a href=next>"Older"</a></p> })}
        </div>
    }
    .into_any()
}

/// A message that calls the reader, with a form that answers it.
fn one(call: Call, zone: i32) -> AnyView {
    let Call { room, message, reason, at, is_new } = call;
    let place = format!("/r/{}/m/{}#m{}", room.slug, message.seq, message.seq);
    let read = is_new.then(|| {
        view! {
            <form method="post" action=MarkRead::PATH>
                <input type="hidden" name="room" value=room.slug.clone() />
                <input type="hidden" name="seq" value=message.seq.to_string() />
                <button class="button button--quiet" aria-label=format!("Mark {} as read up to here", room.name)>"Mark as read"</button>
            </form>
        }
    });
    let about = match reason.as_str() {
        "reply" => "Answer to you",
        "thread" => "Thread you follow",
        _ => "Calls you",
    };
    view! {
        <li class="alert" class:alert--unread=is_new>
            {avatar(&message.author, "avatar")}
            <div class="alert-body">
                <p class="alert-facts">
                    {is_new.then(|| view! { <strong>"New"</strong> })} <span>{about}</span>
                    <bdi>{message.author.name.clone()}</bdi>
                    <a href=place dir="auto">{room.name.clone()}</a>
                    <time datetime=clock::iso_utc(at)>{clock::full_label(clock::to_local(at, zone))}</time>
                </p>
                <div class="alert-text message-body" dir="auto" inner_html=markdown::render(&message.body)></div>
            </div>
            <div class="alert-actions">
                <details class="inbox-answer">
                    <summary>"Answer"</summary>
                    <form method="post" action=Answer::PATH>
                        <input type="hidden" name="room" value=room.slug.clone() />
                        <input type="hidden" name="seq" value=message.seq.to_string() />
                        <input type="hidden" name="client_id" value=ClientId::generate().to_string() />
                        <textarea name="body" rows="2" required="" aria-label=format!("Answer to {}", message.author.name)></textarea>
                        <button class="button">"Send"</button>
                    </form>
                </details>
                {read}
            </div>
        </li>
    }
    .into_any()
}

/// An alert among them; what may be done about it is on the page of the alerts.
fn told(alert: Alert, zone: i32) -> AnyView {
    view! {
        <li class="alert" class:alert--unread=!alert.read>
            <div class="alert-body">
                <p class="alert-facts">
                    {(!alert.read).then(|| view! { <strong>"New"</strong> })} <a href="/alerts">"Alert"</a>
                    <time datetime=clock::iso_utc(alert.at)>{clock::full_label(clock::to_local(alert.at, zone))}</time>
                </p>
                <p class="alert-text" dir="auto">{alert.text}</p>
            </div>
        </li>
    }
    .into_any()
}
