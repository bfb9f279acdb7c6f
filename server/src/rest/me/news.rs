//! `/api/v1/me/alerts` and `/api/v1/me/unread`: what is new.

use axum::{Json, extract::State, http::StatusCode};
use chat::{
    Need,
    alerts::{self, Which},
    reads,
};
use protocol::{AlertId, Alerts, ErrorCode, RoomsUnread};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        extract::{Fields, Named},
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_alerts, dismiss_all))
        .routes(routes!(read_alerts))
        .routes(routes!(dismiss))
        .routes(routes!(read_alert))
        .routes(routes!(unread))
        .routes(routes!(read_all))
        .routes(routes!(undo))
}

/// Since when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Since {
    /// `rev` of an answer before: only what has changed after it.
    #[param(minimum = 0)]
    after: Option<i64>,
}

/// Your alerts that are not dismissed, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/me/alerts",
    operation_id = "list_my_alerts",
    tag = "me",
    params(Since),
    responses((status = 200, body = Alerts), Refused),
)]
async fn list_alerts(
    State(state): State<AppState>,
    asker: Asker,
    Fields(Since { after }): Fields<Since>,
) -> Result<Json<Alerts>, Refusal> {
    if after.is_some_and(|after| after < 0) {
        return Err(ErrorCode::BadRequest.into());
    }
    Ok(Json(alerts::list(&state.chat, asker.session(Need::Read)?, after).await?))
}

/// Marks all your alerts as read.
#[utoipa::path(
    post,
    path = "/api/v1/me/alerts/read",
    operation_id = "read_my_alerts",
    tag = "me",
    responses((status = 204, description = "They are read."), Refused),
)]
async fn read_alerts(State(state): State<AppState>, asker: Asker) -> Result<StatusCode, Refusal> {
    alerts::mark_read(&state.chat, asker.session(Need::Write)?, Which::All).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks one of your alerts as read.
#[utoipa::path(
    post,
    path = "/api/v1/me/alerts/{alert}/read",
    operation_id = "read_my_alert",
    tag = "me",
    params(("alert" = AlertId, Path, description = "Id of the alert.")),
    responses((status = 204, description = "It is read, if it is there."), Refused),
)]
async fn read_alert(State(state): State<AppState>, asker: Asker, Named(alert): Named<AlertId>) -> Result<StatusCode, Refusal> {
    alerts::mark_read(&state.chat, asker.session(Need::Write)?, Which::One(alert)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Dismisses all your alerts.
#[utoipa::path(
    delete,
    path = "/api/v1/me/alerts",
    operation_id = "dismiss_my_alerts",
    tag = "me",
    responses((status = 204, description = "They are gone."), Refused),
)]
async fn dismiss_all(State(state): State<AppState>, asker: Asker) -> Result<StatusCode, Refusal> {
    alerts::dismiss(&state.chat, asker.session(Need::Write)?, Which::All).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Dismisses one of your alerts.
#[utoipa::path(
    delete,
    path = "/api/v1/me/alerts/{alert}",
    operation_id = "dismiss_my_alert",
    tag = "me",
    params(("alert" = AlertId, Path, description = "Id of the alert.")),
    responses((status = 204, description = "It is gone."), Refused),
)]
async fn dismiss(State(state): State<AppState>, asker: Asker, Named(alert): Named<AlertId>) -> Result<StatusCode, Refusal> {
    alerts::dismiss(&state.chat, asker.session(Need::Write)?, Which::One(alert)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far you have read each of your rooms, and what is new there.
#[utoipa::path(
    get,
    path = "/api/v1/me/unread",
    operation_id = "read_my_unread",
    tag = "me",
    responses((status = 200, body = RoomsUnread), Refused),
)]
async fn unread(State(state): State<AppState>, asker: Asker) -> Result<Json<RoomsUnread>, Refusal> {
    asker.session(Need::Read)?;
    Ok(Json(reads::list(&state.chat, asker.actor()).await?))
}

/// Of how many rooms that is true.
#[derive(Serialize, ToSchema)]
struct RoomsMoved {
    rooms: u64,
}

/// Marks all your rooms as read.
#[utoipa::path(
    post,
    path = "/api/v1/me/unread/read",
    operation_id = "read_all_my_rooms",
    tag = "me",
    responses((status = 200, body = RoomsMoved), Refused),
)]
async fn read_all(State(state): State<AppState>, asker: Asker) -> Result<Json<RoomsMoved>, Refusal> {
    Ok(Json(RoomsMoved { rooms: reads::read_all(&state.chat, asker.may(Need::Write)?).await? }))
}

/// Takes back that all your rooms were marked as read, where nothing was read since.
#[utoipa::path(
    post,
    path = "/api/v1/me/unread/undo",
    operation_id = "undo_read_all_my_rooms",
    tag = "me",
    responses((status = 200, body = RoomsMoved), Refused),
)]
async fn undo(State(state): State<AppState>, asker: Asker) -> Result<Json<RoomsMoved>, Refusal> {
    Ok(Json(RoomsMoved { rooms: reads::undo(&state.chat, asker.may(Need::Write)?).await? }))
}
