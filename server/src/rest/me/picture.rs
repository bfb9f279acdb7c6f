//! `/api/v1/me/picture`.

use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use chat::{Deed, Need, accounts};
use protocol::ErrorCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    pictures,
    rest::{asker::Asker, openapi::Refused},
};

/// A larger body is taken here than elsewhere, and read when it is known whose it is.
pub(crate) const PICTURE: &str = "/api/v1/me/picture";

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(set, remove))
}

/// Gives you a picture: cut square from the middle of a PNG, JPEG or WebP file of at most 8 MB.
#[utoipa::path(
    put,
    path = "/api/v1/me/picture",
    operation_id = "set_my_picture",
    tag = "me",
    request_body(content(("image/png"), ("image/jpeg"), ("image/webp"))),
    responses((status = 204, description = "It is yours."), Refused),
)]
async fn set(State(state): State<AppState>, asker: Asker, request: Request) -> Result<StatusCode, Refusal> {
    let session = asker.session(Need::Write)?;
    asker.does(&state, Deed::EditRoom)?;
    let file = pictures::read(request.into_body()).await.ok_or(ErrorCode::TooLarge)?;
    accounts::set_picture(&state.chat, session, file).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes your picture away.
#[utoipa::path(
    delete,
    path = "/api/v1/me/picture",
    operation_id = "remove_my_picture",
    tag = "me",
    responses((status = 204, description = "You have none."), Refused),
)]
async fn remove(State(state): State<AppState>, asker: Asker) -> Result<StatusCode, Refusal> {
    let session = asker.session(Need::Write)?;
    asker.does(&state, Deed::EditRoom)?;
    accounts::remove_picture(&state.chat, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
