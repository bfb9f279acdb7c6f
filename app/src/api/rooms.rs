use leptos::prelude::*;
use protocol::Room;

use crate::{
    AppError, Typed,
    context::{Request, lead_form_to, refuse},
};

/// The rooms in the list beside a page: the caller's own, for guests the public ones.
///
/// # Errors
/// The server cannot do it now.
#[server(prefix = "/api/fn", endpoint = "rooms")]
pub(crate) async fn rooms() -> Result<Vec<Room>, AppError> {
    let request = Request::current()?;
    chat::rooms::list(&request.chat, request.actor()).await.map_err(refuse)
}

/// Makes a room and leads to it.
///
/// # Errors
/// What is wrong with the fields, or not signed in.
#[server(prefix = "/api/fn", endpoint = "create_room")]
pub(crate) async fn create_room(
    name: String,
    #[server(default)] topic: String,
    #[server(default)] visibility: String,
    #[server(default)] allow_duplicate: bool,
) -> Result<(), AppError> {
    let request = Request::current()?;
    let new = chat::rooms::NewRoom { name: &name, topic: &topic, visibility: &visibility, allow_duplicate };
    let room = match request.admit(chat::Deed::CreateRoom) {
        Ok(()) => chat::rooms::create(&request.chat, request.actor(), new).await.map_err(refuse),
        Err(error) => Err(error),
    };
    let typed = Typed { name, topic, visibility, ..Typed::default() };
    leptos_axum::redirect(&format!("/r/{}", room.map_err(|error| error.keeping(typed))?.slug));
    Ok(())
}

/// Changes a room's name and topic and leads back to it.
///
/// # Errors
/// What is wrong with the fields, or not the room's owner.
#[server(prefix = "/api/fn", endpoint = "edit_room")]
pub(crate) async fn edit_room(
    room: String,
    name: String,
    #[server(default)] topic: String,
    #[server(default)] allow_duplicate: bool,
) -> Result<(), AppError> {
    let request = Request::current()?;
    let edit = chat::rooms::RoomEdit { name: &name, topic: &topic, allow_duplicate };
    let room = match request.admit(chat::Deed::EditRoom) {
        Ok(()) => chat::rooms::edit(&request.chat, request.actor(), &room.into(), edit).await.map_err(refuse),
        Err(error) => Err(error),
    };
    let typed = Typed { name, topic, ..Typed::default() };
    leptos_axum::redirect(&format!("/r/{}", room.map_err(|error| error.keeping(typed))?.slug));
    Ok(())
}

/// Leads to the conversation of the caller with these people, which is begun if there is none.
///
/// # Errors
/// Nobody of these names, too many of them, or not signed in.
#[server(prefix = "/api/fn", endpoint = "converse")]
pub(crate) async fn converse(people: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let room = match request.admit(chat::Deed::CreateRoom) {
        Ok(()) => chat::rooms::converse(&request.chat, request.actor(), &people).await.map_err(refuse),
        Err(error) => Err(error),
    };
    let typed = Typed { people, ..Typed::default() };
    leptos_axum::redirect(&format!("/r/{}", room.map_err(|error| error.keeping(typed))?.slug));
    Ok(())
}

/// Takes a conversation out of the caller's list until something is said there.
///
/// # Errors
/// Not signed in, or no such conversation.
#[server(prefix = "/api/fn", endpoint = "hide_conversation")]
pub(crate) async fn hide_conversation(room: String) -> Result<(), AppError> {
    let request = Request::current()?;
    chat::rooms::hide(&request.chat, request.actor(), &room.into()).await.map_err(refuse)?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Makes the caller a member.
///
/// # Errors
/// Not signed in, or no such room.
#[server(prefix = "/api/fn", endpoint = "join_room")]
pub(crate) async fn join_room(room: String) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Join)?;
    let room = chat::rooms::join(&request.chat, request.actor(), &room.into()).await.map_err(refuse)?;
    lead_form_to(&format!("/r/{}", room.slug));
    Ok(())
}

/// Ends the caller's membership.
///
/// # Errors
/// Not signed in, or no such room.
#[server(prefix = "/api/fn", endpoint = "leave_room")]
pub(crate) async fn leave_room(room: String) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Join)?;
    chat::rooms::leave(&request.chat, request.actor(), &room.into()).await.map_err(refuse)?;
    Ok(())
}
