//! Incoming webhooks of a room: `/r/{slug}/hooks`. An address is shown once, on the page that answers the form, and stands in no address itself.

use chat::{
    Deed,
    hooks::{self, Hook, HookChange, HookSecret, Hooks},
};
use leptos::prelude::*;
use serde::Deserialize;

use super::{Page, Visit, document::document, failure::refused_in_room, form::sure};
use crate::{context::reveal, head::Head};

/// What a form of the page sends.
#[derive(Deserialize)]
pub struct HookForm {
    what: What,
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    calls_all: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Make,
    Change,
    Renew,
    Remove,
}

/// The hooks of a room.
pub async fn room_hooks(visit: Visit) -> Page {
    show(&visit, None, None).await
}

/// Does what a form asks for, and leads back to the page; or the page that shows an address, or why it was not done.
///
/// # Errors
/// That page.
pub async fn change_hooks(visit: Visit, form: HookForm) -> Result<String, Page> {
    match change(&visit, form).await {
        Ok(None) => Ok(["/r/", visit.slug(), "/hooks"].concat()),
        Ok(Some(made)) => Err(show(&visit, Some(made), None).await),
        Err(error) => Err(show(&visit, None, Some(&error)).await),
    }
}

async fn change(visit: &Visit, form: HookForm) -> Result<Option<(Hook, HookSecret)>, chat::Error> {
    visit.chat.admit(Deed::Moderate, visit.caller.address)?;
    let (chat, actor, room) = (&visit.chat, visit.actor(), visit.slug().to_owned().into());
    let HookForm { what, id, name, calls_all } = form;
    if what == What::Make {
        return hooks::create(chat, actor, &room, &name).await.map(Some);
    }
    let id = id.parse().map_err(|_| protocol::ErrorCode::NotFound)?;
    match what {
        What::Renew => return hooks::renew(chat, actor, &room, id).await.map(Some),
        What::Remove => hooks::remove(chat, actor, &room, id).await?,
        What::Make | What::Change => {
            let change = HookChange { name: Some(name), calls_all: Some(calls_all == "on") };
            hooks::change(chat, actor, &room, id, change).await?;
        }
    }
    Ok(None)
}

async fn show(visit: &Visit, made: Option<(Hook, HookSecret)>, error: Option<&chat::Error>) -> Page {
    let listed = match hooks::list(&visit.chat, visit.actor(), &visit.slug().to_owned().into()).await {
        Ok(listed) => listed,
        Err(error) => return refused_in_room(visit, &error).await,
    };
    let fault = error.map(|error| {
        let error = reveal(error);
        let field = error.fields.first().map(|fault| fault.to_string());
        field.unwrap_or_else(|| error.message())
    });
    document(visit, Head::new(&["Hooks of ", &listed.room.name].concat(), Vec::new()), |_| view(visit, listed, made, fault)).await
}

fn view(visit: &Visit, listed: Hooks, made: Option<(Hook, HookSecret)>, fault: Option<String>) -> AnyView {
    let Hooks { room, hooks } = listed;
    let path = ["/r/", &room.slug, "/hooks"].concat();
    let back = ["/r/", &room.slug].concat();
    let rows = hooks.into_iter().map(|hook| row(&path, hook)).collect::<Vec<_>>();
    let list = if rows.is_empty() {
        view! { <p class="note">"There is none yet."</p> }.into_any()
    } else {
        view! { <ul class="office-list">{rows}</ul> }.into_any()
    };
    view! {
        <div class="office">
            <h1>"Hooks of " <span dir="auto">{room.name.clone()}</span></h1>
            <p>"A hook is an address to which other programs post what is to be read here: alerts, builds, commits."</p>
            <p class="form-fault" role="alert">
                {fault}
            </p>
            {made.map(|made| address(visit, made))}
            <form class="small-form" method="post" action=path.clone()>
                <input type="hidden" name="what" value="make" />
                <label>"Name" <input type="text" name="name" maxlength="50" required /></label>
                <button class="button button--quiet">"Make a hook"</button>
            </form>
            {list}
            <p>
                <a href=back>"Back to the room"</a>
            </p>
        </div>
    }
    .into_any()
}

/// The address to give to a program.
fn address(visit: &Visit, (hook, secret): (Hook, HookSecret)) -> AnyView {
    let link = format!("{}/hooks/{}/{}", visit.origin(), hook.id, secret.as_str());
    view! {
        <section class="made">
            <h2>"The address of " <bdi>{hook.account.name}</bdi></h2>
            <p>"It is shown this once: give it to the program now. Whoever has it can write here."</p>
            <p class="made-link">{link}</p>
            <p>
                "It takes what Slack's incoming webhooks take. For GitHub add " <code>"/github"</code> ", for GitLab "
                <code>"/gitlab"</code> ", and give them the part behind the last " <code>"/"</code> " as their secret:"
            </p>
            <p class="made-link">{secret.as_str().to_owned()}</p>
        </section>
    }
    .into_any()
}

fn row(path: &str, hook: Hook) -> AnyView {
    let facts = format!("@{}, made by {}, {}", hook.account.username, hook.made_by, chat::utc(hook.made_at));
    let form = |what: &'static str, fields: AnyView, button: &'static str| {
        view! {
            <form class="small-form" method="post" action=path.to_owned()>
                <input type="hidden" name="what" value=what />
                <input type="hidden" name="id" value=hook.id.to_string() />
                {fields}
                <button class="button button--quiet">{button}</button>
            </form>
        }
        .into_any()
    };
    let name = hook.account.name.clone();
    let fields = view! {
        <label>"Name" <input type="text" name="name" maxlength="50" required value=name.clone() /></label>
        <label class="check">
            <input type="checkbox" name="calls_all" checked=hook.calls_all />
            " May call all with @room and @here"
        </label>
    };
    view! {
        <li>
            <p>
                <bdi>{name}</bdi>
                <span class="office-facts">{facts}</span>
            </p>
            {form("change", fields.into_any(), "Save")}
            <div class="small-form">
                {form("renew", sure("End the old one"), "Another address")}
                {form("remove", sure("I want it gone"), "Remove")}
            </div>
        </li>
    }
    .into_any()
}
