//! `/api/v1/rooms/{room}/read` and `/unread`: how far one has read.

use axum::{Json, extract::State, http::StatusCode};
use chat::{Need, reads, rooms};
use protocol::{RoomRef, RoomUnread, Seq};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    extract::{Named, Payload},
    openapi::Refused,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(unread))
}

/// A place in a room.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadMark {
    seq: Seq,
}

/// Marks a room as read up to a place. A mark is never taken back by it.
#[utoipa::path(
    put,
    path = "/api/v1/rooms/{room}/read",
    operation_id = "mark_read",
    tag = "reads",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = ReadMark,
    responses((status = 204, description = "It is read."), Refused),
)]
async fn read(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(ReadMark { seq }): Payload<ReadMark>,
) -> Result<StatusCode, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.own()?;
    // Marks are kept by the id of a room without a look at it.
    let room = rooms::summary(&state.chat, actor, &room).await?.room.id;
    reads::read_now(&state.chat, actor, &room.into(), seq).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a room as unread from a message on.
#[utoipa::path(
    put,
    path = "/api/v1/rooms/{room}/unread",
    operation_id = "mark_unread",
    tag = "reads",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = ReadMark,
    responses((status = 200, body = RoomUnread), Refused),
)]
async fn unread(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(ReadMark { seq }): Payload<ReadMark>,
) -> Result<Json<RoomUnread>, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    Ok(Json(reads::mark_unread(&state.chat, actor, &room, seq).await?))
}
