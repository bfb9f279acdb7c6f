//! `/api/v1/admin/settings/icon`.

use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use chat::{Deed, Need, house};
use protocol::ErrorCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    pictures,
    rest::{asker::Asker, openapi::Refused},
};

/// A larger body is taken here than elsewhere, and read when it is known that it is an admin's.
pub(crate) const ICON: &str = "/api/v1/admin/settings/icon";

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(set, remove))
}

/// Gives the house an icon: cut square from the middle of a PNG, JPEG or WebP file of at most 8 MB. Owners may.
#[utoipa::path(
    put,
    path = "/api/v1/admin/settings/icon",
    operation_id = "set_icon",
    tag = "admin",
    request_body(content(("image/png"), ("image/jpeg"), ("image/webp"))),
    responses((status = 204, description = "The house has it."), Refused),
)]
async fn set(State(state): State<AppState>, asker: Asker, request: Request) -> Result<StatusCode, Refusal> {
    let actor = asker.may(Need::Admin)?;
    house::must_administer(&state.chat, actor).await?;
    asker.does(&state, Deed::EditRoom)?;
    let file = pictures::read(request.into_body()).await.ok_or(ErrorCode::TooLarge)?;
    house::set_icon(&state.chat, actor, file).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the icon of the house away. Owners may.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/settings/icon",
    operation_id = "remove_icon",
    tag = "admin",
    responses((status = 204, description = "It has none."), Refused),
)]
async fn remove(State(state): State<AppState>, asker: Asker) -> Result<StatusCode, Refusal> {
    let actor = asker.may(Need::Admin)?;
    asker.does(&state, Deed::EditRoom)?;
    house::remove_icon(&state.chat, actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
