//! What calls one: `/inbox`. Messages by name, answers and followed threads, and alerts among them, the newest first.

use chat::{
    commands::{self, Said},
    messages::Outgoing,
    reads::{Call, Inbox},
};
use http::StatusCode;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Alert, Answers, ClientId, ErrorCode, Message, RoomRef, Seq, markdown};
use serde::Deserialize;

use super::{
    Page, Visit,
    document::document,
    escape::escape,
    failure::{failure, status_of},
    form::refusal,
    settings::sign_in_first,
};
use crate::{
    AppError,
    api::{MarkRead, ReadAll, UndoReadAll},
    components::avatar,
    context::reveal,
    head::Head,
    room::for_you,
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

/// An answer to one of the messages.
#[derive(Deserialize)]
pub struct TypedAnswer {
    room: String,
    seq: i64,
    client_id: ClientId,
    body: String,
}

/// What became of an answer.
#[derive(Default)]
struct Sent {
    /// What a command says to whoever asked.
    told: Option<String>,
    /// What was refused, to be sent once more.
    typed: Option<TypedAnswer>,
    refused: Option<String>,
}

/// The inbox of whoever asks.
pub async fn inbox(visit: Visit) -> Page {
    let refused = refusal(&visit);
    show(&visit, Sent { refused, ..Sent::default() }).await
}

/// Answers a message from the inbox, and leads back to it; or asks a program where it is a command, and shows what that says.
///
/// # Errors
/// The page with what a command says, or with the text that was refused.
pub async fn answer_call(visit: Visit, typed: TypedAnswer) -> Result<String, Page> {
    match say(&visit, &typed).await {
        Ok(Said::Told { text, .. }) if !text.is_empty() => {
            Err(show(&visit, Sent { told: Some(for_you(&text)), ..Sent::default() }).await)
        }
        Ok(_) => Ok("/inbox?sent".to_owned()),
        Err(error) => {
            let error = AppError::from(reveal(&error));
            let (status, retry_after) = (status_of(error.error.code), error.error.retry_after);
            // The same message keeps its id, unless that is what was wrong with it.
            let client_id = if error.error.code == ErrorCode::Conflict { ClientId::generate() } else { typed.client_id };
            let typed = Some(TypedAnswer { client_id, ..typed });
            let refused = error.general().or_else(|| Some(error.error.message()));
            let page = show(&visit, Sent { typed, refused, ..Sent::default() }).await;
            Err(if page.status == StatusCode::OK { Page { status, retry_after, ..page } } else { page })
        }
    }
}

async fn say(visit: &Visit, typed: &TypedAnswer) -> Result<Said, chat::Error> {
    let (chat, actor) = (&visit.chat, visit.actor());
    let (room, seq): (RoomRef, _) = (typed.room.clone().into(), Seq(typed.seq));
    chat.admit(chat::Deed::Send, visit.caller.address)?;
    // Where the message stands, the answer does.
    let thread_of = chat::messages::stands_in(chat, actor, &room, seq).await?;
    let answers = Answers { reply_to: Some(seq), thread_of, only_in_thread: thread_of.is_some() };
    let message = Outgoing { answers, ..Outgoing::new(room.clone(), typed.client_id, typed.body.clone()) };
    let said = commands::say(chat, actor, message).await?;
    if matches!(said, Said::Stored(_)) {
        // Who answers it has read it.
        chat::reads::read_now(chat, actor, &room, seq).await?;
    }
    Ok(said)
}

async fn show(visit: &Visit, sent: Sent) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(visit) };
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
            let here = before.map_or_else(|| "/inbox".to_owned(), address);
            let zone = visit.zone();
            document(visit, Head::new("Inbox", Vec::new()), |_| content(inbox, alerts, &query, (&here, sent), zone)).await
        }
        Err(error) => failure(visit, &error),
    }
}

/// The part of the inbox that is older than this.
fn address((at, seq): (i64, Seq)) -> String {
    format!("/inbox?before={at}-{seq}")
}

/// A line, and when it came.
type Line = (i64, AnyView);

fn content(inbox: Inbox, alerts: Vec<Alert>, query: &Query, (here, sent): (&str, Sent), zone: i32) -> AnyView {
    let Sent { told: said, typed, refused } = sent;
    let next = inbox.next.map(address);
    let calls = inbox.calls.into_iter().map(|call| {
        let typed = typed.as_ref().filter(|typed| typed.room == call.room.slug && typed.seq == call.message.seq.0);
        (call.at, one(call, (here, typed), zone))
    });
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
            {said.map(|said| view! { <p class="note note--lines" role="alert" dir="auto">{said}</p> })}
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
fn one(call: Call, answer: (&str, Option<&TypedAnswer>), zone: i32) -> AnyView {
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
                {answer_form(&room.slug, &message, answer)}
                {read}
            </div>
        </li>
    }
    .into_any()
}

/// What answers a message. A text that was refused stands in it again.
fn answer_form(slug: &str, message: &Message, (here, typed): (&str, Option<&TypedAnswer>)) -> AnyView {
    let client_id = typed.map_or_else(ClientId::generate, |typed| typed.client_id);
    // A line end at the beginning of a text area is no part of its text.
    let text = typed.map(|typed| ["\n", &escape(&typed.body)].concat()).unwrap_or_default();
    view! {
        <details class="inbox-answer" open=typed.is_some()>
            <summary>"Answer"</summary>
            <form method="post" action=here.to_owned()>
                <input type="hidden" name="room" value=slug.to_owned() />
                <input type="hidden" name="seq" value=message.seq.to_string() />
                <input type="hidden" name="client_id" value=client_id.to_string() />
                <textarea
                    name="body"
                    rows="2"
                    required=""
                    aria-label=format!("Answer to {}", message.author.name)
                    inner_html=text
                ></textarea>
                <button class="button">"Send"</button>
            </form>
        </details>
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
