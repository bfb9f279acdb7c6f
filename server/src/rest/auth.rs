//! `/api/v1/auth`: how programs sign in. `docs/PROTOCOL.md` describes it for their authors.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use chat::{
    Chat, Deed,
    sessions::{self, SignedIn, Source},
    tokens::{self, Holder},
};
use protocol::{ErrorCode, TokenGrant, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{extract::Payload, openapi::Refused};
use crate::{
    AppState,
    answers::{NO_STORE, Refusal},
    caller::{Client, bearer},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    username: String,
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    refresh_token: String,
}

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(token)).routes(routes!(refresh)).routes(routes!(verify)).routes(routes!(revoke))
}

/// What a sign-in, a registration or a refresh answers.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    #[serde(flatten)]
    grant: TokenGrant,
    refresh_token: String,
}

impl Tokens {
    /// Of somebody who has just signed in.
    pub(super) fn of(chat: &Chat, signed_in: &SignedIn) -> Result<Self, Refusal> {
        let grant = sessions::grant(chat, &signed_in.session)?;
        Ok(Self { grant, refresh_token: signed_in.refresh_token.as_str().to_owned() })
    }
}

/// Where a program is, and what it calls itself.
pub(super) fn source(client: Client, headers: &HeaderMap) -> Source {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
    Source { agent, ..client.address.into() }
}

/// What a valid access token says.
#[derive(Serialize, ToSchema)]
struct Verified {
    user: User,
    /// Seconds until it expires; not given where it does not by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    /// What it may be used for: `read`, `write`, `admin`, and `rooms:…` for each room that it is limited to.
    scopes: Vec<String>,
}

/// Signs in: user name and password for tokens.
#[utoipa::path(
    post,
    path = "/api/v1/auth/token",
    operation_id = "create_token",
    tag = "auth",
    request_body = Credentials,
    responses((status = 200, body = Tokens), Refused),
    security(()),
)]
pub(crate) async fn token(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    Payload(Credentials { username, password }): Payload<Credentials>,
) -> Result<impl IntoResponse, Refusal> {
    let signed_in = sessions::sign_in(&state.chat, &username, &password, source(client, &headers)).await?;
    Ok((NO_STORE, Json(Tokens::of(&state.chat, &signed_in)?)))
}

/// New tokens for a refresh token, which is worth nothing afterwards.
#[utoipa::path(
    post,
    path = "/api/v1/auth/refresh",
    operation_id = "refresh_token",
    tag = "auth",
    request_body = Refresh,
    responses((status = 200, body = Tokens), Refused),
    security(()),
)]
pub(crate) async fn refresh(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Payload(Refresh { refresh_token }): Payload<Refresh>,
) -> Result<impl IntoResponse, Refusal> {
    state.chat.admit(Deed::Renew, client.address)?;
    let renewed = sessions::renew(&state.chat, &refresh_token, client.address).await?;
    Ok((NO_STORE, Json(Tokens { grant: renewed.grant, refresh_token: renewed.refresh_token.as_str().to_owned() })))
}

/// Whose access token it is, and for how long.
#[utoipa::path(
    post,
    path = "/api/v1/auth/verify",
    operation_id = "verify_token",
    tag = "auth",
    responses((status = 200, body = Verified), Refused),
)]
pub(crate) async fn verify(State(state): State<AppState>, headers: HeaderMap) -> Result<impl IntoResponse, Refusal> {
    let token = bearer(&headers).ok_or(ErrorCode::NotAuthenticated)?;
    let Holder { session, scopes, signed_in, expires_at } = tokens::holder(&state.chat, token).await?;
    let expires_in = match expires_at {
        Some(at) => Some(u64::try_from((at - chat::now()) / 1000).unwrap_or(0)),
        None if signed_in => Some(sessions::expires_in(&state.chat, token)?),
        None => None,
    };
    Ok((NO_STORE, Json(Verified { user: session.user, expires_in, scopes: scopes.words() })))
}

/// Ends a session, live sockets included. Says nothing about whether there was one.
#[utoipa::path(
    post,
    path = "/api/v1/auth/revoke",
    operation_id = "revoke_token",
    tag = "auth",
    request_body = Refresh,
    responses((status = 204, description = "It is ended, if there was one."), Refused),
    security(()),
)]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    Payload(Refresh { refresh_token }): Payload<Refresh>,
) -> Result<StatusCode, Refusal> {
    sessions::revoke_by_refresh_token(&state.chat, &refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}
