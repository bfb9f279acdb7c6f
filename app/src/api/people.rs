use leptos::prelude::*;
use protocol::{Room, User, UserId};

use crate::{
    AppError, Typed,
    context::{Request, refuse},
};

/// Makes somebody a member, or what the role says, and leads back to the members. With `house`, here and below, by somebody who sees to all
/// rooms.
///
/// # Errors
/// Nobody has the name, they were kept out, or the caller may not add anybody.
#[server(prefix = "/api/fn", endpoint = "add_member")]
pub(crate) async fn add_member(
    room: String,
    username: String,
    #[server(default)] role: String,
    #[server(default)] house: bool,
) -> Result<(), AppError> {
    let request = moderating()?;
    let by = request.by(house);
    let role = Some(role.as_str()).filter(|role| !role.is_empty());
    let added = chat::rooms::add_as(&request.chat, by, &room.into(), &username, role).await.map_err(refuse);
    to_members(&added.map_err(|error| error.keeping(Typed { username, ..Typed::default() }))?, house);
    Ok(())
}

/// Removes a member.
///
/// # Errors
/// The caller has no say over them.
#[server(prefix = "/api/fn", endpoint = "remove_member")]
pub(crate) async fn remove_member(room: String, user: UserId, #[server(default)] house: bool) -> Result<(), AppError> {
    let request = moderating()?;
    let removed = chat::rooms::remove(&request.chat, request.by(house), &room.into(), user).await;
    to_members(&removed.map_err(refuse)?, house);
    Ok(())
}

/// Gives a member another role.
///
/// # Errors
/// The caller has no say over them, or nobody would own the room.
#[server(prefix = "/api/fn", endpoint = "set_role")]
pub(crate) async fn set_role(room: String, user: UserId, role: String, #[server(default)] house: bool) -> Result<(), AppError> {
    let request = moderating()?;
    let changed = chat::rooms::set_role(&request.chat, request.by(house), &room.into(), user, &role).await;
    to_members(&changed.map_err(refuse)?, house);
    Ok(())
}

/// Stops a member from writing for a time, or lets them again.
///
/// # Errors
/// The caller has no say over them.
#[server(prefix = "/api/fn", endpoint = "mute_member")]
pub(crate) async fn mute_member(room: String, user: UserId, #[server(default)] time: String) -> Result<(), AppError> {
    let request = moderating()?;
    to_members(&chat::rooms::mute(&request.chat, request.actor(), &room.into(), user, &time).await.map_err(refuse)?, false);
    Ok(())
}

/// Keeps somebody out.
///
/// # Errors
/// The caller has no say over them.
#[server(prefix = "/api/fn", endpoint = "ban_member")]
pub(crate) async fn ban_member(
    room: String,
    user: UserId,
    #[server(default)] reason: String,
    time: String,
) -> Result<(), AppError> {
    let request = moderating()?;
    let ban = chat::rooms::Ban { reason: &reason, time: &time };
    to_members(&chat::rooms::ban(&request.chat, request.actor(), &room.into(), user, ban).await.map_err(refuse)?, false);
    Ok(())
}

/// Keeps whoever has this user name out, a member or not.
///
/// # Errors
/// Nobody has the name, or the caller has no say over them.
#[server(prefix = "/api/fn", endpoint = "ban_named")]
pub(crate) async fn ban_named(
    room: String,
    username: String,
    #[server(default)] reason: String,
    time: String,
) -> Result<(), AppError> {
    let request = moderating()?;
    let ban = chat::rooms::Ban { reason: &reason, time: &time };
    let banned = chat::rooms::ban_named(&request.chat, request.actor(), &room.into(), &username, ban).await;
    to_members(&banned.map_err(refuse)?, false);
    Ok(())
}

/// Lets somebody in again who was kept out.
///
/// # Errors
/// The caller does not keep order there.
#[server(prefix = "/api/fn", endpoint = "unban_member")]
pub(crate) async fn unban_member(room: String, user: UserId) -> Result<(), AppError> {
    let request = moderating()?;
    to_members(&chat::rooms::unban(&request.chat, request.actor(), &room.into(), user).await.map_err(refuse)?, false);
    Ok(())
}

/// People whose names begin like this, those of the room first: for the composer, as somebody types a name there.
///
/// # Errors
/// Not found, which is also what a room that is closed to the caller looks like; they may not write there.
#[server(prefix = "/api/fn", endpoint = "complete_name")]
pub(crate) async fn complete_name(room: String, #[server(default)] text: String) -> Result<Vec<User>, AppError> {
    let request = Request::current()?;
    chat::rooms::named(&request.chat, request.actor(), &room.into(), &text).await.map_err(refuse)
}

/// The request, counted as one that does something to others.
pub(super) fn moderating() -> Result<Request, AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Moderate)?;
    Ok(request)
}

fn to_members(room: &Room, house: bool) {
    let page = if house { ["/admin/rooms/", &room.slug].concat() } else { ["/r/", &room.slug, "/members"].concat() };
    leptos_axum::redirect(&page);
}
