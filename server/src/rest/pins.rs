//! `/api/v1/rooms/{room}/pins`.

use axum::{Json, extract::State, http::StatusCode};
use chat::{Deed, Need, messages};
use protocol::{MessageId, RoomRef, Seq, User};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{asker::Asker, extract::Named, openapi::Refused};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(pin, unpin))
}

/// A message that is held up for all.
#[derive(Serialize, ToSchema)]
struct PinnedMessage {
    id: MessageId,
    seq: Seq,
    author: User,
    /// Markdown.
    body: String,
    /// When it was written.
    written_at: i64,
    /// Who pinned it.
    by: User,
    /// When.
    at: i64,
}

/// What is pinned in a room.
#[derive(Serialize, ToSchema)]
struct PinnedMessages {
    /// What was pinned last comes first.
    pins: Vec<PinnedMessage>,
}

/// What is pinned in a room.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/pins",
    operation_id = "list_pins",
    tag = "messages",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = PinnedMessages), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<PinnedMessages>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    let pins = messages::pins(&state.chat, actor, &room).await?.pins.into_iter().map(|pin| {
        let messages::Pinned { id, seq, author, body, written_at, by, at } = pin;
        PinnedMessage { id, seq, author, body, written_at, by, at }
    });
    Ok(Json(PinnedMessages { pins: pins.collect() }))
}

/// Holds a message up for all.
#[utoipa::path(
    put,
    path = "/api/v1/messages/{message}/pin",
    operation_id = "pin_message",
    tag = "messages",
    params(("message" = MessageId, Path)),
    responses((status = 204, description = "It is pinned."), Refused),
)]
async fn pin(State(state): State<AppState>, asker: Asker, Named(message): Named<MessageId>) -> Result<StatusCode, Refusal> {
    turn(&state, &asker, message, true).await
}

/// Takes it down.
#[utoipa::path(
    delete,
    path = "/api/v1/messages/{message}/pin",
    operation_id = "unpin_message",
    tag = "messages",
    params(("message" = MessageId, Path)),
    responses((status = 204, description = "It is not pinned."), Refused),
)]
async fn unpin(State(state): State<AppState>, asker: Asker, Named(message): Named<MessageId>) -> Result<StatusCode, Refusal> {
    turn(&state, &asker, message, false).await
}

async fn turn(state: &AppState, asker: &Asker, message: MessageId, on: bool) -> Result<StatusCode, Refusal> {
    let (actor, (room, seq)) = asker.may_with(state, Need::Write, message).await?;
    asker.does(state, Deed::Moderate)?;
    messages::pin(&state.chat, actor, &room.into(), seq, on).await?;
    Ok(StatusCode::NO_CONTENT)
}
