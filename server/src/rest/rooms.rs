//! `/api/v1/rooms`.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, Uri, header},
};
use chat::{
    Deed, Need,
    rooms::{self, NewRoom, RoomEdit, Search},
};
use protocol::{Room, RoomId, RoomRef, RoomSummary, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    cursor::{Cursor, Page},
    extract::{Fields, Named, Payload},
    openapi::Refused,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, change, delete))
        .routes(routes!(join))
        .routes(routes!(leave))
}

/// Which rooms are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// What stands in the name or the topic, or is a part of the address.
    #[serde(default)]
    text: String,
    /// Whether to list those alone that you are in.
    #[serde(default)]
    mine: bool,
    /// Whether to list those alone that are archived, or those alone that are not. Without it, those that are not, and where a text is
    /// looked for both.
    archived: Option<bool>,
    /// Who may find them.
    visibility: Option<Visibility>,
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<RoomId>,
}

/// Rooms by name.
#[derive(Serialize, ToSchema)]
struct Rooms {
    rooms: Vec<RoomSummary>,
}

/// The rooms that you may find, by name. Direct conversations are not among them.
#[utoipa::path(
    get,
    path = "/api/v1/rooms",
    operation_id = "list_rooms",
    tag = "rooms",
    params(Which),
    responses(
        (status = 200, body = Rooms, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))),
        Refused,
    ),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(which): Fields<Which>,
) -> Result<Page<Rooms>, Refusal> {
    let (actor, among) = asker.may_list(Need::Read)?;
    let Which { text, mine, archived, visibility, cursor: Cursor(after) } = which;
    let search = Search { text: &text, after, mine, archived, visibility, among };
    let page = rooms::search(&state.chat, actor, search).await?;
    Ok(Page::new(&uri, Rooms { rooms: page.rooms }, page.next.as_ref()))
}

/// A room to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoomToMake {
    name: String,
    /// What it is about.
    #[serde(default)]
    topic: String,
    /// `public`, `open` or `private`.
    visibility: String,
    /// Whether to make it although there is a room of that name.
    #[serde(default)]
    allow_duplicate: bool,
}

/// Makes a room, of which you are the owner.
#[utoipa::path(
    post,
    path = "/api/v1/rooms",
    operation_id = "create_room",
    tag = "rooms",
    request_body = RoomToMake,
    responses((status = 201, body = Room, headers(("Location" = String, description = "Its address."))), Refused),
)]
async fn create(
    State(state): State<AppState>,
    asker: Asker,
    Payload(new): Payload<RoomToMake>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Room>), Refusal> {
    let actor = asker.may(Need::Write)?;
    asker.does(&state, Deed::CreateRoom)?;
    let RoomToMake { name, topic, visibility, allow_duplicate } = &new;
    let new = NewRoom { name, topic, visibility, allow_duplicate: *allow_duplicate };
    let room = rooms::create(&state.chat, actor, new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, format!("/api/v1/rooms/{}", room.id))], Json(room)))
}

/// A room, if you may know of it.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}",
    operation_id = "read_room",
    tag = "rooms",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = RoomSummary), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<RoomSummary>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    Ok(Json(rooms::summary(&state.chat, actor, &room).await?))
}

/// What is to be another in a room; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoomChange {
    name: Option<String>,
    topic: Option<String>,
    /// Whether it may have the name of another room.
    #[serde(default)]
    allow_duplicate: bool,
    /// `public`, `open` or `private`.
    visibility: Option<String>,
    /// Its part of the address.
    address: Option<String>,
    /// Seconds that members wait between two messages: 0, 10, 30, 60 or 300.
    slow_seconds: Option<u32>,
    /// Whether it may be read only.
    archived: Option<bool>,
}

/// Changes a room: first it is brought back from the archive, then come name and topic, visibility, address and slow mode, and last it is
/// archived. One that is refused ends it; those before it stand.
#[utoipa::path(
    patch,
    path = "/api/v1/rooms/{room}",
    operation_id = "change_room",
    tag = "rooms",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = RoomChange,
    responses((status = 200, body = Room), Refused),
)]
async fn change(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(change): Payload<RoomChange>,
) -> Result<Json<Room>, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    actor.user()?;
    asker.does(&state, Deed::EditRoom)?;
    let mut room = rooms::summary(&state.chat, actor, &room).await?.room;
    // Its address may be another one in between.
    let id = room.id.into();
    let RoomChange { name, topic, allow_duplicate, visibility, address, slow_seconds, archived } = change;
    if archived == Some(false) {
        room = rooms::archive(&state.chat, actor, &id, false).await?;
    }
    if name.is_some() || topic.is_some() {
        let (name, topic) = (name.as_deref().unwrap_or(&room.name), topic.as_deref().unwrap_or(&room.topic));
        room = rooms::edit(&state.chat, actor, &id, RoomEdit { name, topic, allow_duplicate }).await?;
    }
    if let Some(visibility) = visibility {
        room = rooms::set_visibility(&state.chat, actor, &id, &visibility).await?;
    }
    if let Some(address) = address {
        room = rooms::set_address(&state.chat, actor, &id, &address).await?;
    }
    if let Some(seconds) = slow_seconds {
        room = rooms::slow_down(&state.chat, actor, &id, seconds).await?;
    }
    if archived == Some(true) {
        room = rooms::archive(&state.chat, actor, &id, true).await?;
    }
    Ok(Json(room))
}

/// Deletes a room with all that was written there.
#[utoipa::path(
    delete,
    path = "/api/v1/rooms/{room}",
    operation_id = "delete_room",
    tag = "rooms",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 204, description = "It is gone."), Refused),
)]
async fn delete(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<StatusCode, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.own()?;
    asker.does(&state, Deed::EditRoom)?;
    // Pages have its name typed once more; a program that says which room it is means that one.
    let room = rooms::summary(&state.chat, actor, &room).await?.room;
    rooms::delete(&state.chat, actor, &room.id.into(), &room.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes you a member. Who is one already stays so.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/join",
    operation_id = "join_room",
    tag = "rooms",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = Room), Refused),
)]
async fn join(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<Room>, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Join)?;
    Ok(Json(rooms::join(&state.chat, actor, &room).await?))
}

/// Ends your membership. Who is no member stays so.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/leave",
    operation_id = "leave_room",
    tag = "rooms",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 204, description = "You are no member."), Refused),
)]
async fn leave(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<StatusCode, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Join)?;
    rooms::leave(&state.chat, actor, &room).await?;
    Ok(StatusCode::NO_CONTENT)
}
