//! Outgoing webhooks of a room, and what became of their deliveries: `/r/{slug}/outgoing`.

use chat::outgoing::{self, DeliveriesPage, Delivery, DeliveryState, Hook, NewHook};
use http::StatusCode;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Error, Field, Room, RoomRef};
use serde::Deserialize;

use super::{
    Page, Visit,
    document::document,
    failure::{refused_in_room, status_of},
    form::{Form, sure},
};
use crate::{
    api::{DeleteOutgoing, PauseOutgoing, ResendDelivery},
    context::reveal,
    head::Head,
};

#[derive(Default, Deserialize)]
struct Asked {
    /// The hook whose deliveries are shown.
    hook: Option<String>,
    /// The delivery after which the page begins.
    after: Option<String>,
}

/// What somebody types who makes one.
#[derive(Default, Deserialize)]
pub struct TypedHook {
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    words: String,
}

/// What became of a form that was sent.
enum Sent {
    Nothing,
    /// The secret, which is shown this once.
    Made(String),
    Refused(TypedHook, Error),
}

/// The webhooks, for those who keep order in the room.
pub async fn outgoing(visit: Visit) -> Page {
    let asked: Asked = visit.query();
    let Some(hook) = asked.hook.and_then(|hook| hook.parse().ok()) else { return show(&visit, Sent::Nothing).await };
    let after = asked.after.and_then(|after| after.parse().ok());
    match outgoing::deliveries(&visit.chat, visit.actor(), &room_of(&visit), hook, after).await {
        Ok(page) => document(&visit, Head::new("Deliveries", Vec::new()), |_| deliveries(&visit, page)).await,
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

/// Makes one, and shows its secret.
///
/// # Errors
/// The page, always: it holds what is shown once.
pub async fn make_outgoing(visit: Visit, typed: TypedHook) -> Result<String, Page> {
    let new = NewHook { name: &typed.name, url: &typed.url, words: &typed.words };
    let made = async {
        visit.chat.admit(chat::Deed::Moderate, visit.caller.address)?;
        outgoing::create(&visit.chat, visit.actor(), &room_of(&visit), new).await
    };
    match made.await {
        Ok(made) => Err(show(&visit, Sent::Made(made.secret)).await),
        Err(error) => {
            let error = reveal(&error);
            let (status, retry_after) = (status_of(error.code), error.retry_after);
            let page = show(&visit, Sent::Refused(typed, error)).await;
            Err(if page.status == StatusCode::OK { Page { status, retry_after, ..page } } else { page })
        }
    }
}

fn room_of(visit: &Visit) -> RoomRef {
    visit.slug().to_owned().into()
}

async fn show(visit: &Visit, sent: Sent) -> Page {
    match outgoing::list(&visit.chat, visit.actor(), &room_of(visit)).await {
        Ok((room, hooks)) => {
            let head = Head::new(&["Webhooks of ", &room.name].concat(), Vec::new());
            document(visit, head, |_| view(visit, &room, hooks, sent)).await
        }
        Err(error) => refused_in_room(visit, &error).await,
    }
}

fn view(visit: &Visit, room: &Room, hooks: Vec<Hook>, sent: Sent) -> AnyView {
    let back = ["/r/", &room.slug].concat();
    let (made, typed, error) = match sent {
        Sent::Nothing => (None, TypedHook::default(), None),
        Sent::Made(secret) => (Some(secret), TypedHook::default(), None),
        Sent::Refused(typed, error) => (None, typed, Some(error)),
    };
    let made = made.map(secret_of);
    let list = if hooks.is_empty() {
        view! { <p class="note">"What is said here goes nowhere yet."</p> }.into_any()
    } else {
        let (pause, delete) = (Form::small(PauseOutgoing::PATH, visit), Form::small(DeleteOutgoing::PATH, visit));
        view! { <ul class="office-list">{hooks.into_iter().map(|hook| row(&pause, &delete, room, hook)).collect_view()}</ul> }
            .into_any()
    };
    view! {
        <div class="office">
            <h1>"Outgoing webhooks of " <span dir="auto">{room.name.clone()}</span></h1>
            <p>
                "What is said in the room goes to a URL, signed, and what the program there answers is said here. Every member is heard: tell them."
            </p>
            {made}
            {list}
            {make_form(room, typed, error.as_ref())}
            <p>
                <a href=back>"Back to the room"</a>
            </p>
        </div>
    }
    .into_any()
}

/// The secret of what was made, which is shown this once.
pub(super) fn secret_of(secret: String) -> AnyView {
    view! {
        <section class="made" role="status">
            <h2>"Its secret"</h2>
            <p>"What is sent is signed with it. Copy it now: it is not shown again."</p>
            <p class="made-link">
                <code>{secret}</code>
            </p>
        </section>
    }
    .into_any()
}

/// A line of a form that answers with its own page: name, label and kind of the input, and what was typed there.
pub(super) fn field(
    error: Option<&Error>,
    field: Field,
    (name, label, kind): (&'static str, &'static str, &'static str),
    value: String,
    required: bool,
    hint: &'static str,
) -> AnyView {
    let wrong = error.is_some_and(|error| error.fields.iter().any(|fault| fault.field == field));
    let hint_id = [name, "-hint"].concat();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                value=value
                autocomplete="off"
                required=required
                aria-invalid=wrong.then_some("true")
                aria-describedby=hint_id.clone()
            />
            <p class="field-hint" id=hint_id>
                {hint}
            </p>
        </div>
    }
    .into_any()
}

fn make_form(room: &Room, typed: TypedHook, error: Option<&Error>) -> AnyView {
    let action = ["/r/", &room.slug, "/outgoing"].concat();
    let fault = error.map(Error::message);
    let TypedHook { name, url, words } = typed;
    view! {
        <section class="office-form">
            <h2>"Make one"</h2>
            <p class="form-fault" role="alert">
                {fault}
            </p>
            <form class="form" method="post" action=action>
                {field(error, Field::DisplayName, ("name", "Name", "text"), name, true, "Under it answers are said here.")}
                {field(error, Field::Url, ("url", "URL", "url"), url, true, "https:// or http://, in the open internet.")}
                {field(
                    error,
                    Field::Words,
                    ("words", "Only messages that begin with one of these words", "text"),
                    words,
                    false,
                    "Such as deploy, rollback. Left empty, every message goes out.",
                )}
                <button class="button button--wide">"Make an outgoing webhook"</button>
            </form>
        </section>
    }
    .into_any()
}

fn row(pause: &Form, delete: &Form, room: &Room, hook: Hook) -> AnyView {
    let Hook { id, url, words, bot, made_by, made_at, failing_since, paused_at, waiting } = hook;
    let state = match (paused_at, failing_since) {
        (Some(at), _) => format!("rests since {}", chat::utc(at)),
        (None, Some(at)) => format!("every try has failed since {}", chat::utc(at)),
        (None, None) => "works".to_owned(),
    };
    let heard = if words.is_empty() { "every message".to_owned() } else { words.join(", ") };
    let facts = format!("{heard}; {state}; {waiting} waiting; made by @{} on {}", made_by.username, chat::utc(made_at));
    let named = || {
        view! {
            <input type="hidden" name="room" value=room.slug.clone() />
            <input type="hidden" name="hook" value=id.to_string() />
        }
    };
    let paused = paused_at.is_some();
    let pausing = view! { {named()} <input type="hidden" name="paused" value=(!paused).to_string() /> };
    let deleting = view! { {named()} {sure("I want it gone")} };
    let shown = format!("?hook={id}");
    view! {
        <li>
            <p>
                <a href=shown>
                    <bdi>{bot.name}</bdi>
                </a>
                <span class="office-facts">{url}</span>
                <span class="office-facts">{facts}</span>
            </p>
            {pause.view(pausing.into_any(), if paused { "Let it go on" } else { "Have it rest" })}
            {delete.view(deleting.into_any(), "Delete")}
        </li>
    }
    .into_any()
}

fn deliveries(visit: &Visit, page: DeliveriesPage) -> AnyView {
    let DeliveriesPage { room, hook, deliveries, next } = page;
    let (back, resend) = (["/r/", &room.slug, "/outgoing"].concat(), Form::small(ResendDelivery::PATH, visit));
    let older = next.map(|next| {
        let href = format!("?hook={}&after={next}", hook.id);
        view! {
            <p>
                <a href=href>"Older ones"</a>
            </p>
        }
    });
    let list = if deliveries.is_empty() {
        view! { <p class="note">"Nothing was delivered yet."</p> }.into_any()
    } else {
        let rows = deliveries.into_iter().map(|delivery| delivery_row(&resend, &room, &hook, delivery));
        view! { <ul class="office-list">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <div class="office">
            <h1>"Deliveries of " <bdi>{hook.bot.name.clone()}</bdi></h1>
            <p class="office-facts">{hook.url.clone()}</p>
            {list}
            {older}
            <p>
                <a href=back>"All outgoing webhooks of the room"</a>
            </p>
        </div>
    }
    .into_any()
}

fn delivery_row(resend: &Form, room: &Room, hook: &Hook, delivery: Delivery) -> AnyView {
    let Delivery { id, seq, state, attempts, made_at, tried_at, next_at, status, error } = delivery;
    let state = match state {
        DeliveryState::Waiting => "Waiting",
        DeliveryState::Delivered => "Delivered",
        DeliveryState::Failed => "Failed",
    };
    let mut facts = vec![format!("made {}", chat::utc(made_at)), format!("tried {attempts} times")];
    facts.extend(tried_at.map(|at| format!("last {}", chat::utc(at))));
    facts.extend(status.filter(|_| error.is_empty()).map(|status| format!("answered {status}")));
    facts.extend((!error.is_empty()).then_some(error));
    facts.extend(next_at.map(|at| format!("next try {}", chat::utc(at))));
    let message = format!("/r/{}/m/{seq}", room.slug);
    let fields = view! {
        <input type="hidden" name="room" value=room.slug.clone() />
        <input type="hidden" name="hook" value=hook.id.to_string() />
        <input type="hidden" name="delivery" value=id.to_string() />
    };
    view! {
        <li>
            <p>
                {state}
                ": "
                <a href=message>"message "{seq.to_string()}</a>
                <span class="office-facts">{facts.join("; ")}</span>
            </p>
            {resend.view(fields.into_any(), "Send again")}
        </li>
    }
    .into_any()
}
