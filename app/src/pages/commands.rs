//! Slash commands: `/r/{slug}/commands` of a room, `/admin/commands` of the whole house.

use chat::commands::{self, Command, NewCommand};
use http::StatusCode;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Error, ErrorCode, Field, RoomRef};
use serde::Deserialize;

use super::{
    Page, Visit,
    admin::{Section, office},
    document::document,
    failure::{failure, nothing_here, refused_in_room, status_of},
    form::{Form, sure},
    outgoing::{field, secret_of},
};
use crate::{api::DeleteCommand, context::reveal, head::Head};

/// What somebody types who makes one.
#[derive(Default, Deserialize)]
pub struct TypedCommand {
    #[serde(default)]
    word: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
}

/// What became of a form that was sent: the secret, which is shown this once, or why there is none.
#[derive(Default)]
struct Sent {
    secret: Option<String>,
    typed: TypedCommand,
    error: Option<Error>,
}

/// The commands of a room, for those who keep order there.
pub async fn room_commands(visit: Visit) -> Page {
    show(&visit, Some(visit.slug()), Sent::default()).await
}

/// The commands that all rooms have, for admins.
pub async fn house_commands(visit: Visit) -> Page {
    show(&visit, None, Sent::default()).await
}

/// Makes one in a room, and shows its secret.
///
/// # Errors
/// The page, always: it holds what is shown once.
pub async fn make_room_command(visit: Visit, typed: TypedCommand) -> Result<String, Page> {
    Err(make(&visit, Some(visit.slug()), typed).await)
}

/// Makes one in the whole house, and shows its secret.
///
/// # Errors
/// The page, always: it holds what is shown once.
pub async fn make_house_command(visit: Visit, typed: TypedCommand) -> Result<String, Page> {
    Err(make(&visit, None, typed).await)
}

async fn make(visit: &Visit, slug: Option<&str>, typed: TypedCommand) -> Page {
    let room = slug.map(|slug| RoomRef::from(slug.to_owned()));
    let new = NewCommand { word: &typed.word, name: &typed.name, url: &typed.url };
    let made = async {
        visit.chat.admit(chat::Deed::Moderate, visit.caller.address)?;
        commands::create(&visit.chat, visit.actor(), room.as_ref(), new).await
    };
    match made.await {
        Ok(made) => show(visit, slug, Sent { secret: Some(made.secret), ..Sent::default() }).await,
        Err(error) => {
            let error = reveal(&error);
            let (status, retry_after) = (status_of(error.code), error.retry_after);
            let page = show(visit, slug, Sent { typed, error: Some(error), ..Sent::default() }).await;
            if page.status == StatusCode::OK { Page { status, retry_after, ..page } } else { page }
        }
    }
}

async fn show(visit: &Visit, slug: Option<&str>, sent: Sent) -> Page {
    let room = slug.map(|slug| RoomRef::from(slug.to_owned()));
    match (commands::list(&visit.chat, visit.actor(), room.as_ref()).await, slug) {
        (Ok(commands), Some(slug)) => {
            let back = ["/r/", slug].concat();
            document(visit, Head::new("Commands", Vec::new()), |_| {
                view! {
                    <div class="office">
                        <h1>"Commands of this room"</h1>
                        {content(visit, slug, commands, sent)}
                        <p>
                            <a href=back>"Back to the room"</a>
                        </p>
                    </div>
                }
                .into_any()
            })
            .await
        }
        (Ok(commands), None) => office(visit, Section::Commands, || content(visit, "", commands, sent)).await,
        (Err(error), Some(_)) => refused_in_room(visit, &error).await,
        (Err(error), None) => match error.public().code {
            ErrorCode::NotFound | ErrorCode::NotAllowed | ErrorCode::NotAuthenticated => nothing_here(visit).await,
            _ => failure(visit, &error),
        },
    }
}

fn content(visit: &Visit, slug: &str, commands: Vec<Command>, sent: Sent) -> AnyView {
    let Sent { secret, typed, error } = sent;
    let action = if slug.is_empty() { "/admin/commands".to_owned() } else { ["/r/", slug, "/commands"].concat() };
    let delete = Form::small(DeleteCommand::PATH, visit);
    let list = if commands.is_empty() {
        view! { <p class="note">"There is none yet."</p> }.into_any()
    } else {
        view! { <ul class="office-list">{commands.into_iter().map(|command| row(&delete, slug, command)).collect_view()}</ul> }
            .into_any()
    };
    let (fault, error) = (error.as_ref().map(Error::message), error.as_ref());
    let TypedCommand { word, name, url } = typed;
    view! {
        <p>"What is written as /name and more goes to a program elsewhere instead of being said, and that answers."</p>
        {secret.map(secret_of)}
        {list}
        <section class="office-form">
            <h2>"Make one"</h2>
            <p class="form-fault" role="alert">
                {fault}
            </p>
            <form class="form" method="post" action=action>
                {field(error, Field::Command, ("word", "Command", "text"), word, true, "Such as deploy: it is written as /deploy.")}
                {field(error, Field::DisplayName, ("name", "Name", "text"), name, true, "Under it the program answers in the room.")}
                {field(error, Field::Url, ("url", "URL", "url"), url, true, "https:// or http://, in the open internet.")}
                <button class="button button--wide">"Make a command"</button>
            </form>
        </section>
    }
    .into_any()
}

fn row(delete: &Form, slug: &str, command: Command) -> AnyView {
    let Command { id, word, url, bot, made_by, made_at, .. } = command;
    let facts = format!("made by @{} on {}", made_by.username, chat::utc(made_at));
    let fields = view! {
        <input type="hidden" name="room" value=slug.to_owned() />
        <input type="hidden" name="command" value=id.to_string() />
        {sure("I want it gone")}
    };
    view! {
        <li>
            <p>
                <code>{["/", &word].concat()}</code>
                " by "
                <bdi>{bot.name}</bdi>
                <span class="office-facts">{url}</span>
                <span class="office-facts">{facts}</span>
            </p>
            {delete.view(fields.into_any(), "Delete")}
        </li>
    }
    .into_any()
}
