//! `/api/v1/direct`: conversations between some people. What is written there is read and written as in other rooms.

use axum::{Json, extract::State, http::StatusCode};
use chat::{Deed, Need, rooms};
use protocol::{Room, RoomRef, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    extract::{Named, Payload},
    openapi::Refused,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, open)).routes(routes!(hide))
}

/// Conversations.
#[derive(Serialize, ToSchema)]
struct Conversations {
    /// As you have your rooms arranged: a hundred at most, those that were begun last.
    rooms: Vec<Room>,
}

/// The conversations in your list.
#[utoipa::path(
    get,
    path = "/api/v1/direct",
    operation_id = "list_direct",
    tag = "direct",
    responses((status = 200, body = Conversations), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker) -> Result<Json<Conversations>, Refusal> {
    let (actor, among) = asker.may_list(Need::Read)?;
    actor.user()?;
    let mut rooms = rooms::list(&state.chat, actor).await?;
    rooms.retain(|room| room.visibility == Visibility::Direct && among.is_none_or(|among| among.contains(&room.id)));
    Ok(Json(Conversations { rooms }))
}

/// With whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConversationWith {
    /// Their user names, eight at most.
    people: Vec<String>,
}

/// The conversation between you and these people: the one that there is, or a new one.
#[utoipa::path(
    post,
    path = "/api/v1/direct",
    operation_id = "open_direct",
    tag = "direct",
    request_body = ConversationWith,
    responses((status = 200, body = Room), Refused),
)]
async fn open(
    State(state): State<AppState>,
    asker: Asker,
    Payload(ConversationWith { people }): Payload<ConversationWith>,
) -> Result<Json<Room>, Refusal> {
    let actor = asker.may(Need::Write)?;
    asker.does(&state, Deed::CreateRoom)?;
    Ok(Json(rooms::converse(&state.chat, actor, &people.join(",")).await?))
}

/// Takes a conversation out of your list until something is said there.
#[utoipa::path(
    delete,
    path = "/api/v1/direct/{room}",
    operation_id = "hide_direct",
    tag = "direct",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 204, description = "It is not in your list."), Refused),
)]
async fn hide(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<StatusCode, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    rooms::hide(&state.chat, actor, &room).await?;
    Ok(StatusCode::NO_CONTENT)
}
