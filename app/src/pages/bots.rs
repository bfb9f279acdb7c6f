//! Bots that somebody answers for: `/settings/bots`, and one of them: `/settings/bots/{id}`.

use chat::{Session, bots::Bot};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{ErrorCode, Field, Room, UserId};

use super::{
    Page, Visit,
    failure::{failure, nothing_here},
    field::TextField,
    form::{Form, refusal, sure},
    person::person,
    settings::{Outcome, Tab, settings, sign_in_first},
    tokens::{Sent, WantedToken, make, part},
    upload::upload,
};
use crate::api::{AddBotToRoom, ChangeBot, DeleteBot, HandBotOver, MakeBot, RemoveBotFromRoom, RemoveBotPicture};

/// What is said of what was done.
const NOTICES: [(&str, &str); 6] = [
    ("made", "The bot is made. Give it a token, and add it to a room."),
    ("changed", "It is changed."),
    ("deleted", "The bot is gone."),
    ("handed", "Somebody else answers for it now. Its tokens have ended."),
    ("token", "That token has ended."),
    ("rooms", "Its rooms are changed."),
];

/// One's bots, for admins those of everybody, and the form for another one.
pub async fn bots(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let own = match chat::bots::list(&visit.chat, visit.actor()).await {
        Ok(own) => own,
        Err(error) => return failure(&visit, &error),
    };
    let others = match chat::bots::all(&visit.chat, visit.actor()).await {
        Ok(all) => all.into_iter().filter(|bot| bot.owner.as_ref().is_none_or(|owner| owner.id != session.user.id)).collect(),
        Err(error) if error.public().code == ErrorCode::NotAllowed => Vec::new(),
        Err(error) => return failure(&visit, &error),
    };
    let form = Form::among(MakeBot::PATH, &visit);
    let make = if chat::bots::may_create(&visit.chat, &session) {
        make_form(&form).into_any()
    } else {
        view! { <p class="note">"Admins make bots in this house."</p> }.into_any()
    };
    let notice = visit.query::<Outcome>().notice(&NOTICES).filter(|_| !form.is_refused());
    let others = (!others.is_empty()).then(|| {
        view! {
            <section class="settings-section">
                <h2>"Bots of others"</h2>
                {bot_list(others)}
            </section>
        }
    });
    let none = own.is_empty().then(|| view! { <p class="note">"You have none."</p> });
    let sections = view! {
        <p>"A bot is an account for a program. It has no password, speaks by its tokens, and you answer for what it does."</p>
        <section class="settings-section">
            <h2>"Your bots"</h2>
            {none}
            {bot_list(own)}
        </section>
        {others}
        <section class="settings-section">
            <h2>"Make a bot"</h2>
            {make}
        </section>
    };
    settings(&visit, Tab::Bots, notice, sections.into_any()).await
}

fn make_form(form: &Form) -> impl IntoView + use<> {
    let typed = form.typed();
    let fields = view! {
        {form.field(TextField { value: typed.username, ..TextField::new(Field::Username, "username") })}
        {form
            .field(TextField {
                value: typed.display_name,
                optional: true,
                ..TextField::new(Field::DisplayName, "display_name")
            })}
    };
    form.view(fields.into_any(), "Make the bot")
}

fn bot_list(bots: Vec<Bot>) -> impl IntoView {
    let row = |bot: Bot| {
        let address = ["/settings/bots/", &bot.user.id.to_string()].concat();
        let label = ["See to ", &bot.user.name].concat();
        view! {
            <li class="person">
                {person(&bot.user)} {bot.suspended.then(|| view! { <span class="person-note">"Suspended"</span> })}
                <a class="button button--quiet" href=address aria-label=label>
                    "See to it"
                </a>
            </li>
        }
    };
    view! { <ul class="people-list">{bots.into_iter().map(row).collect_view()}</ul> }
}

/// One bot.
pub async fn bot(visit: Visit) -> Page {
    show(&visit, Sent::Nothing).await
}

/// The same after a token for it was asked for.
pub async fn make_bot_token(visit: Visit, wanted: WantedToken) -> Page {
    let sent = match named(&visit) {
        Some(id) => make(&visit, id, wanted).await,
        None => Sent::Nothing,
    };
    show(&visit, sent).await
}

fn named(visit: &Visit) -> Option<UserId> {
    visit.part_after("bots").parse().ok()
}

async fn show(visit: &Visit, sent: Sent) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(visit) };
    let Some(id) = named(visit) else { return nothing_here(visit).await };
    let found = async {
        let bot = chat::bots::bot(&visit.chat, &session, id).await?;
        let rooms = chat::bots::rooms(&visit.chat, &session, id).await?;
        Ok::<_, chat::Error>((bot, rooms, chat::tokens::list(&visit.chat, &session, id).await?))
    };
    let (bot, rooms, tokens) = match found.await {
        Ok(found) => found,
        Err(error) if error.public().code == ErrorCode::NotFound => return nothing_here(visit).await,
        Err(error) => return failure(visit, &error),
    };
    let outcome = visit.query::<Outcome>();
    let fault = refusal(visit).map(|fault| view! { <p class="form-fault" role="alert">{fault}</p> });
    let notice = outcome.notice(&NOTICES).filter(|_| fault.is_none());
    let sections = view! {
        {fault}
        {head(&session, &bot)}
        {part(visit, &tokens, &sent, id, false)}
        {room_list(&bot, rooms)}
        {names(&bot)}
        <section class="settings-section">
            <h2>"Picture"</h2>
            {picture(&bot, outcome.is_refused())}
        </section>
        {owner(&bot)}
        {delete(&bot)}
    };
    settings(visit, Tab::Bots, notice, sections.into_any()).await
}

fn hidden(bot: &Bot) -> impl IntoView + use<> {
    view! { <input type="hidden" name="bot" value=bot.user.id.to_string() /> }
}

fn head(session: &Session, bot: &Bot) -> impl IntoView + use<> {
    let owner = match &bot.owner {
        Some(owner) if owner.id == session.user.id => "You answer for it.".to_owned(),
        Some(owner) => [owner.in_sentence().as_str(), " answers for it."].concat(),
        None => "Nobody answers for it.".to_owned(),
    };
    let stands = bot.suspended.then_some(" It is suspended.");
    view! {
        <div class="person">{person(&bot.user)}</div>
        <p>{owner} {stands}</p>
    }
}

fn room_list(bot: &Bot, rooms: Vec<Room>) -> impl IntoView + use<> {
    let row = |room: Room| {
        let label = ["Take it out of ", &room.name].concat();
        view! {
            <li>
                <p class="sessions-device" dir="auto">
                    <a href=["/r/", &room.slug].concat()>{room.name}</a>
                </p>
                <form method="post" action=RemoveBotFromRoom::PATH>
                    {hidden(bot)} <input type="hidden" name="room" value=room.slug />
                    <button class="button button--quiet" aria-label=label>
                        "Take it out"
                    </button>
                </form>
            </li>
        }
    };
    view! {
        <section class="settings-section">
            <h2>"Rooms"</h2>
            <p>"It hears and says what a member may, where you may add people."</p>
            <ul class="sessions">{rooms.into_iter().map(row).collect_view()}</ul>
            <form class="people-form" method="post" action=AddBotToRoom::PATH>
                {hidden(bot)}
                <input
                    type="text"
                    name="room"
                    required
                    aria-label="Address of a room"
                    placeholder="Address of a room"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                />
                <button class="button button--quiet">"Add it"</button>
            </form>
        </section>
    }
}

fn names(bot: &Bot) -> impl IntoView + use<> {
    let line = |field: TextField| field.view(None, false);
    let username = TextField { value: bot.user.username.clone(), ..TextField::new(Field::Username, "username") };
    let name = TextField { value: bot.user.name.clone(), ..TextField::new(Field::DisplayName, "display_name") };
    let bio = TextField { label: "What it does", value: bot.bio.clone(), optional: true, ..TextField::new(Field::Bio, "bio") };
    view! {
        <section class="settings-section">
            <h2>"Names"</h2>
            <form class="form" method="post" action=ChangeBot::PATH>
                {hidden(bot)} {line(username)} {line(name)} {line(bio)}
                <button class="button button--wide">"Change"</button>
            </form>
        </section>
    }
}

fn picture(bot: &Bot, refused: bool) -> impl IntoView + use<> {
    let remove = bot.user.picture.is_some().then(|| {
        view! {
            <form method="post" action=RemoveBotPicture::PATH>
                {hidden(bot)} <button class="button button--quiet">"Remove picture"</button>
            </form>
        }
    });
    let action = ["/settings/bots/", &bot.user.id.to_string(), "/picture"].concat();
    view! {
        {remove}
        {upload(action, "Choose a picture", "Upload picture", refused)}
    }
}

fn owner(bot: &Bot) -> impl IntoView + use<> {
    view! {
        <section class="settings-section">
            <h2>"Who answers for it"</h2>
            <p>"Give it to somebody else. Its tokens end, so that only they have what it speaks by."</p>
            <form class="people-form" method="post" action=HandBotOver::PATH>
                {hidden(bot)}
                <input
                    type="text"
                    name="username"
                    required
                    aria-label="User name of who is to answer for it"
                    placeholder="User name"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                />
                <button class="button button--quiet">"Hand over"</button>
            </form>
        </section>
    }
}

fn delete(bot: &Bot) -> impl IntoView + use<> {
    view! {
        <section class="settings-section">
            <h2>"Delete the bot"</h2>
            <p>"What it wrote stays, under the name of a former member. Its tokens end at once. This cannot be undone."</p>
            <form class="form" method="post" action=DeleteBot::PATH>
                {hidden(bot)} {sure("I want it gone")}
                <button class="button button--wide button--danger">"Delete the bot"</button>
            </form>
        </section>
    }
}
