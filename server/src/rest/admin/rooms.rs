//! `/api/v1/admin/rooms`: all rooms, whoever is in them. What is written there is not seen from here, but for what was reported.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, Uri},
    response::IntoResponse,
};
use chat::{
    Deed, Need,
    house::{self, By},
    messages, rooms,
};
use protocol::{RoomId, RoomRef, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        cursor::{Cursor, Page},
        extract::{Fields, Named, Payload, storable},
        messages::Kept,
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read, change, delete))
        .routes(routes!(members))
        .routes(routes!(make_owner, take_owner))
        .routes(routes!(send))
        .routes(routes!(close_report))
}

/// A room, as admins see it.
#[derive(Serialize, ToSchema)]
struct HouseRoom {
    id: RoomId,
    /// Its part of the address.
    slug: String,
    name: String,
    visibility: Visibility,
    archived: bool,
    /// Number of members.
    members: i64,
    /// Number of messages.
    messages: i64,
    /// User names of its owners.
    owners: Vec<String>,
}

impl From<house::HouseRoom> for HouseRoom {
    fn from(room: house::HouseRoom) -> Self {
        let house::HouseRoom { id, slug, name, visibility, archived, members, messages, owners } = room;
        Self { id, slug, name, visibility, archived, members, messages, owners }
    }
}

#[derive(Serialize, ToSchema)]
struct HouseRooms {
    rooms: Vec<HouseRoom>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageOfRooms {
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<String>,
}

/// All rooms by address. Conversations are not among them.
#[utoipa::path(
    get,
    path = "/api/v1/admin/rooms",
    operation_id = "list_house_rooms",
    tag = "admin",
    params(PageOfRooms),
    responses((status = 200, body = HouseRooms, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))), Refused),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(PageOfRooms { cursor }): Fields<PageOfRooms>,
) -> Result<Page<HouseRooms>, Refusal> {
    let after = storable(cursor.0.unwrap_or_default())?;
    let page = house::rooms(&state.chat, asker.may(Need::Admin)?, &after).await?;
    let rooms = page.rooms.into_iter().map(Into::into).collect();
    Ok(Page::new(&uri, HouseRooms { rooms }, page.next.as_ref()))
}

/// One of them.
#[utoipa::path(
    get,
    path = "/api/v1/admin/rooms/{room}",
    operation_id = "read_house_room",
    tag = "admin",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = HouseRoom), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker, Named(room): Named<String>) -> Result<Json<HouseRoom>, Refusal> {
    Ok(Json(house::room(&state.chat, asker.may(Need::Admin)?, &room).await?.into()))
}

/// What is to be otherwise.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HouseRoomChanges {
    /// Whether it may be read only, and stands in no list.
    archived: bool,
}

/// Archives a room, or brings it back.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/rooms/{room}",
    operation_id = "change_house_room",
    tag = "admin",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = HouseRoomChanges,
    responses((status = 200, body = HouseRoom), Refused),
)]
async fn change(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(HouseRoomChanges { archived }): Payload<HouseRoomChanges>,
) -> Result<Json<HouseRoom>, Refusal> {
    let actor = asker.may(Need::Admin)?;
    let room = rooms::archive(&state.chat, By::Admin(actor), &room, archived).await?;
    Ok(Json(house::room(&state.chat, actor, &room.slug).await?.into()))
}

/// Deletes a room with all that was written there.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/rooms/{room}",
    operation_id = "delete_house_room",
    tag = "admin",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 204, description = "It is gone."), Refused),
)]
async fn delete(State(state): State<AppState>, asker: Asker, Named(room): Named<String>) -> Result<StatusCode, Refusal> {
    let actor = asker.may(Need::Admin)?;
    let room = house::room(&state.chat, actor, &room).await?;
    rooms::delete(&state.chat, By::Admin(actor), &room.id.into(), &room.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A member of a room, by user name.
#[derive(Serialize, ToSchema)]
struct HouseMember {
    username: String,
    /// `owner`, `moderator` or `member`.
    role: String,
}

#[derive(Serialize, ToSchema)]
struct HouseMembers {
    /// By user name.
    members: Vec<HouseMember>,
}

/// The members of a room.
#[utoipa::path(
    get,
    path = "/api/v1/admin/rooms/{room}/members",
    operation_id = "list_house_room_members",
    tag = "admin",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = HouseMembers), Refused),
)]
async fn members(State(state): State<AppState>, asker: Asker, Named(room): Named<String>) -> Result<Json<HouseMembers>, Refusal> {
    let members = house::members_of(&state.chat, asker.may(Need::Admin)?, &room).await?;
    let members = members.into_iter().map(|(username, role)| HouseMember { username, role }).collect();
    Ok(Json(HouseMembers { members }))
}

/// Makes somebody an owner of a room, and a member before that.
#[utoipa::path(
    put,
    path = "/api/v1/admin/rooms/{room}/owners/{user}",
    operation_id = "make_room_owner",
    tag = "admin",
    params(
        ("room" = String, Path, description = "Id or address of the room."),
        ("user" = String, Path, description = "Id or user name."),
    ),
    responses((status = 204, description = "They own it."), Refused),
)]
async fn make_owner(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, user)): Named<(RoomRef, String)>,
) -> Result<StatusCode, Refusal> {
    let actor = asker.may(Need::Admin)?;
    let user = house::person(&state.chat, actor, &user).await?.account.username;
    rooms::add_as(&state.chat, By::Admin(actor), &room, &user, Some("owner")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes an owner of a room a plain member.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/rooms/{room}/owners/{user}",
    operation_id = "take_room_owner",
    tag = "admin",
    params(
        ("room" = String, Path, description = "Id or address of the room."),
        ("user" = String, Path, description = "Id or user name."),
    ),
    responses((status = 204, description = "They own it no longer."), Refused),
)]
async fn take_owner(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, user)): Named<(RoomRef, String)>,
) -> Result<StatusCode, Refusal> {
    let actor = asker.may(Need::Admin)?;
    let user = house::person(&state.chat, actor, &user).await?.account.id;
    rooms::set_role(&state.chat, By::Admin(actor), &room, user, "member").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the house says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SystemMessage {
    /// Markdown.
    body: String,
}

/// Says something in a room for the house itself: a message of kind `system`, by nobody's account. The audit log has who did it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/rooms/{room}/messages",
    operation_id = "send_system_message",
    tag = "admin",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = SystemMessage,
    responses((status = 201, body = Kept, headers(("Location" = String, description = "Its address."))), Refused),
)]
async fn send(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(SystemMessage { body }): Payload<SystemMessage>,
) -> Result<impl IntoResponse, Refusal> {
    let by = By::Admin(asker.may(Need::Admin)?);
    asker.does(&state, Deed::Send)?;
    Ok(Kept::from(messages::send_system(&state.chat, by, &room, &body).await?))
}

/// Takes a report for seen to.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/rooms/{room}/reports/{report}",
    operation_id = "close_house_report",
    tag = "admin",
    params(
        ("room" = String, Path, description = "Id or address of the room."),
        ("report" = uuid::Uuid, Path, description = "Id of the report."),
    ),
    responses((status = 204, description = "It is seen to."), Refused),
)]
async fn close_report(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, report)): Named<(RoomRef, String)>,
) -> Result<StatusCode, Refusal> {
    messages::close_report(&state.chat, By::Admin(asker.may(Need::Admin)?), &room, &report).await?;
    Ok(StatusCode::NO_CONTENT)
}
