use leptos::prelude::*;
use protocol::{Room, UserId};

use crate::{
    AppError, Typed,
    context::{Request, refuse},
};

/// Makes somebody a member, and leads back to the members.
///
/// # Errors
/// Nobody has the name, they were kept out, or the caller may not add anybody.
#[server(prefix = "/api/fn", endpoint = "add_member")]
pub(crate) async fn add_member(room: String, username: String) -> Result<(), AppError> {
    let request = moderating()?;
    let added = chat::rooms::add(&request.chat, request.actor(), &room.into(), &username).await.map_err(refuse);
    to_members(&added.map_err(|error| error.keeping(Typed { username, ..Typed::default() }))?);
    Ok(())
}

/// Removes a member.
///
/// # Errors
/// The caller has no say over them.
#[server(prefix = "/api/fn", endpoint = "remove_member")]
pub(crate) async fn remove_member(room: String, user: UserId) -> Result<(), AppError> {
    let request = moderating()?;
    to_members(&chat::rooms::remove(&request.chat, request.actor(), &room.into(), user).await.map_err(refuse)?);
    Ok(())
}

/// Gives a member another role.
///
/// # Errors
/// The caller has no say over them, or nobody would own the room.
#[server(prefix = "/api/fn", endpoint = "set_role")]
pub(crate) async fn set_role(room: String, user: UserId, role: String) -> Result<(), AppError> {
    let request = moderating()?;
    to_members(&chat::rooms::set_role(&request.chat, request.actor(), &room.into(), user, &role).await.map_err(refuse)?);
    Ok(())
}

/// Stops a member from writing for a time, or lets them again.
///
/// # Errors
/// The caller has no say over them.
#[server(prefix = "/api/fn", endpoint = "mute_member")]
pub(crate) async fn mute_member(room: String, user: UserId, #[server(default)] time: String) -> Result<(), AppError> {
    let request = moderating()?;
    to_members(&chat::rooms::mute(&request.chat, request.actor(), &room.into(), user, &time).await.map_err(refuse)?);
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
    to_members(&chat::rooms::ban(&request.chat, request.actor(), &room.into(), user, ban).await.map_err(refuse)?);
    Ok(())
}

/// Lets somebody in again who was kept out.
///
/// # Errors
/// The caller does not keep order there.
#[server(prefix = "/api/fn", endpoint = "unban_member")]
pub(crate) async fn unban_member(room: String, user: UserId) -> Result<(), AppError> {
    let request = moderating()?;
    to_members(&chat::rooms::unban(&request.chat, request.actor(), &room.into(), user).await.map_err(refuse)?);
    Ok(())
}

/// The request, counted as one that does something to others.
pub(super) fn moderating() -> Result<Request, AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Moderate)?;
    Ok(request)
}

fn to_members(room: &Room) {
    leptos_axum::redirect(&format!("/r/{}/members", room.slug));
}
