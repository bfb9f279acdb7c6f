//! `/api/v1/invites`.

use axum::{Json, extract::State, http::StatusCode};
use chat::{
    Deed, Need,
    invites::{self, NewInvite},
};
use protocol::{ErrorCode, Room, RoomRef};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    asker::Asker,
    extract::{Fields, Named, Payload},
    openapi::Refused,
};
use crate::{AppState, answers::Refusal};

/// Longest time that an invite holds that has an end, in seconds: ten years.
const EXPIRES_IN_MAX: u32 = 3_650 * 24 * 60 * 60;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke)).routes(routes!(show)).routes(routes!(accept))
}

/// A link by which others come in.
#[derive(Serialize, ToSchema)]
pub(super) struct InviteLink {
    id: Uuid,
    /// What its link ends with: `/i/{code}`.
    code: String,
    /// The address of the room that it leads to; the house alone without it.
    room: Option<String>,
    /// What that room is called.
    room_name: Option<String>,
    /// Who made it.
    made_by: String,
    made_at: i64,
    /// Until when it holds; until it is revoked without it.
    expires_at: Option<i64>,
    /// How often it may be used; as often as people like without it.
    uses_max: Option<i64>,
    uses: i64,
}

impl From<invites::Invite> for InviteLink {
    fn from(invite: invites::Invite) -> Self {
        let invites::Invite { id, code, room, room_name, made_by, made_at, expires_at, uses_max, uses } = invite;
        Self { id, code, room, room_name, made_by, made_at, expires_at, uses_max, uses }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct InviteLinks {
    /// The newest first.
    invites: Vec<InviteLink>,
}

impl From<Vec<invites::Invite>> for InviteLinks {
    fn from(invites: Vec<invites::Invite>) -> Self {
        Self { invites: invites.into_iter().map(Into::into).collect() }
    }
}

/// Into where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichInvites {
    /// Id or address of a room: those into it. Without it those into the house that are yours; all that there are, for admins with a token for that.
    #[param(value_type = Option<String>)]
    room: Option<RoomRef>,
}

/// The invites that hold.
#[utoipa::path(
    get,
    path = "/api/v1/invites",
    operation_id = "list_invites",
    tag = "invites",
    params(WhichInvites),
    responses((status = 200, body = InviteLinks), Refused),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    Fields(WhichInvites { room }): Fields<WhichInvites>,
) -> Result<Json<InviteLinks>, Refusal> {
    let actor = match &room {
        Some(room) => asker.may_in(&state, Need::Read, room).await?,
        None => asker.may(Need::Read)?,
    };
    Ok(Json(invites::list(&state.chat, asker.by(actor), room.as_ref()).await?.into()))
}

/// An invite to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteWish {
    /// Id or address of the room that it leads to; the house alone without it.
    #[schema(value_type = Option<String>)]
    room: Option<RoomRef>,
    /// For how many seconds it holds; until it is revoked without it.
    #[schema(minimum = 1, maximum = 315_360_000)]
    expires_in: Option<u32>,
    /// How often it may be used; as often as people like without it.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 4_294_967_295_i64)]
    uses: Option<u32>,
}

/// Makes an invite.
#[utoipa::path(
    post,
    path = "/api/v1/invites",
    operation_id = "create_invite",
    tag = "invites",
    request_body = InviteWish,
    responses((status = 201, body = InviteLink), Refused),
)]
async fn create(
    State(state): State<AppState>,
    asker: Asker,
    Payload(InviteWish { room, expires_in: lasts, uses }): Payload<InviteWish>,
) -> Result<(StatusCode, Json<InviteLink>), Refusal> {
    if lasts.is_some_and(|seconds| !(1..=EXPIRES_IN_MAX).contains(&seconds)) || uses == Some(0) {
        return Err(ErrorCode::BadRequest.into());
    }
    let actor = match &room {
        Some(room) => asker.may_in(&state, Need::Write, room).await?,
        None => asker.may(Need::Write)?,
    };
    asker.does(&state, Deed::Invite)?;
    let invite = invites::create(&state.chat, asker.by(actor), NewInvite { room, lasts, uses }).await?;
    Ok((StatusCode::CREATED, Json(invite.into())))
}

/// Takes an invite back.
#[utoipa::path(
    delete,
    path = "/api/v1/invites/{invite}",
    operation_id = "revoke_invite",
    tag = "invites",
    params(("invite" = Uuid, Path, description = "Id of the invite.")),
    responses((status = 204, description = "It holds no longer."), Refused),
)]
async fn revoke(State(state): State<AppState>, asker: Asker, Named(invite): Named<Uuid>) -> Result<StatusCode, Refusal> {
    invites::revoke(&state.chat, asker.by(asker.may(Need::Write)?), invite).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an invite leads to.
#[derive(Serialize, ToSchema)]
struct InviteShown {
    /// The name of the room, where there is one.
    room: Option<String>,
    /// Whether an account can be made with it.
    registers: bool,
}

/// What an invite leads to, for anybody who holds it.
#[utoipa::path(
    get,
    path = "/api/v1/invites/codes/{code}",
    operation_id = "show_invite",
    tag = "invites",
    params(("code" = String, Path, description = "What its link ends with.")),
    responses((status = 200, body = InviteShown), Refused),
    security(()),
)]
async fn show(State(state): State<AppState>, Named(code): Named<String>) -> Result<Json<InviteShown>, Refusal> {
    let invites::Shown { room, registers } = invites::show(&state.chat, &code).await?;
    Ok(Json(InviteShown { room, registers }))
}

/// Where an invite has led.
#[derive(Serialize, ToSchema)]
struct InviteAccepted {
    /// The room that you are in now; none where it was one into the house.
    room: Option<Room>,
}

/// Comes in by an invite.
#[utoipa::path(
    post,
    path = "/api/v1/invites/codes/{code}/accept",
    operation_id = "accept_invite",
    tag = "invites",
    params(("code" = String, Path, description = "What its link ends with.")),
    responses((status = 200, body = InviteAccepted), Refused),
)]
async fn accept(
    State(state): State<AppState>,
    asker: Asker,
    Named(code): Named<String>,
) -> Result<Json<InviteAccepted>, Refusal> {
    let actor = asker.may(Need::Write)?;
    asker.does(&state, Deed::Join)?;
    Ok(Json(InviteAccepted { room: invites::accept(&state.chat, actor, &code).await? }))
}
