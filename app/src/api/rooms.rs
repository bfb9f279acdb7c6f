use leptos::prelude::*;
use protocol::{Destinations, Room, Section};

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

/// What the caller can go to by its name, beside the rooms of the list.
///
/// # Errors
/// Not signed in, or the server cannot do it now.
#[server(prefix = "/api/fn", endpoint = "palette")]
pub(crate) async fn palette() -> Result<Destinations, AppError> {
    let request = Request::current()?;
    chat::rooms::palette(&request.chat, request.session()?).await.map_err(refuse)
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

/// Gives a room a star of the caller, or takes it away.
///
/// # Errors
/// Not signed in, or not a member.
#[server(prefix = "/api/fn", endpoint = "star_room")]
pub(crate) async fn star_room(room: String, #[server(default)] starred: bool) -> Result<(), AppError> {
    let request = Request::current()?;
    let room = chat::rooms::star(&request.chat, request.actor(), &room.into(), starred).await.map_err(refuse)?;
    lead_form_to(&format!("/r/{}", room.slug));
    Ok(())
}

/// Folds a part of the caller's list of rooms, or unfolds it.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "fold_section")]
pub(crate) async fn fold_section(section: Section, folded: bool) -> Result<(), AppError> {
    let request = Request::current()?;
    chat::rooms::fold(&request.chat, request.session()?, section, folded).await.map_err(refuse)
}

/// Settles what the caller's list of rooms is sorted by.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "order_rooms")]
pub(crate) async fn order_rooms(#[server(default)] by_activity: bool) -> Result<(), AppError> {
    let request = Request::current()?;
    chat::rooms::order_by_activity(&request.chat, request.session()?, by_activity).await.map_err(refuse)?;
    leptos_axum::redirect("/settings/profile?done=profile");
    Ok(())
}
