//! `/api/v1/rooms/{room}/hooks`: the incoming webhooks of a room.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chat::{
    Deed, Need,
    hooks::{self, HookChange, HookSecret},
};
use protocol::{RoomRef, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    asker::Asker,
    extract::{Named, Payload},
    openapi::Refused,
};
use crate::{
    AppState,
    answers::{NO_STORE, Refusal},
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_hooks, create_hook))
        .routes(routes!(change_hook, remove_hook))
        .routes(routes!(renew_hook))
}

/// An incoming webhook.
#[derive(Serialize, ToSchema)]
struct Hook {
    id: Uuid,
    /// The account that its messages are from; its name is the hook's.
    account: User,
    /// Who made it.
    made_by: String,
    made_at: i64,
    /// Whether its messages may call all members at once, as far as the room lets them.
    calls_all: bool,
}

impl From<hooks::Hook> for Hook {
    fn from(hook: hooks::Hook) -> Self {
        let hooks::Hook { id, account, made_by, made_at, calls_all } = hook;
        Self { id, account, made_by, made_at, calls_all }
    }
}

/// The incoming webhooks of a room.
#[derive(Serialize, ToSchema)]
struct HookList {
    hooks: Vec<Hook>,
}

/// An incoming webhook with its secret, which is told this once.
#[derive(Serialize, ToSchema)]
struct HookWithSecret {
    hook: Hook,
    /// What its address ends with; what signs GitHub's events, and GitLab's token.
    secret: String,
    /// Its address on this server.
    path: String,
}

impl HookWithSecret {
    fn of((hook, secret): (hooks::Hook, HookSecret)) -> Self {
        let path = format!("/hooks/{}/{}", hook.id, secret.as_str());
        Self { hook: hook.into(), secret: secret.as_str().to_owned(), path }
    }
}

/// An incoming webhook to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHook {
    /// What it is called.
    name: String,
}

/// What of it is to be another one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedHook {
    /// What it is called.
    name: Option<String>,
    /// Whether its messages may call all members at once, as far as the room lets them.
    calls_all: Option<bool>,
}

/// The incoming webhooks of a room, for those who keep order there.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/hooks",
    operation_id = "list_hooks",
    tag = "hooks",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = HookList), Refused),
)]
async fn list_hooks(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<HookList>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    asker.own()?;
    let listed = hooks::list(&state.chat, actor, &room).await?;
    Ok(Json(HookList { hooks: listed.hooks.into_iter().map(Into::into).collect() }))
}

/// Makes an incoming webhook for a room.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/hooks",
    operation_id = "create_hook",
    tag = "hooks",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = NewHook,
    responses((status = 201, body = HookWithSecret), Refused),
)]
async fn create_hook(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(NewHook { name }): Payload<NewHook>,
) -> Result<impl IntoResponse, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    let made = hooks::create(&state.chat, actor, &room, &name).await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(HookWithSecret::of(made))))
}

/// Changes an incoming webhook.
#[utoipa::path(
    patch,
    path = "/api/v1/rooms/{room}/hooks/{hook}",
    operation_id = "change_hook",
    tag = "hooks",
    params(("room" = String, Path, description = "Id or address of the room."), ("hook" = Uuid, Path, description = "Id of the hook.")),
    request_body = ChangedHook,
    responses((status = 200, body = Hook), Refused),
)]
async fn change_hook(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, hook)): Named<(RoomRef, Uuid)>,
    Payload(ChangedHook { name, calls_all }): Payload<ChangedHook>,
) -> Result<Json<Hook>, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    Ok(Json(hooks::change(&state.chat, actor, &room, hook, HookChange { name, calls_all }).await?.into()))
}

/// Gives an incoming webhook another secret. The one before is over.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/hooks/{hook}/renewal",
    operation_id = "renew_hook",
    tag = "hooks",
    params(("room" = String, Path, description = "Id or address of the room."), ("hook" = Uuid, Path, description = "Id of the hook.")),
    responses((status = 201, body = HookWithSecret), Refused),
)]
async fn renew_hook(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, hook)): Named<(RoomRef, Uuid)>,
) -> Result<impl IntoResponse, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    Ok((StatusCode::CREATED, NO_STORE, Json(HookWithSecret::of(hooks::renew(&state.chat, actor, &room, hook).await?))))
}

/// Removes an incoming webhook. What it wrote stays.
#[utoipa::path(
    delete,
    path = "/api/v1/rooms/{room}/hooks/{hook}",
    operation_id = "remove_hook",
    tag = "hooks",
    params(("room" = String, Path, description = "Id or address of the room."), ("hook" = Uuid, Path, description = "Id of the hook.")),
    responses((status = 204), Refused),
)]
async fn remove_hook(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, hook)): Named<(RoomRef, Uuid)>,
) -> Result<StatusCode, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    hooks::remove(&state.chat, actor, &room, hook).await?;
    Ok(StatusCode::NO_CONTENT)
}
