use leptos::prelude::*;
use protocol::Seq;

use crate::{
    AppError,
    context::{Request, refuse},
};

/// Follows a thread, or does not any more, and leads to it.
///
/// # Errors
/// Not found, which is also what a room that is closed to the caller looks like.
#[server(prefix = "/api/fn", endpoint = "follow_thread")]
pub(crate) async fn follow_thread(room: String, seq: i64, on: bool) -> Result<(), AppError> {
    let request = Request::current()?;
    let room = chat::threads::follow(&request.chat, request.actor(), &room.into(), Seq(seq), on).await.map_err(refuse)?;
    leptos_axum::redirect(&format!("/r/{}/t/{seq}", room.slug));
    Ok(())
}

/// The caller has read a thread up to a place.
///
/// # Errors
/// Not found, which is also what a room that is closed to the caller looks like.
#[server(prefix = "/api/fn", endpoint = "read_thread")]
pub(crate) async fn read_thread(room: String, seq: i64, until: i64) -> Result<(), AppError> {
    let request = Request::current()?;
    chat::threads::read(&request.chat, request.actor(), &room.into(), Seq(seq), Seq(until)).await.map_err(refuse)?;
    leptos_axum::redirect("/threads");
    Ok(())
}
