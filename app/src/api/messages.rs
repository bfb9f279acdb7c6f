use leptos::prelude::*;
use protocol::{ClientId, RoomPage, Window};
use serde::{Deserialize, Serialize};

use crate::{AppError, json::Answer};
#[cfg(feature = "ssr")]
use crate::{
    context::{Request, cookie, refuse},
    cookies,
};

/// A stretch of a room, with what its first rendering needs to be the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoomPageWithForm {
    /// The room as the caller sees it.
    pub(crate) page: RoomPage,
    /// The id of the message that a form sends without JavaScript: a form that is sent twice makes one message.
    pub(crate) form_id: ClientId,
    /// The reader's time zone in minutes east of UTC, as the last page that ran there left it; UTC before that.
    pub(crate) zone: i32,
}

/// A stretch of a room's history.
///
/// # Errors
/// Not found, which is also what a room that is closed to the caller looks like.
#[server(name = ReadRoom, prefix = "/api/fn", endpoint = "room_page", output = Answer)]
pub(crate) async fn room_page(room: String, window: Window) -> Result<RoomPageWithForm, AppError> {
    let request = Request::current()?;
    let page = chat::messages::page(&request.chat, request.actor(), &room.into(), window).await.map_err(refuse)?;
    // No zone on Earth is further from UTC than 14 hours.
    let zone = cookie(cookies::ZONE).and_then(|zone| zone.parse().ok()).filter(|zone| (-840..=840).contains(zone)).unwrap_or(0);
    Ok(RoomPageWithForm { page, form_id: ClientId::generate(), zone })
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
