use leptos::prelude::*;
use protocol::{RoomPage, Seq, Window};

use crate::{
    AppError,
    context::{Request, refuse},
};

/// A stretch of a room's history, or of that of a thread.
///
/// # Errors
/// Not found, which is also what a room that is closed to the caller looks like.
#[server(name = ReadRoom, prefix = "/api/fn", endpoint = "room_page")]
pub(crate) async fn room_page(
    room: String,
    window: Window,
    #[server(default)] thread: Option<i64>,
) -> Result<RoomPage, AppError> {
    let request = Request::current()?;
    if let Some(root) = thread {
        let page = chat::messages::thread(&request.chat, request.actor(), &room.into(), Seq(root), window).await;
        return page.map_err(refuse);
    }
    chat::messages::page(&request.chat, request.actor(), &room.into(), window).await.map_err(refuse)
}
