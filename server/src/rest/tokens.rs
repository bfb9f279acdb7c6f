//! `/api/v1/me/tokens`: access tokens for one's programs. They are made by whoever has signed in, never by a token.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chat::tokens::{self, ListedToken, Made, NewToken};
use protocol::TokenId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

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
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// A token, without what it is shown by.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramToken {
    id: TokenId,
    name: String,
    /// What it may be used for: `read`, `write`, `admin`, and `rooms:…` with the id of each room that it is limited to.
    scopes: Vec<String>,
    /// In unix milliseconds.
    created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    /// Whether it has expired.
    expired: bool,
    /// To the minute; not given where it was never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<i64>,
}

impl From<ListedToken> for ProgramToken {
    fn from(token: ListedToken) -> Self {
        let ListedToken { id, name, scopes, created_at, expires_at, expired, used_at } = token;
        Self { id, name, scopes, created_at, expires_at, expired, used_at }
    }
}

/// The tokens of an account.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgramTokens {
    pub(super) tokens: Vec<ProgramToken>,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WantedToken {
    /// What you call it.
    name: String,
    /// `read`, `write`, `admin` (for admins), and `rooms:…` with the id or the address of each room that it is to be limited to.
    scopes: Vec<String>,
    /// When it ends by itself, in unix milliseconds.
    expires_at: Option<i64>,
}

impl From<WantedToken> for NewToken {
    fn from(WantedToken { name, scopes, expires_at }: WantedToken) -> Self {
        Self { name, scopes, expires_at }
    }
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeToken {
    /// The token itself. It is shown this once.
    token: String,
    #[serde(flatten)]
    listed: ProgramToken,
}

/// The answer to whoever makes a token: nobody on the way is to keep it.
pub(super) fn made(made: Made) -> impl IntoResponse {
    let token = MadeToken { token: made.token.as_str().to_owned(), listed: made.listed.into() };
    (StatusCode::CREATED, NO_STORE, Json(token))
}

/// Your access tokens, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/me/tokens",
    operation_id = "list_my_tokens",
    tag = "tokens",
    responses((status = 200, body = ProgramTokens), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker) -> Result<Json<ProgramTokens>, Refusal> {
    let session = asker.signed_in()?;
    let tokens = tokens::list(&state.chat, session, session.user.id).await?;
    Ok(Json(ProgramTokens { tokens: tokens.into_iter().map(Into::into).collect() }))
}

/// Makes an access token for your programs. A token cannot make tokens: sign in first.
#[utoipa::path(
    post,
    path = "/api/v1/me/tokens",
    operation_id = "create_my_token",
    tag = "tokens",
    request_body = WantedToken,
    responses((status = 201, body = MadeToken), Refused),
)]
async fn create(
    State(state): State<AppState>,
    asker: Asker,
    Payload(wanted): Payload<WantedToken>,
) -> Result<impl IntoResponse, Refusal> {
    let session = asker.signed_in()?;
    asker.does(&state, chat::Deed::EditRoom)?;
    Ok(made(tokens::create(&state.chat, session, session.user.id, wanted.into()).await?))
}

/// Ends one of your access tokens, at once, on live sockets too.
#[utoipa::path(
    delete,
    path = "/api/v1/me/tokens/{token}",
    operation_id = "revoke_my_token",
    tag = "tokens",
    params(("token" = TokenId, Path, description = "Id of the token.")),
    responses((status = 204, description = "It has ended."), Refused),
)]
async fn revoke(State(state): State<AppState>, asker: Asker, Named(id): Named<TokenId>) -> Result<StatusCode, Refusal> {
    let session = asker.signed_in()?;
    tokens::revoke(&state.chat, session, session.user.id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
