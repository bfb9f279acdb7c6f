//! `/api/v1/me/password`, `/api/v1/me/sessions`, what is kept about oneself, and the end of one's account.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chat::{Actor, Deed, accounts, house, sessions};
use protocol::SessionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::{NO_STORE, Refusal},
    rest::{
        asker::Asker,
        extract::{Named, Payload},
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(change_password))
        .routes(routes!(export))
        .routes(routes!(delete_account))
        .routes(routes!(list, end_others))
        .routes(routes!(end))
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    current_password: String,
    new_password: String,
}

/// Gives you another password. All your other sessions end.
#[utoipa::path(
    put,
    path = "/api/v1/me/password",
    operation_id = "change_my_password",
    tag = "me",
    request_body = NewPassword,
    responses((status = 204, description = "It holds from now on."), Refused),
)]
async fn change_password(
    State(state): State<AppState>,
    asker: Asker,
    Payload(NewPassword { current_password, new_password }): Payload<NewPassword>,
) -> Result<StatusCode, Refusal> {
    let session = asker.signed_in()?;
    accounts::change_password(&state.chat, session, &current_password, &new_password, asker.address()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Everything that is kept about you; of your password, that there is one. It is entered in the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/me/export",
    operation_id = "export_me",
    tag = "me",
    responses((status = 200, body = Value), Refused),
)]
async fn export(State(state): State<AppState>, asker: Asker) -> Result<impl IntoResponse, Refusal> {
    let session = asker.signed_in()?;
    asker.does(&state, Deed::EditRoom)?;
    Ok((NO_STORE, Json(house::export(&state.chat, Actor::from(Some(session)), session.user.id).await?)))
}

/// That it is you.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    password: String,
}

/// Deletes your account. What it wrote stays, under the name of a former member.
#[utoipa::path(
    post,
    path = "/api/v1/me/delete",
    operation_id = "delete_me",
    tag = "me",
    request_body = Proof,
    responses((status = 204, description = "It is gone, and so is what you are signed in with."), Refused),
)]
async fn delete_account(
    State(state): State<AppState>,
    asker: Asker,
    Payload(Proof { password }): Payload<Proof>,
) -> Result<StatusCode, Refusal> {
    accounts::delete_own(&state.chat, asker.signed_in()?, &password, asker.address()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Something that you are signed in with.
#[derive(Serialize, ToSchema)]
struct MySession {
    id: SessionId,
    /// The browser or program, as it named itself; may be empty.
    agent: String,
    /// Where it was used from last; empty where that is not known.
    address: String,
    began: i64,
    /// When it was used last, as far as that is known.
    used: i64,
    /// Whether it is the one that asks.
    current: bool,
}

#[derive(Serialize, ToSchema)]
struct MySessions {
    /// The one that asks first, then those that were used last.
    sessions: Vec<MySession>,
}

/// What you are signed in with.
#[utoipa::path(
    get,
    path = "/api/v1/me/sessions",
    operation_id = "list_my_sessions",
    tag = "me",
    responses((status = 200, body = MySessions), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker) -> Result<Json<MySessions>, Refusal> {
    let listed = sessions::list(&state.chat, asker.signed_in()?).await?;
    let session = |listed: sessions::Listed| {
        let sessions::Listed { id, agent, address, began, used, is_this: current } = listed;
        MySession { id, agent, address, began, used, current }
    };
    Ok(Json(MySessions { sessions: listed.into_iter().map(session).collect() }))
}

/// Ends all your sessions but the one that asks.
#[utoipa::path(
    delete,
    path = "/api/v1/me/sessions",
    operation_id = "end_my_other_sessions",
    tag = "me",
    responses((status = 204, description = "They have ended."), Refused),
)]
async fn end_others(State(state): State<AppState>, asker: Asker) -> Result<StatusCode, Refusal> {
    sessions::revoke_others(&state.chat, asker.signed_in()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of your sessions.
#[utoipa::path(
    delete,
    path = "/api/v1/me/sessions/{session}",
    operation_id = "end_my_session",
    tag = "me",
    params(("session" = SessionId, Path, description = "Id of the session.")),
    responses((status = 204, description = "It has ended."), Refused),
)]
async fn end(State(state): State<AppState>, asker: Asker, Named(session): Named<SessionId>) -> Result<StatusCode, Refusal> {
    sessions::revoke_own(&state.chat, asker.signed_in()?, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
