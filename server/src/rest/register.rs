//! `/api/v1/register`.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use chat::accounts::{self, Registration, Ticket};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    auth::{Tokens, source},
    extract::Payload,
    openapi::Refused,
};
use crate::{
    AppState,
    answers::{NO_STORE, Refusal},
    caller::Client,
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(register))
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    username: String,
    password: String,
    /// Name to show; the user name without it.
    #[serde(default)]
    name: String,
    /// The code of an invite, where one is needed or into whose room it is to lead.
    #[serde(default)]
    invite: String,
    /// The token of the link that a new server prints: it makes the first account, its owner.
    #[serde(default)]
    first: String,
}

/// Makes an account and signs it in.
#[utoipa::path(
    post,
    path = "/api/v1/register",
    operation_id = "create_account",
    tag = "auth",
    request_body = NewAccount,
    responses((status = 201, body = Tokens), Refused),
    security(()),
)]
async fn register(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    Payload(new): Payload<NewAccount>,
) -> Result<impl IntoResponse, Refusal> {
    let NewAccount { username, password, name, invite, first } = new;
    let new = Registration { username: &username, display_name: &name, password: &password };
    let ticket = Ticket { invite, first };
    let signed_in = accounts::register_with(&state.chat, new, ticket, source(client, &headers)).await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(Tokens::of(&state.chat, &signed_in)?)))
}
