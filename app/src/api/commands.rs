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
