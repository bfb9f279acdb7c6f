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
