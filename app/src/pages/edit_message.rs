//! The text of a message: changing it without a script, `/r/{slug}/m/{seq}/edit`, and what it was before, `/r/{slug}/m/{seq}/history`.

use chat::messages::{Asked, NewText, Text};
use leptos::prelude::*;
use protocol::{ErrorCode, markdown};
use serde::Deserialize;

use super::{
    Page, Visit,
    document::document,
    escape::escape,
    failure::{refused_in_room, status_of},
    message::place,
};
use crate::{AppError, context::reveal, head::Head, state::clock};

/// What the form sends.
#[derive(Deserialize)]
pub struct Edited {
    /// How often the text had been changed when it was shown.
    pub revision: u32,
    /// The new one.
    pub body: String,
}

/// A message of one's own in a form.
pub async fn edit_message(visit: Visit) -> Page {
    match asked(&visit).await {
        Ok(asked) => {
            let body = asked.body.clone();
            show(&visit, asked, None, body).await
        }
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

/// Gives it the text that was typed, and leads to it; or the page on which that can be done better.
///
/// # Errors
/// That page.
pub async fn save_message(visit: Visit, edited: Edited) -> Result<String, Page> {
    let error = match save(&visit, &edited).await {
        Ok(place) => return Ok(place),
        Err(error) => error,
    };
    // What is typed stays; on top of the text that the message has now, where that was changed meanwhile.
    Err(match asked(&visit).await {
        Ok(asked) => {
            let shown = AppError::from(reveal(&error));
            let (code, retry_after) = (shown.error.code, shown.error.retry_after);
            let page = show(&visit, asked, Some(shown), edited.body).await;
            Page { status: status_of(code), retry_after, ..page }
        }
        Err(gone) => refused_in_room(&visit, &gone).await,
    })
}

async fn asked(visit: &Visit) -> Result<Asked, chat::Error> {
    let seq = place(visit)?;
    chat::messages::editable(&visit.chat, visit.actor(), &visit.slug().to_owned().into(), seq).await
}

async fn save(visit: &Visit, edited: &Edited) -> Result<String, chat::Error> {
    let (room, seq) = (visit.slug().to_owned().into(), place(visit)?);
    visit.chat.admit(chat::Deed::Send, visit.caller.address)?;
    let text = NewText { room, seq, body: edited.body.clone(), revision: edited.revision };
    let done = chat::messages::edit(&visit.chat, visit.actor(), text).await?;
    Ok(format!("/r/{}/m/{seq}#m{seq}", done.room.slug))
}

async fn show(visit: &Visit, asked: Asked, refused: Option<AppError>, body: String) -> Page {
    let head = Head::new("Edit a message", Vec::new());
    let message = ["/r/", &asked.room.slug, "/m/", &asked.seq.to_string()].concat();
    let fault = refused.as_ref().map(|refused| refused.general().unwrap_or_else(|| refused.error.to_string()));
    let is_changed = refused.is_some_and(|refused| refused.error.code == ErrorCode::Changed);
    let now = is_changed.then(|| {
        view! {
            <p class="gate-lead">"It says now:"</p>
            {text(&asked.body)}
            <p class="gate-lead">"Your text, which takes its place if you save it:"</p>
        }
    });
    // A line end at the beginning of a text area is no part of its text.
    let typed = ["\n", &escape(&body)].concat();
    document(visit, head, |_| {
        view! {
            <section class="gate gate--framed">
                <div class="gate-card">
                    <h1>"Edit your message"</h1>
                    <p class="form-fault" role="alert">
                        {fault}
                    </p>
                    {now}
                    <form class="form" method="post" action=[&message, "/edit"].concat()>
                        <input type="hidden" name="revision" value=asked.revision.to_string() />
                        <div class="field">
                            <label for="body">"Your message"</label>
                            <textarea id="body" name="body" rows="8" dir="auto" required inner_html=typed></textarea>
                        </div>
                        <button class="button button--wide">"Save"</button>
                    </form>
                    <p class="gate-other">
                        <a href=message>"Back to the message"</a>
                    </p>
                </div>
            </section>
        }
        .into_any()
    })
    .await
}

/// What a message said, from the text that it has back to the first.
pub async fn message_history(visit: Visit) -> Page {
    let found = match place(&visit) {
        Ok(seq) => chat::messages::history(&visit.chat, visit.actor(), &visit.slug().to_owned().into(), seq).await,
        Err(error) => Err(error.into()),
    };
    match found {
        Ok((asked, texts)) => {
            let head = Head::new("Texts of a message", Vec::new());
            document(&visit, head, |_| list(&visit, &asked, &texts)).await
        }
        // Who may not see it is told nothing of it.
        Err(error) if error.public().code == ErrorCode::NotAuthenticated => {
            refused_in_room(&visit, &ErrorCode::NotFound.into()).await
        }
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

fn list(visit: &Visit, asked: &Asked, texts: &[Text]) -> AnyView {
    let message = ["/r/", &asked.room.slug, "/m/", &asked.seq.to_string()].concat();
    let last = texts.len().saturating_sub(1);
    let rows = texts.iter().enumerate().rev().map(|(number, one)| {
        let what = if number == last { "Now" } else { "Before" };
        view! {
            <li class="report">
                <p class="person-note">{what} ", from " {clock::full_label(visit.local(one.from))}</p>
                {text(&one.body)}
            </li>
        }
    });
    view! {
        <div class="people">
            <header class="people-head">
                <h1>"Texts of a message of " <span dir="auto">{asked.author.name.clone()}</span></h1>
                <p>
                    <a href=message>"Back to the message"</a>
                </p>
            </header>
            <p class="note">"Whoever wrote it and those who keep order here see this page. It goes with the message."</p>
            <ul class="people-list">{rows.collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn text(body: &str) -> impl IntoView + use<> {
    view! { <div class="message-body" dir="auto" inner_html=markdown::render(body)></div> }
}
