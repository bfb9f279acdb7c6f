use chat::rooms::Beside;
use http::StatusCode;
use leptos::prelude::*;
use protocol::ErrorCode;

use super::{Page, Visit, shell::render};
use crate::{context::reveal, head::Head, next::way_in};

/// There is nothing at this address, or nothing for this person: both look the same on purpose.
pub async fn not_found(visit: Visit) -> Page {
    nothing_here(&visit).await
}

/// The page for an error of the main thing that a page shows.
pub(super) fn failure(visit: &Visit, error: &chat::Error) -> Page {
    let error = reveal(error);
    let message = error.message();
    let page = render(visit, &Head::new("", Vec::new()), Beside::default(), |_| {
        let (href, label) = way_on(visit, error.code);
        view! {
            <section class="gate">
                <div class="gate-card">
                    <h1>"This did not work"</h1>
                    <p class="gate-lead">{message}</p>
                    <p class="gate-actions">
                        <a class="button" href=href>
                            {label}
                        </a>
                    </p>
                </div>
            </section>
        }
        .into_any()
    });
    Page { status: status_of(error.code), retry_after: error.retry_after, ..page }
}

/// A link that works without a script: to the same address where that may do, else back to where one may be.
fn way_on(visit: &Visit, code: ErrorCode) -> (String, &'static str) {
    let may_pass = matches!(status_of(code), StatusCode::TOO_MANY_REQUESTS) || status_of(code).is_server_error();
    match visit.here().strip_prefix("/r/").and_then(|rest| rest.split_once('/')) {
        _ if may_pass => (visit.here().to_owned(), "Try again"),
        Some((slug, _)) => (["/r/", slug].concat(), "Back to the room"),
        None => ("/".to_owned(), "See all rooms"),
    }
}

/// The HTTP status that goes with an error.
pub(super) fn status_of(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The page for an error of something in a room.
pub(super) async fn refused_in_room(visit: &Visit, error: &chat::Error) -> Page {
    if error.public().code == ErrorCode::NotFound { no_room(visit).await } else { failure(visit, error) }
}

/// There is no room at this address, or none for this person, or it has another address now.
pub(super) async fn no_room(visit: &Visit) -> Page {
    let slug = visit.slug();
    match chat::rooms::moved(&visit.chat, visit.actor(), slug).await {
        Ok(Some(now)) => Page::moved_to(&visit.here().replacen(&["/r/", slug].concat(), &["/r/", &now].concat(), 1)),
        Ok(None) => nothing_here(visit).await,
        Err(error) => failure(visit, &error),
    }
}

pub(super) async fn nothing_here(visit: &Visit) -> Page {
    // The list beside it is not what was asked for: the page is the same without it.
    let beside = visit.beside().await.unwrap_or_default();
    let page = render(visit, &Head::new("Not found", Vec::new()), beside, |page| {
        let sign_in = (!page.is_signed_in()).then(|| {
            view! {
                <a href=way_in("/login", visit.here()) class="button button--quiet">
                    "Sign in"
                </a>
            }
        });
        view! {
            <section class="gate">
                <div class="gate-card">
                    <h1>"Nobody home"</h1>
                    <p class="gate-lead">"There is nothing at this address, or it is not open to you."</p>
                    <p class="gate-actions">
                        <a href="/" class="button">
                            "See all rooms"
                        </a>
                        {sign_in}
                    </p>
                </div>
            </section>
        }
        .into_any()
    });
    Page { status: StatusCode::NOT_FOUND, ..page }
}
