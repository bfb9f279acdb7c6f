//! Access tokens: `/settings/tokens`, and a part of the page of a bot.

use chat::tokens::{ListedToken, NewToken};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Error, Field, HouseRole, UserId};
use serde::Deserialize;

use super::{
    Page, Visit,
    failure::failure,
    field::TextField,
    form::sure,
    settings::{Outcome, Tab, settings, sign_in_first},
};
use crate::{
    api::{RevokeAllTokens, RevokeToken},
    state::clock,
};

/// How long a token lasts, as the form offers it: days, and words.
const LASTS: [(&str, &str); 4] = [("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until it is ended")];
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A token as the form has it.
#[derive(Clone, Default, Deserialize)]
pub struct WantedToken {
    #[serde(default)]
    name: String,
    #[serde(default)]
    read: bool,
    #[serde(default)]
    write: bool,
    #[serde(default)]
    admin: bool,
    /// Addresses of rooms, with spaces between them.
    #[serde(default)]
    rooms: String,
    #[serde(default)]
    days: String,
}

impl From<WantedToken> for NewToken {
    fn from(wanted: WantedToken) -> Self {
        let words = [(wanted.read, "read"), (wanted.write, "write"), (wanted.admin, "admin")];
        let words = words.into_iter().filter(|(has, _)| *has).map(|(_, word)| word.to_owned());
        let rooms = wanted.rooms.split_whitespace().map(|room| ["rooms:", room].concat());
        let expires_at = wanted.days.parse::<u16>().ok().map(|days| chat::now() + i64::from(days) * DAY_MS);
        Self { name: wanted.name, scopes: words.chain(rooms).collect(), expires_at }
    }
}

/// What has become of a form that was sent.
#[derive(Default)]
pub(super) enum Sent {
    /// Nothing was sent.
    #[default]
    Nothing,
    /// The token that was made.
    Made(String),
    /// Why none was made, and what stood in the form.
    Refused(Error, WantedToken),
}

/// Makes a token, and says what became of it.
pub(super) async fn make(visit: &Visit, account: UserId, wanted: WantedToken) -> Sent {
    let Some(session) = &visit.caller.session else { return Sent::Nothing };
    let made = async {
        visit.chat.admit(chat::Deed::EditRoom, visit.caller.address)?;
        chat::tokens::create(&visit.chat, session, account, wanted.clone().into()).await
    };
    match made.await {
        Ok(made) => Sent::Made(made.token.as_str().to_owned()),
        Err(error) => Sent::Refused(error.public(), wanted),
    }
}

/// What is said of what was done.
const NOTICES: [(&str, &str); 2] = [("token", "That token has ended."), ("tokens", "All your tokens have ended.")];

/// One's own tokens.
pub async fn tokens(visit: Visit) -> Page {
    show(&visit, Sent::Nothing).await
}

/// The same after a token was asked for. It stands on this page alone, in no address.
pub async fn make_token(visit: Visit, wanted: WantedToken) -> Page {
    let Some(session) = &visit.caller.session else { return sign_in_first(&visit) };
    let sent = make(&visit, session.user.id, wanted).await;
    show(&visit, sent).await
}

async fn show(visit: &Visit, sent: Sent) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(visit) };
    let listed = match chat::tokens::list(&visit.chat, &session, session.user.id).await {
        Ok(listed) => listed,
        Err(error) => return failure(visit, &error),
    };
    let done = visit.query::<Outcome>().notice(&NOTICES);
    let may_administer = session.role >= HouseRole::Admin;
    let all = (listed.len() > 1).then(|| {
        view! {
            <form class="small-form" method="post" action=RevokeAllTokens::PATH>
                {sure("All programs that have one are to stop")}
                <button class="button button--quiet">"End all tokens"</button>
            </form>
        }
    });
    let sections = view! {
        <p>
            "Programs use these in your name, each for no more than it says. They stay when your password changes, since programs do not know it; "
            "an admin’s “Sign out everywhere” ends them too. A token makes no tokens and changes no password."
        </p>
        {part(visit, &listed, &sent, session.user.id, may_administer)}
        {all}
    };
    settings(visit, Tab::Tokens, done, sections.into_any()).await
}

/// The tokens of an account, the one that was just made, and the form for another one.
pub(super) fn part(visit: &Visit, listed: &[ListedToken], sent: &Sent, account: UserId, may_administer: bool) -> AnyView {
    let made = if let Sent::Made(token) = sent { Some(token.clone()) } else { None };
    let made = made.map(|token| {
        view! {
            <section class="made" role="status">
                <h2>"The new token"</h2>
                <p>"It is shown this once: copy it now."</p>
                <p class="made-link">{token}</p>
            </section>
        }
    });
    let lines = listed.iter().map(|token| line(visit, token, account)).collect_view();
    let none = listed.is_empty().then(|| view! { <p class="note">"There is none yet."</p> });
    view! {
        {made}
        <section class="settings-section">
            <h2>"Access tokens"</h2>
            {none}
            <ul class="sessions">{lines}</ul>
        </section>
        <section class="settings-section">
            <h2>"Make a token"</h2>
            {form(sent, may_administer)}
        </section>
    }
    .into_any()
}

fn line(visit: &Visit, token: &ListedToken, account: UserId) -> impl IntoView + use<> {
    let moment = |at: i64| {
        view! { <time datetime=clock::iso_utc(at)>{clock::full_label(visit.local(at))}</time> }
    };
    let used = match token.used_at {
        Some(at) => view! { <span>"Last used " {moment(at)}</span> }.into_any(),
        None => view! { <span>"Never used"</span> }.into_any(),
    };
    let ends = token.expires_at.map(|at| {
        let word = if token.expired { "Expired " } else { "Expires " };
        view! { <span>{word} {moment(at)}</span> }
    });
    view! {
        <li>
            <p class="sessions-device" dir="auto">
                {token.name.clone()}
            </p>
            <p class="sessions-facts">
                <span>{told(&token.scopes)}</span> <span>"Made " {moment(token.created_at)}</span> {used} {ends}
            </p>
            <form method="post" action=RevokeToken::PATH>
                <input type="hidden" name="account" value=account.to_string() />
                <input type="hidden" name="token" value=token.id.to_string() />
                <button class="button button--quiet" aria-label=["End the token ", &token.name].concat()>
                    "End"
                </button>
            </form>
        </li>
    }
}

/// What it may be used for, in words.
fn told(scopes: &[String]) -> String {
    let rooms = scopes.iter().filter(|word| word.starts_with("rooms:")).count();
    let mut words: Vec<_> = scopes.iter().filter(|word| !word.starts_with("rooms:")).cloned().collect();
    match rooms {
        0 => {}
        1 => words.push("in one room".to_owned()),
        rooms => words.push(format!("in {rooms} rooms")),
    }
    words.join(", ")
}

fn form(sent: &Sent, may_administer: bool) -> impl IntoView + use<> {
    let (error, typed) = match sent {
        Sent::Refused(error, typed) => (Some(error.clone()), typed.clone()),
        _ => (None, WantedToken { read: true, write: true, days: "90".to_owned(), ..WantedToken::default() }),
    };
    let fault = |field: Field| {
        let error = error.as_ref()?;
        error.fields.iter().find(|fault| fault.field == field).map(ToString::to_string)
    };
    let general = error.as_ref().filter(|error| error.fields.is_empty()).map(Error::message);
    let check = |name: &'static str, checked: bool, label: &'static str| {
        view! {
            <label class="check">
                <input type="checkbox" name=name value="true" checked=checked />
                {label}
            </label>
        }
    };
    let name = TextField {
        value: typed.name.clone(),
        hint: "What it is for, so that you know it later.",
        ..TextField::new(Field::Name, "name")
    };
    let rooms = TextField {
        label: "Only in these rooms",
        value: typed.rooms.clone(),
        optional: true,
        hint: "Their addresses, such as lobby, with spaces between them. Empty: everywhere.",
        ..TextField::new(Field::Scopes, "rooms")
    };
    let refused = error.is_some();
    let (name_fault, scopes_fault) = (fault(Field::Name), fault(Field::Scopes));
    view! {
        <p class="form-fault" role="alert">
            {general}
        </p>
        <form class="form" method="post">
            {name.view(name_fault.clone(), refused && name_fault.is_some())}
            {check("read", typed.read, "It may read")}
            {check("write", typed.write, "It may write and change things")}
            {may_administer.then(|| check("admin", typed.admin, "It may see to the house, as you may"))}
            {rooms.view(scopes_fault.clone(), refused && name_fault.is_none() && scopes_fault.is_some())}
            {lasts(&typed.days)}
            <button class="button button--wide">"Make the token"</button>
        </form>
    }
}

fn lasts(chosen: &str) -> impl IntoView + use<> {
    let chosen = chosen.to_owned();
    let options = LASTS.map(|(days, label)| {
        view! {
            <option value=days selected=days == chosen>
                {label}
            </option>
        }
    });
    view! {
        <div class="field">
            <label for="days">"It lasts"</label>
            <select id="days" name="days">
                {options.into_iter().collect_view()}
            </select>
        </div>
    }
}
