//! The reactions to a message, and who is behind them: `/r/{slug}/m/{seq}/reactions`.

use chat::messages::ReactorsPage;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Field, Reaction};
use serde::Deserialize;

use super::{
    Page, Visit,
    document::document,
    failure::refused_in_room,
    field::TextField,
    form::Form,
    message::{of, place, quote},
    person::person,
    settings::sign_in_first,
};
use crate::{api::React, head::Head, next::value};

/// What is offered to who cannot open the picker.
const USUAL: [&str; 3] = ["👍", "❤️", "😂"];

/// What the address asks for.
#[derive(Default, Deserialize)]
struct Asked {
    /// Whose reactions are shown.
    #[serde(default)]
    emoji: String,
    #[serde(default)]
    page: u64,
}

/// The reactions to a message, who is behind them, and forms to react and to take it back.
pub async fn reactions(visit: Visit) -> Page {
    let asked: Asked = visit.query();
    let found = match place(&visit) {
        Ok(seq) => {
            let room = visit.slug().to_owned().into();
            chat::messages::reactors(&visit.chat, visit.actor(), &room, seq, &asked.emoji, asked.page).await
        }
        Err(error) => Err(error.into()),
    };
    match found {
        Ok(found) => document(&visit, Head::new("Reactions", Vec::new()), |_| view(&visit, found)).await,
        Err(_) if visit.caller.session.is_none() => sign_in_first(&visit),
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

fn view(visit: &Visit, found: ReactorsPage) -> AnyView {
    let room = found.asked.room.slug.clone();
    let message = ["/r/", &room, "/m/", &found.asked.seq.to_string()].concat();
    let here = [&message, "/reactions"].concat();
    let chips = found.reactions.iter().map(|reaction| chip(&found, &here, reaction)).collect_view();
    let none = found.reactions.is_empty().then(|| view! { <p class="note">"Nobody has reacted yet."</p> });
    let react = found.may_react.then(|| react(visit, &found));
    let who = found.emoji.as_ref().map(|emoji| who(&found, emoji, &here));
    view! {
        <div class="people">
            <header class="people-head">
                <h1>"Reactions"</h1>
                <p>
                    <a href=message>"Back to the message"</a>
                </p>
            </header>
            {quote(&found.asked.author.name, &found.asked.body)}
            <div class="reactions">{chips}</div>
            {none}
            {who}
            {react}
        </div>
    }
    .into_any()
}

/// The way to who is behind one.
fn chip(found: &ReactorsPage, here: &str, reaction: &Reaction) -> impl IntoView + use<> {
    let address = [here, "?emoji=", &value(&reaction.emoji)].concat();
    let current = (found.emoji.as_ref() == Some(&reaction.emoji)).then_some("true");
    let text = [&reaction.emoji, " ", &reaction.count.to_string()].concat();
    view! {
        <a class="reaction" href=address aria-current=current>
            {text}
        </a>
    }
}

fn who(found: &ReactorsPage, emoji: &str, here: &str) -> impl IntoView + use<> {
    let people = found.people.iter().map(|user| view! { <li class="person">{person(user)}</li> }).collect_view();
    let at = |page: u64| [here, "?emoji=", &value(emoji), "&page=", &page.to_string()].concat();
    let before = (found.page > 1).then(|| view! { <a href=at(found.page - 1)>"Before these"</a> });
    let after = found.has_more.then(|| view! { <a href=at(found.page + 1)>"More"</a> });
    view! {
        <section class="people-part">
            <h2>{["Reacted with ", emoji].concat()}</h2>
            <ul class="people-list">{people}</ul>
            <p class="pages">{before} " " {after}</p>
        </section>
    }
}

/// Forms: to take back what is one's own, to join others, and to react with something else.
fn react(visit: &Visit, found: &ReactorsPage) -> impl IntoView + use<> {
    let form = |emoji: &str, on: bool| {
        let label = [if on { "React with " } else { "Take back " }, emoji].concat();
        view! {
            <form method="post" action=React::PATH>
                {of(&found.asked)} <input type="hidden" name="emoji" value=emoji.to_owned() />
                <input type="hidden" name="on" value=on.to_string() /> <button class="button button--quiet">{label}</button>
            </form>
        }
    };
    let there = found.reactions.iter().map(|reaction| reaction.emoji.as_str());
    let usual = USUAL.into_iter().filter(|emoji| found.reactions.iter().all(|reaction| reaction.emoji != *emoji));
    let buttons = there.chain(usual).map(|emoji| form(emoji, !found.own.iter().any(|own| own == emoji))).collect_view();
    let other = Form::among(React::PATH, visit);
    let typed = TextField {
        label: "Another emoji",
        hint: "One emoji, as your keyboard has it.",
        ..TextField::new(Field::Emoji, "emoji")
    };
    let fields = view! {
        {of(&found.asked)}
        <input type="hidden" name="on" value="true" />
        {other.field(typed)}
    };
    view! {
        <section class="people-part">
            <h2>"Yours"</h2>
            <div class="room-actions">{buttons}</div>
            {other.view(fields.into_any(), "React")}
        </section>
    }
}
