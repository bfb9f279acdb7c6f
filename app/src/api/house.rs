//! What admins do, each by a form. Whoever may not is told the same as where there is nothing.

use chat::{RegistrationMode, Settings, house};
use leptos::prelude::*;
use protocol::{ErrorCode, HouseRole, SessionId, UserId};

use crate::{
    AppError, Typed,
    context::{Request, refuse},
};

/// Longest time that a form can name, in days.
const DAYS_MAX: u32 = 36_500;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Changes how the house is run.
///
/// # Errors
/// What is wrong with the fields, or not an owner.
#[allow(clippy::too_many_arguments, reason = "one for each field of the form")]
#[server(prefix = "/api/fn", endpoint = "settle")]
pub(crate) async fn settle(
    name: String,
    registration: String,
    #[server(default)] public_rooms: bool,
    #[server(default)] indexing: bool,
    #[server(default)] members_make_rooms: bool,
    #[server(default)] members_invite: bool,
    #[server(default)] members_make_bots: bool,
    #[server(default)] default_rooms: String,
    #[server(default)] retention_days: String,
    #[server(default)] edit_minutes: String,
) -> Result<(), AppError> {
    let registration = RegistrationMode::parse(&registration).ok_or(ErrorCode::BadRequest)?;
    let rooms = default_rooms.split_whitespace().map(|slug| slug.trim_start_matches("/r/").to_owned()).collect();
    let typed = Typed { name: name.clone(), topic: default_rooms, ..Typed::default() };
    let retention_days = match retention_days.trim() {
        "" => None,
        days => Some(days.parse::<u32>().ok().filter(|days| (1..=DAYS_MAX).contains(days)).ok_or(ErrorCode::BadRequest)?),
    };
    let quotas = Request::current()?.chat.settings().quotas;
    let icon = None;
    let edit_minutes = match edit_minutes.as_str() {
        "" => None,
        minutes => Some(minutes.parse().map_err(|_| ErrorCode::BadRequest)?),
    };
    let new = Settings {
        name,
        registration,
        public_rooms,
        indexing,
        members_make_rooms,
        members_invite,
        members_make_bots,
        default_rooms: rooms,
        retention_days,
        icon,
        edit_minutes,
        quotas,
    };
    change(new).await.map_err(|error| error.keeping(typed))?;
    leptos_axum::redirect("/admin/settings?done");
    Ok(())
}

/// Takes the icon of the house away.
///
/// # Errors
/// Not an owner.
#[server(prefix = "/api/fn", endpoint = "remove_icon")]
pub(crate) async fn remove_icon() -> Result<(), AppError> {
    let request = Request::current()?;
    house::remove_icon(&request.chat, request.actor()).await.map_err(refuse)?;
    leptos_axum::redirect("/admin/settings?done");
    Ok(())
}

/// The first step of a new house: its name.
///
/// # Errors
/// What is wrong with it, or not an owner.
#[server(prefix = "/api/fn", endpoint = "welcome_name")]
pub(crate) async fn welcome_name(name: String) -> Result<(), AppError> {
    let old = Request::current()?.chat.settings();
    let typed = Typed { name: name.clone(), ..Typed::default() };
    change(Settings { name, ..(*old).clone() }).await.map_err(|error| error.keeping(typed))?;
    leptos_axum::redirect("/welcome?step=2");
    Ok(())
}

/// The second: who may come in, and whether strangers may read anything.
///
/// # Errors
/// Not an owner.
#[server(prefix = "/api/fn", endpoint = "welcome_doors")]
pub(crate) async fn welcome_doors(registration: String, #[server(default)] public_rooms: bool) -> Result<(), AppError> {
    let old = Request::current()?.chat.settings();
    let registration = RegistrationMode::parse(&registration).ok_or(ErrorCode::BadRequest)?;
    change(Settings { registration, public_rooms, ..(*old).clone() }).await?;
    leptos_axum::redirect("/welcome?step=3");
    Ok(())
}

/// The third: a first room or two.
///
/// # Errors
/// What is wrong with a name.
#[server(prefix = "/api/fn", endpoint = "welcome_rooms")]
pub(crate) async fn welcome_rooms(#[server(default)] first: String, #[server(default)] second: String) -> Result<(), AppError> {
    let request = Request::current()?;
    for name in [&first, &second].into_iter().filter(|name| !name.trim().is_empty()) {
        request.admit(chat::Deed::CreateRoom)?;
        let new = chat::rooms::NewRoom { name, topic: "", visibility: "open", allow_duplicate: false };
        chat::rooms::create(&request.chat, request.actor(), new).await.map_err(refuse)?;
    }
    leptos_axum::redirect("/r/lobby");
    Ok(())
}

/// Makes somebody a member, an admin or an owner.
///
/// # Errors
/// Not an owner, or the last one.
#[server(prefix = "/api/fn", endpoint = "set_house_role")]
pub(crate) async fn set_house_role(username: String, role: String) -> Result<(), AppError> {
    let role = match role.as_str() {
        "member" => HouseRole::Member,
        "admin" => HouseRole::Admin,
        "owner" => HouseRole::Owner,
        _ => return Err(ErrorCode::BadRequest.into()),
    };
    let (request, id, username) = person(&username).await?;
    house::set_role(&request.chat, request.actor(), id, role).await.map_err(refuse)?;
    back_to(&username);
    Ok(())
}

/// Keeps somebody out, for some days or until it is lifted.
///
/// # Errors
/// Not allowed, or the last owner.
#[server(prefix = "/api/fn", endpoint = "suspend")]
pub(crate) async fn suspend(
    username: String,
    #[server(default)] days: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    let until = match days.trim() {
        "" => None,
        days => {
            let days = days.parse::<u16>().map_err(|_| ErrorCode::BadRequest)?;
            Some(chat::now() + i64::from(days) * DAY_MS)
        }
    };
    let (request, id, username) = person(&username).await?;
    house::suspend(&request.chat, request.actor(), id, until, &reason).await.map_err(refuse)?;
    back_to(&username);
    Ok(())
}

/// Lets somebody in again.
///
/// # Errors
/// Not allowed.
#[server(prefix = "/api/fn", endpoint = "lift")]
pub(crate) async fn lift(username: String) -> Result<(), AppError> {
    let (request, id, username) = person(&username).await?;
    house::lift(&request.chat, request.actor(), id).await.map_err(refuse)?;
    back_to(&username);
    Ok(())
}

/// Ends everything that somebody is signed in with.
///
/// # Errors
/// Not allowed.
#[server(prefix = "/api/fn", endpoint = "sign_out_everywhere")]
pub(crate) async fn sign_out_everywhere(username: String) -> Result<(), AppError> {
    let (request, id, username) = person(&username).await?;
    house::sign_out(&request.chat, request.actor(), id).await.map_err(refuse)?;
    back_to(&username);
    Ok(())
}

/// Ends one session of anybody's.
///
/// # Errors
/// Not allowed, or it has ended.
#[server(prefix = "/api/fn", endpoint = "end_session_of")]
pub(crate) async fn end_session_of(session: SessionId, #[server(default)] username: String) -> Result<(), AppError> {
    let request = Request::current()?;
    house::end_session(&request.chat, request.actor(), session).await.map_err(refuse)?;
    let whose = if username.is_empty() { String::new() } else { ["?username=", &crate::next::value(&username)].concat() };
    leptos_axum::redirect(&["/admin/sessions", &whose].concat());
    Ok(())
}

/// Deletes an account. Its user name is typed to confirm.
///
/// # Errors
/// Not allowed, the last owner, or not confirmed.
#[server(prefix = "/api/fn", endpoint = "delete_account_of")]
pub(crate) async fn delete_account_of(username: String, confirm: String) -> Result<(), AppError> {
    if confirm.trim().trim_start_matches('@') != username {
        return Err(ErrorCode::Invalid.into());
    }
    let (request, id, _) = person(&username).await?;
    house::delete(&request.chat, request.actor(), id).await.map_err(refuse)?;
    leptos_axum::redirect("/admin/people");
    Ok(())
}

/// Tells everybody something.
///
/// # Errors
/// Not an admin, or what is wrong with the text.
#[server(prefix = "/api/fn", endpoint = "announce")]
pub(crate) async fn announce(text: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let told = house::announce(&request.chat, request.actor(), &text).await.map_err(refuse);
    let told = told.map_err(|error| error.keeping(Typed { topic: text, ..Typed::default() }))?;
    leptos_axum::redirect(&format!("/admin/announce?told={told}"));
    Ok(())
}

/// Sets a password by a link.
///
/// # Errors
/// The link does not hold, or what is wrong with the password.
#[server(prefix = "/api/fn", endpoint = "reset_password")]
pub(crate) async fn reset_password(token: String, password: String) -> Result<(), AppError> {
    let request = Request::current()?;
    house::use_reset_link(&request.chat, &token, &password, request.caller.address).await.map_err(refuse)?;
    leptos_axum::redirect("/login?reset");
    Ok(())
}

async fn change(new: Settings) -> Result<(), AppError> {
    let request = Request::current()?;
    house::change(&request.chat, request.actor(), new).await.map_err(refuse)
}

/// Who asks, and whom it is about, by id and user name.
async fn person(username: &str) -> Result<(Request, UserId, String), AppError> {
    let request = Request::current()?;
    let account = house::person(&request.chat, request.actor(), username).await.map_err(refuse)?.account;
    Ok((request, account.id, account.username))
}

fn back_to(username: &str) {
    leptos_axum::redirect(&format!("/admin/people/{username}"));
}
