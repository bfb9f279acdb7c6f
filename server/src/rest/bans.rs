//! `/api/v1/rooms/{room}/bans`.

use axum::{Json, extract::State, http::StatusCode};
use chat::{
    Need,
    rooms::{self, Ban},
};
use protocol::{RoomRef, User, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    extract::{Named, Payload},
    members::moderating,
    openapi::Refused,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, ban)).routes(routes!(unban))
}

/// Somebody who is kept out.
#[derive(Serialize, ToSchema)]
struct BannedUser {
    user: User,
    /// The name of who did it.
    by: String,
    /// Why; may be empty.
    reason: String,
    /// Until when; for good without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
}

/// Who is kept out, the newest first.
#[derive(Serialize, ToSchema)]
struct Bans {
    bans: Vec<BannedUser>,
}

/// Who is kept out of a room, for those who keep order there; for others the list is empty. The 200 newest.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/bans",
    operation_id = "list_bans",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = Bans), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<Bans>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    asker.own()?;
    let banned = rooms::banned(&state.chat, actor, &room).await?.into_iter();
    let bans = banned.map(|rooms::Banned { user, by, reason, until }| BannedUser { user, by, reason, until });
    Ok(Json(Bans { bans: bans.collect() }))
}

/// Whom to keep out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBan {
    username: String,
    #[serde(default)]
    reason: String,
    /// `hour`, `day`, `week` or `always`.
    #[schema(pattern = "^(hour|day|week|always)$")]
    time: String,
}

/// Keeps somebody out of a room, a member or not. A second ban takes the place of the first.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/bans",
    operation_id = "ban_user",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = NewBan,
    responses((status = 204, description = "They are kept out."), Refused),
)]
async fn ban(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(NewBan { username, reason, time }): Payload<NewBan>,
) -> Result<StatusCode, Refusal> {
    let actor = moderating(&state, &asker, &room).await?;
    asker.own()?;
    rooms::ban_named(&state.chat, actor, &room, &username, Ban { reason: &reason, time: &time }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets somebody in again. They are no member by that.
#[utoipa::path(
    delete,
    path = "/api/v1/rooms/{room}/bans/{user}",
    operation_id = "unban_user",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room."), ("user" = UserId, Path)),
    responses((status = 204, description = "They are not kept out."), Refused),
)]
async fn unban(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, user)): Named<(RoomRef, UserId)>,
) -> Result<StatusCode, Refusal> {
    let actor = moderating(&state, &asker, &room).await?;
    rooms::unban(&state.chat, actor, &room, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
