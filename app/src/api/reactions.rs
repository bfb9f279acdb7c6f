use leptos::prelude::*;
use protocol::Seq;
use serde::{Deserialize, Serialize};

use super::people::moderating;
use crate::{
    AppError,
    context::{Request, refuse},
};

/// The first who reacted, by name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Named {
    names: Vec<String>,
    /// How many there are besides.
    more: u64,
}

/// Reacts to a message, or takes that back, and leads to all that was reacted with.
///
/// # Errors
/// It is no emoji, there is no such message, or the caller may not react there.
#[server(prefix = "/api/fn", endpoint = "react")]
pub(crate) async fn react(room: String, seq: i64, emoji: String, on: bool) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Send)?;
    let done =
        chat::messages::react(&request.chat, request.actor(), &room.into(), Seq(seq), emoji.trim(), on).await.map_err(refuse)?;
    leptos_axum::redirect(&format!("/r/{}/m/{seq}/reactions", done.room.slug));
    Ok(())
}

/// Who reacted to a message with an emoji.
///
/// # Errors
/// Not found, which is also what a room that is closed to the caller looks like; not signed in.
#[server(prefix = "/api/fn", endpoint = "who_reacted")]
pub(crate) async fn who_reacted(room: String, seq: i64, emoji: String) -> Result<Named, AppError> {
    let request = Request::current()?;
    let who = chat::messages::who_reacted(&request.chat, request.actor(), &room.into(), Seq(seq), &emoji).await;
    let chat::messages::Reactors { people, more } = who.map_err(refuse)?;
    Ok(Named { names: people.into_iter().map(|user| user.name).collect(), more })
}

/// Pins a message, or unpins it, and leads to what is pinned.
///
/// # Errors
/// The caller may not pin there, or there is no such message.
#[server(prefix = "/api/fn", endpoint = "pin_message")]
pub(crate) async fn pin_message(room: String, seq: i64, pinned: bool) -> Result<(), AppError> {
    let request = moderating()?;
    let done = chat::messages::pin(&request.chat, request.actor(), &room.into(), Seq(seq), pinned).await.map_err(refuse)?;
    leptos_axum::redirect(&format!("/r/{}/pins", done.room.slug));
    Ok(())
}

/// Keeps a message for the caller, or no longer, and leads to all that they keep.
///
/// # Errors
/// There is no such message, or the caller may not read it.
#[server(prefix = "/api/fn", endpoint = "bookmark")]
pub(crate) async fn bookmark(room: String, seq: i64, on: bool) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Send)?;
    chat::bookmarks::bookmark(&request.chat, request.session()?, &room.into(), Seq(seq), on).await.map_err(refuse)?;
    leptos_axum::redirect("/bookmarks");
    Ok(())
}
