//! `/api/v1/rooms/{room}/outgoing`: webhooks by which what is said in a room goes to a URL.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chat::{
    Deed, Need,
    outgoing::{self, Delivery, DeliveryState, Hook, HookEdit, NewHook},
};
use protocol::{RoomRef, Seq, User};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    asker::Asker,
    extract::{Fields, Named, Payload},
    openapi::Refused,
};
use crate::{
    AppState,
    answers::{NO_STORE, Refusal},
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, delete))
        .routes(routes!(deliveries))
        .routes(routes!(resend))
}

/// A webhook by which what is said in a room goes to a URL.
#[derive(Serialize, ToSchema)]
struct OutgoingHook {
    id: Uuid,
    url: String,
    /// The words of which a message has to begin with one; every message goes there without any.
    words: Vec<String>,
    /// Who speaks where an answer is posted back. Its name is the hook's.
    bot: User,
    made_by: User,
    made_at: i64,
    /// Since when every try has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<i64>,
    /// Since when nothing is tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_at: Option<i64>,
    /// Deliveries that are still to be taken.
    waiting: u64,
}

impl From<Hook> for OutgoingHook {
    fn from(hook: Hook) -> Self {
        let Hook { id, url, words, bot, made_by, made_at, failing_since, paused_at, waiting } = hook;
        Self { id, url, words, bot, made_by, made_at, failing_since, paused_at, waiting }
    }
}

/// The webhooks of a room.
#[derive(Serialize, ToSchema)]
struct OutgoingHooks {
    hooks: Vec<OutgoingHook>,
}

/// The outgoing webhooks of a room, for those who keep order there.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/outgoing",
    operation_id = "list_outgoing_hooks",
    tag = "outgoing",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = OutgoingHooks), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<OutgoingHooks>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    let (_, hooks) = outgoing::list(&state.chat, actor, &room).await?;
    Ok(Json(OutgoingHooks { hooks: hooks.into_iter().map(OutgoingHook::from).collect() }))
}

/// A webhook to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOutgoingHook {
    /// What it is called, and whoever speaks for it.
    name: String,
    /// Where what is said goes.
    url: String,
    /// The words of which a message has to begin with one; every message goes there without any.
    #[serde(default)]
    words: Vec<String>,
}

/// A webhook that was made.
#[derive(Serialize, ToSchema)]
struct MadeOutgoingHook {
    hook: OutgoingHook,
    /// What its deliveries are signed with. It is not told again.
    secret: String,
}

/// Has what is said in a room go to a URL, from the next message on.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/outgoing",
    operation_id = "create_outgoing_hook",
    tag = "outgoing",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = NewOutgoingHook,
    responses((status = 201, body = MadeOutgoingHook), Refused),
)]
async fn create(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(NewOutgoingHook { name, url, words }): Payload<NewOutgoingHook>,
) -> Result<impl IntoResponse, Refusal> {
    // It brings what is said in the room to whoever made it.
    asker.may_in(&state, Need::Read, &room).await?;
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    let new = NewHook { name: &name, url: &url, words: &words.join(" ") };
    let made = outgoing::create(&state.chat, actor, &room, new).await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(MadeOutgoingHook { hook: made.hook.into(), secret: made.secret })))
}

/// A hook of a room.
#[derive(Deserialize)]
struct HookName {
    room: RoomRef,
    hook: Uuid,
}

/// What is changed of a webhook. What is not said stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OutgoingHookEdit {
    url: Option<String>,
    words: Option<Vec<String>>,
    /// Whether it rests. One that goes on does so with the next message.
    paused: Option<bool>,
}

/// Changes an outgoing webhook, stops it, or has it go on.
#[utoipa::path(
    patch,
    path = "/api/v1/rooms/{room}/outgoing/{hook}",
    operation_id = "change_outgoing_hook",
    tag = "outgoing",
    params(
        ("room" = String, Path, description = "Id or address of the room."),
        ("hook" = Uuid, Path, description = "Id of the webhook."),
    ),
    request_body = OutgoingHookEdit,
    responses((status = 200, body = OutgoingHook), Refused),
)]
async fn change(
    State(state): State<AppState>,
    asker: Asker,
    Named(HookName { room, hook }): Named<HookName>,
    Payload(edit): Payload<OutgoingHookEdit>,
) -> Result<Json<OutgoingHook>, Refusal> {
    asker.may_in(&state, Need::Read, &room).await?;
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    let words = edit.words.map(|words| words.join(" "));
    let edit = HookEdit { url: edit.url.as_deref(), words: words.as_deref(), paused: edit.paused };
    Ok(Json(outgoing::change(&state.chat, actor, &room, hook, edit).await?.into()))
}

/// Deletes an outgoing webhook with its deliveries.
#[utoipa::path(
    delete,
    path = "/api/v1/rooms/{room}/outgoing/{hook}",
    operation_id = "delete_outgoing_hook",
    tag = "outgoing",
    params(
        ("room" = String, Path, description = "Id or address of the room."),
        ("hook" = Uuid, Path, description = "Id of the webhook."),
    ),
    responses((status = 204, description = "It is deleted."), Refused),
)]
async fn delete(
    State(state): State<AppState>,
    asker: Asker,
    Named(HookName { room, hook }): Named<HookName>,
) -> Result<StatusCode, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    outgoing::delete(&state.chat, actor, &room, hook).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a delivery stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OutgoingState {
    Waiting,
    Delivered,
    Failed,
}

/// A message on its way to a URL, or there.
#[derive(Serialize, ToSchema)]
struct OutgoingDelivery {
    /// Goes along with it as `Snug-Delivery`.
    id: Uuid,
    /// The message's place.
    seq: Seq,
    state: OutgoingState,
    attempts: u32,
    made_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    tried_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<i64>,
    /// The status that came back last.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// What went wrong last.
    #[serde(skip_serializing_if = "String::is_empty")]
    error: String,
}

impl From<Delivery> for OutgoingDelivery {
    fn from(delivery: Delivery) -> Self {
        let Delivery { id, seq, state, attempts, made_at, tried_at, next_at, status, error } = delivery;
        let state = match state {
            DeliveryState::Waiting => OutgoingState::Waiting,
            DeliveryState::Delivered => OutgoingState::Delivered,
            DeliveryState::Failed => OutgoingState::Failed,
        };
        Self { id, seq, state, attempts, made_at, tried_at, next_at, status, error }
    }
}

/// Deliveries, the newest first.
#[derive(Serialize, ToSchema)]
struct OutgoingDeliveries {
    deliveries: Vec<OutgoingDelivery>,
    /// Where the next page begins, if there is one: `after` of its request.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Uuid>,
}

/// Which deliveries are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichDeliveries {
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// What became of the deliveries of an outgoing webhook.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/outgoing/{hook}/deliveries",
    operation_id = "list_outgoing_deliveries",
    tag = "outgoing",
    params(
        ("room" = String, Path, description = "Id or address of the room."),
        ("hook" = Uuid, Path, description = "Id of the webhook."),
        WhichDeliveries,
    ),
    responses((status = 200, body = OutgoingDeliveries), Refused),
)]
async fn deliveries(
    State(state): State<AppState>,
    asker: Asker,
    Named(HookName { room, hook }): Named<HookName>,
    Fields(WhichDeliveries { after }): Fields<WhichDeliveries>,
) -> Result<Json<OutgoingDeliveries>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    let page = outgoing::deliveries(&state.chat, actor, &room, hook, after).await?;
    let deliveries = page.deliveries.into_iter().map(OutgoingDelivery::from).collect();
    Ok(Json(OutgoingDeliveries { deliveries, next: page.next }))
}

/// A delivery of a hook of a room.
#[derive(Deserialize)]
struct DeliveryName {
    room: RoomRef,
    hook: Uuid,
    delivery: Uuid,
}

/// Sends a delivery again: under the same id, with the message as it is now.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/outgoing/{hook}/deliveries/{delivery}/resend",
    operation_id = "resend_outgoing_delivery",
    tag = "outgoing",
    params(
        ("room" = String, Path, description = "Id or address of the room."),
        ("hook" = Uuid, Path, description = "Id of the webhook."),
        ("delivery" = Uuid, Path, description = "Id of the delivery."),
    ),
    responses((status = 204, description = "It is on its way."), Refused),
)]
async fn resend(
    State(state): State<AppState>,
    asker: Asker,
    Named(DeliveryName { room, hook, delivery }): Named<DeliveryName>,
) -> Result<StatusCode, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    outgoing::resend(&state.chat, actor, &room, hook, delivery).await?;
    Ok(StatusCode::NO_CONTENT)
}
