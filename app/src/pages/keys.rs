//! What the keys do: `/keys`. A script shows it beside any page.

use leptos::prelude::*;

use super::{Page, Visit, document::document};
use crate::head::Head;

const EVERYWHERE: [(&str, &str); 4] = [
    ("Ctrl K or ⌘ K", "Go to a room, a person, a thread, or do something"),
    ("Alt ↑ and Alt ↓", "The room before, the next one"),
    ("Alt Shift ↑ and Alt Shift ↓", "The same, of those with something unread"),
    ("?", "These keys"),
];

const WRITING: [(&str, &str); 4] = [
    ("Enter", "Send; on touch screens a new line"),
    ("Shift Enter", "A new line"),
    ("↑ in an empty composer", "Change your last message"),
    ("Esc", "Leave what you change as it was"),
];

const MESSAGES: [(&str, &str); 8] = [
    ("Tab", "Into the messages, and out of them"),
    ("↑ and ↓", "From message to message"),
    ("← and →", "Through what is in a message"),
    ("E", "Change the message, if it is yours"),
    ("R or +", "Answer it; react to it"),
    ("Del", "Delete it"),
    ("U", "Unread from here on"),
    ("Esc", "What is told above them goes; else all of the room is read"),
];

/// What the keys do.
pub async fn keys(visit: Visit) -> Page {
    document(&visit, Head::new("Keys", Vec::new()), |_| {
        view! {
            <section class="keys">
                <h1>"Keys"</h1>
                {group("Everywhere", &EVERYWHERE)}
                {group("Writing", &WRITING)}
                {group("Messages", &MESSAGES)}
                <p><a href="/">"To the rooms"</a> " · " <a href="/api">"For programs: the API"</a></p>
            </section>
        }
        .into_any()
    })
    .await
}

fn group(title: &'static str, keys: &'static [(&'static str, &'static str)]) -> impl IntoView {
    let rows = keys.iter().map(|(key, what)| {
        view! {
            <dt>
                <kbd>{*key}</kbd>
            </dt>
            <dd>{*what}</dd>
        }
    });
    view! {
        <h2>{title}</h2>
        <dl>{rows.collect_view()}</dl>
    }
}
