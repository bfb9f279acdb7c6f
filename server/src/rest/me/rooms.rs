//! `/api/v1/me/rooms/{room}`: what a room is to oneself.

use axum::{Json, extract::State};
use chat::{
    Actor, Need,
    reads::{self, Notifications},
    rooms,
};
use protocol::{Level, RoomId, RoomRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        extract::{Named, Payload, given},
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read, change))
}

/// What a room that you are in is to you.
#[derive(Serialize, ToSchema)]
struct MyRoom {
    room: RoomId,
    /// Whether it has a star of yours.
    starred: bool,
    /// Of what you want to hear there.
    level: Level,
    /// Until when you want to hear less; 253402300799999 for good.
    muted_until: Option<i64>,
}

async fn mine(state: &AppState, actor: Actor, room: &RoomRef) -> Result<Json<MyRoom>, Refusal> {
    let Notifications { room, level, quiet_until: muted_until } = reads::notifications(&state.chat, actor, room).await?;
    Ok(Json(MyRoom { room: room.id, starred: room.starred, level, muted_until }))
}

/// What a room that you are in is to you.
#[utoipa::path(
    get,
    path = "/api/v1/me/rooms/{room}",
    operation_id = "read_my_room",
    tag = "me",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = MyRoom), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<MyRoom>, Refusal> {
    mine(&state, asker.may_in(&state, Need::Read, &room).await?, &room).await
}

/// What is to be otherwise. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MyRoomChanges {
    starred: Option<bool>,
    level: Option<Level>,
    /// In unix milliseconds; `null` for no longer.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    muted_until: Option<Option<i64>>,
}

/// Gives the room a star, or says of what you want to hear there.
#[utoipa::path(
    patch,
    path = "/api/v1/me/rooms/{room}",
    operation_id = "change_my_room",
    tag = "me",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = MyRoomChanges,
    responses((status = 200, body = MyRoom), Refused),
)]
async fn change(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(new): Payload<MyRoomChanges>,
) -> Result<Json<MyRoom>, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    // First, as it is what can be wrong.
    if let Some(until) = new.muted_until {
        reads::mute_until(&state.chat, actor, &room, until).await?;
    }
    if let Some(level) = new.level {
        reads::set_level(&state.chat, actor, &room, level.word()).await?;
    }
    if let Some(starred) = new.starred {
        rooms::star(&state.chat, actor, &room, starred).await?;
    }
    mine(&state, actor, &room).await
}
