use chat::commands::Offered;
use leptos::prelude::*;
use protocol::ErrorCode;

use crate::{
    AppError,
    context::{Request, refuse},
    next::value,
};

/// Deletes a slash command of a room, or of the house where none is named.
///
/// # Errors
/// The caller does not keep order there, or there is no such command.
#[server(prefix = "/api/fn", endpoint = "delete_command")]
pub(crate) async fn delete_command(#[server(default)] room: String, command: String) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Moderate)?;
    let place = (!room.is_empty()).then(|| room.clone().into());
    let command = command.parse().map_err(|_| ErrorCode::BadRequest)?;
    chat::commands::delete(&request.chat, request.actor(), place.as_ref(), command).await.map_err(refuse)?;
    leptos_axum::redirect(&match room.as_str() {
        "" => "/admin/commands".to_owned(),
        room => ["/r/", &value(room), "/commands"].concat(),
    });
    Ok(())
}

/// The commands that can be asked in a room: for the composer, as somebody types one there.
///
/// # Errors
/// Not found, which is also what a room that is closed to the caller looks like; they may not write there.
#[server(prefix = "/api/fn", endpoint = "complete_command")]
pub(crate) async fn complete_command(room: String) -> Result<Vec<Offered>, AppError> {
    let request = Request::current()?;
    chat::commands::offered(&request.chat, request.actor(), &room.into()).await.map_err(refuse)
}
