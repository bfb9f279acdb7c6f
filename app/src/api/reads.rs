use leptos::prelude::*;
use protocol::{RoomUnread, RoomsUnread, Seq};

use crate::{
    AppError,
    context::{Request, lead_form_to, refuse},
};

/// What is new in the rooms of the caller's list.
///
/// # Errors
/// The server cannot do it now.
#[server(prefix = "/api/fn", endpoint = "unread")]
pub(crate) async fn unread() -> Result<RoomsUnread, AppError> {
    let request = Request::current()?;
    chat::reads::list(&request.chat, request.actor()).await.map_err(refuse)
}

/// Marks a room as read up to a message.
///
/// # Errors
/// Not signed in, or no such room.
#[server(prefix = "/api/fn", endpoint = "mark_read")]
pub(crate) async fn mark_read(room: String, seq: i64) -> Result<(), AppError> {
    let request = Request::current()?;
    chat::reads::read_now(&request.chat, request.actor(), &room.clone().into(), Seq(seq)).await.map_err(refuse)?;
    lead_form_to(&["/r/", &room].concat());
    Ok(())
}

/// Marks a room as unread from a message on.
///
/// # Errors
/// Not signed in, or not in the room.
#[server(prefix = "/api/fn", endpoint = "mark_unread")]
pub(crate) async fn mark_unread(room: String, seq: i64) -> Result<RoomUnread, AppError> {
    let request = Request::current()?;
    let unread = chat::reads::mark_unread(&request.chat, request.actor(), &room.into(), Seq(seq)).await.map_err(refuse)?;
    lead_form_to("/inbox");
    Ok(unread)
}

/// Marks all rooms of the caller as read.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "read_all")]
pub(crate) async fn read_all() -> Result<u64, AppError> {
    let request = Request::current()?;
    let rooms = chat::reads::read_all(&request.chat, request.actor()).await.map_err(refuse)?;
    lead_form_to("/inbox?all-read");
    Ok(rooms)
}

/// Takes that back, where nothing was read since.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "undo_read_all")]
pub(crate) async fn undo_read_all() -> Result<u64, AppError> {
    let request = Request::current()?;
    let rooms = chat::reads::undo(&request.chat, request.actor()).await.map_err(refuse)?;
    lead_form_to("/inbox");
    Ok(rooms)
}

/// Chooses of what the caller hears in a room.
///
/// # Errors
/// Not signed in, or not in the room.
#[server(prefix = "/api/fn", endpoint = "set_level")]
pub(crate) async fn set_level(room: String, level: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let room = chat::reads::set_level(&request.chat, request.actor(), &room.into(), &level).await.map_err(refuse)?;
    leptos_axum::redirect(&["/r/", &room.slug, "/notifications"].concat());
    Ok(())
}

/// Mutes a room for the caller, or no longer.
///
/// # Errors
/// Not signed in, or not in the room.
#[server(prefix = "/api/fn", endpoint = "mute_room")]
pub(crate) async fn mute_room(room: String, time: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let zone = request.zone();
    let room = chat::reads::mute(&request.chat, request.actor(), &room.into(), &time, zone).await.map_err(refuse)?;
    leptos_axum::redirect(&["/r/", &room.slug, "/notifications"].concat());
    Ok(())
}

/// Settles when the caller is not to be disturbed.
///
/// # Errors
/// Not signed in, or what is no time.
#[server(prefix = "/api/fn", endpoint = "set_quiet_hours")]
pub(crate) async fn set_quiet_hours(#[server(default)] from: String, #[server(default)] to: String) -> Result<(), AppError> {
    let request = Request::current()?;
    chat::reads::set_quiet_hours(&request.chat, request.session()?, &from, &to).await.map_err(refuse)?;
    leptos_axum::redirect("/settings/notifications?done");
    Ok(())
}
