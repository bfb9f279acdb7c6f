use leptos::prelude::*;
use protocol::Room;

use crate::{
    AppError,
    context::{Request, refuse},
};

/// Makes a room public, open or private.
///
/// # Errors
/// Not one of these, or the caller does not own the room.
#[server(prefix = "/api/fn", endpoint = "set_visibility")]
pub(crate) async fn set_visibility(room: String, #[server(default)] visibility: String) -> Result<(), AppError> {
    let request = editing()?;
    let changed = chat::rooms::set_visibility(&request.chat, request.actor(), &room.into(), &visibility).await;
    to_settings(&changed.map_err(refuse)?);
    Ok(())
}

/// Gives a room another address.
///
/// # Errors
/// Another room has it, or the caller does not own the room.
#[server(prefix = "/api/fn", endpoint = "set_address")]
pub(crate) async fn set_address(room: String, #[server(default)] address: String) -> Result<(), AppError> {
    let request = editing()?;
    let changed = chat::rooms::set_address(&request.chat, request.actor(), &room.into(), &address).await;
    to_settings(&changed.map_err(refuse)?);
    Ok(())
}

/// Has members wait between two messages.
///
/// # Errors
/// The caller does not keep order there.
#[server(prefix = "/api/fn", endpoint = "slow_down")]
pub(crate) async fn slow_down(room: String, seconds: u32) -> Result<(), AppError> {
    let request = editing()?;
    let changed = chat::rooms::slow_down(&request.chat, request.actor(), &room.into(), seconds).await;
    to_settings(&changed.map_err(refuse)?);
    Ok(())
}

/// Makes a room read only, or writable again; with `house`, here and below, by somebody who sees to all rooms.
///
/// # Errors
/// The caller does not own the room.
#[server(prefix = "/api/fn", endpoint = "archive_room")]
pub(crate) async fn archive_room(
    room: String,
    #[server(default)] archived: bool,
    #[server(default)] house: bool,
) -> Result<(), AppError> {
    let request = editing()?;
    let changed = chat::rooms::archive(&request.chat, request.by(house), &room.into(), archived).await.map_err(refuse)?;
    if house {
        leptos_axum::redirect(&["/admin/rooms/", &changed.slug].concat());
    } else {
        to_settings(&changed);
    }
    Ok(())
}

/// Deletes a room with all that was written there, and leads to the others.
///
/// # Errors
/// What was typed is not its name, or the caller does not own the room.
#[server(prefix = "/api/fn", endpoint = "delete_room")]
pub(crate) async fn delete_room(
    room: String,
    #[server(default)] confirm: String,
    #[server(default)] house: bool,
) -> Result<(), AppError> {
    let request = editing()?;
    chat::rooms::delete(&request.chat, request.by(house), &room.into(), &confirm).await.map_err(refuse)?;
    leptos_axum::redirect(if house { "/admin/rooms" } else { "/" });
    Ok(())
}

/// The request, counted as a change of a room.
fn editing() -> Result<Request, AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::EditRoom)?;
    Ok(request)
}

fn to_settings(room: &Room) {
    leptos_axum::redirect(&format!("/r/{}/settings", room.slug));
}
