use leptos::prelude::*;
use protocol::{RoomPage, Window};

use crate::{
    AppError,
    context::{Request, refuse},
};

/// A stretch of a room's history.
///
/// # Errors
/// Not found, which is also what a room that is closed to the caller looks like.
#[server(name = ReadRoom, prefix = "/api/fn", endpoint = "room_page")]
pub(crate) async fn room_page(room: String, window: Window) -> Result<RoomPage, AppError> {
    let request = Request::current()?;
    chat::messages::page(&request.chat, request.actor(), &room.into(), window).await.map_err(refuse)
}

/// Sends a message from a form, and leads to where it stands. Pages with JavaScript send through the socket.
///
/// # Errors
/// What is wrong with the message, or with the caller's right to write there.
#[server(prefix = "/api/fn", endpoint = "send_message")]
pub(crate) async fn send_message(room: String, client_id: String, body: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let client_id = client_id.parse().map_err(|_| protocol::ErrorCode::BadRequest)?;
    let message = chat::messages::Outgoing { room: room.into(), client_id, body };
    let sent = chat::messages::send(&request.chat, request.actor(), message).await.map_err(refuse)?;
    leptos_axum::redirect(&format!("/r/{}#m{}", sent.slug, sent.seq));
    Ok(())
}
