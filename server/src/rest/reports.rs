//! `/api/v1/rooms/{room}/reports`.

use axum::{Json, extract::State, http::StatusCode};
use chat::{Need, messages};
use protocol::{MessageId, RoomRef, Seq, User};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{asker::Asker, extract::Named, members::moderating, openapi::Refused};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(close))
}

/// What was brought before those who keep order.
#[derive(Serialize, ToSchema)]
struct RoomReport {
    id: String,
    /// Who brought it.
    by: User,
    reason: String,
    at: i64,
    message: MessageId,
    seq: Seq,
    /// Who wrote the message.
    author: User,
    /// What it says: Markdown.
    body: String,
}

/// What is not seen to.
#[derive(Serialize, ToSchema)]
struct RoomReports {
    /// The newest first: a hundred at most.
    reports: Vec<RoomReport>,
}

/// What was reported in a room and is not seen to, for those who keep order there.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/reports",
    operation_id = "list_reports",
    tag = "messages",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = RoomReports), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<RoomReports>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    asker.own()?;
    let (_, reports) = messages::reports(&state.chat, actor, &room).await?;
    let reports = reports.into_iter().map(|report| {
        let messages::Report { id, by, reason, at, message, seq, author, body, .. } = report;
        RoomReport { id, by, reason, at, message, seq, author, body }
    });
    Ok(Json(RoomReports { reports: reports.collect() }))
}

/// A report is seen to.
#[utoipa::path(
    delete,
    path = "/api/v1/rooms/{room}/reports/{report}",
    operation_id = "close_report",
    tag = "messages",
    params(("room" = String, Path, description = "Id or address of the room."), ("report" = String, Path)),
    responses((status = 204, description = "It is seen to."), Refused),
)]
async fn close(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, report)): Named<(RoomRef, String)>,
) -> Result<StatusCode, Refusal> {
    let actor = moderating(&state, &asker, &room).await?;
    messages::close_report(&state.chat, actor, &room, &report).await?;
    Ok(StatusCode::NO_CONTENT)
}
