//! `/api/v1/rooms`.

use axum::{Json, extract::State};
use chat::{
    Need,
    rooms::{self, Search},
};
use protocol::{RoomId, RoomSummary};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{asker::Asker, extract::Fields, openapi::Refused};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which rooms are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// What stands in the name or the topic, or is a part of the address.
    #[serde(default)]
    text: String,
    /// `next` of the page before.
    after: Option<RoomId>,
}

/// Rooms by name.
#[derive(Serialize, ToSchema)]
struct Rooms {
    rooms: Vec<RoomSummary>,
    /// Where the next page begins, if there is one: `after` of its request.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<RoomId>,
}

/// The rooms that you may find, by name.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "rooms", params(Which), responses((status = 200, body = Rooms), Refused))]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    Fields(Which { text, after }): Fields<Which>,
) -> Result<Json<Rooms>, Refusal> {
    let page = rooms::search(&state.chat, asker.may(Need::Read)?, Search { text: &text, after }).await?;
    Ok(Json(Rooms { rooms: page.rooms, next: page.next }))
}
