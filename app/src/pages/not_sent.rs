use chat::rooms::Beside;
use leptos::prelude::*;
use protocol::{ClientId, ErrorCode};

use super::{Page, Visit, composed::Written, escape::escape, shell::render};
use crate::{AppError, head::Head, next::with_next};

/// The page for a message that could not be sent and cannot be shown in its room either: because the session has ended, say. What was
/// written stands in it, and can be sent again from there.
pub(super) fn not_sent(visit: &Visit, slug: &str, error: &AppError, written: Written) -> Page {
    let Written { client_id, body, reply_to, in_room } = written;
    // The same message keeps its id, unless that is what was wrong with it.
    let client_id = if error.error.code == ErrorCode::Conflict { ClientId::generate().to_string() } else { client_id };
    let room = ["/r/", slug].concat();
    // That of the room, or of a thread in it.
    let here = visit.uri.path().to_owned();
    let reason = error.general().unwrap_or_else(|| error.error.message());
    render(visit, &Head::new("Not sent", Vec::new()), Beside::default(), |_| {
        let sign_in = (error.error.code == ErrorCode::NotAuthenticated).then(|| {
            view! {
                <p class="gate-actions">
                    <a class="button" href=with_next("/login", &room) target="_blank">
                        "Sign in, in a new tab"
                    </a>
                </p>
            }
        });
        view! {
            <section class="gate">
                <div class="gate-card">
                    <h1>"Not sent"</h1>
                    <p class="gate-lead">{reason}</p>
                    {sign_in}
                    <form class="form" method="post" action=here>
                        {reply_to.map(|seq| view! { <input type="hidden" name="reply_to" value=seq.to_string() /> })}
                        {in_room.then(|| view! { <input type="hidden" name="in_room" value="true" /> })}
                        <input type="hidden" name="client_id" value=client_id />
                        <div class="field">
                            <label for="body">"Your message"</label>
                            <textarea id="body" name="body" rows="8" inner_html=["\n", &escape(&body)].concat()></textarea>
                        </div>
                        <button class="button button--quiet">"Send again"</button>
                    </form>
                    <p class="gate-other">
                        <a href=room>"To the room"</a>
                    </p>
                </div>
            </section>
        }
        .into_any()
    })
}
