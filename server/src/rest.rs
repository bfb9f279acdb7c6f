//! `/api/v1/auth`: how programs sign in. `docs/PROTOCOL.md` describes it for their authors.

use axum::{
    Extension, Json,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use chat::{
    Deed,
    sessions::{self, Source},
};
use protocol::{ErrorCode, TokenGrant, User};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    AppState,
    answers::Refusal,
    caller::{Client, bearer},
};

/// A body of JSON, with our own error when it is none.
pub(crate) struct Payload<T>(T);

impl<T: DeserializeOwned> FromRequest<AppState> for Payload<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Refusal> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(_) => Err(ErrorCode::BadRequest.into()),
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    username: String,
    password: String,
}

#[derive(Deserialize)]
pub(crate) struct Refresh {
    refresh_token: String,
}

/// What a sign-in or a refresh answers.
#[derive(Serialize)]
struct Tokens {
    #[serde(flatten)]
    grant: TokenGrant,
    refresh_token: String,
}

/// What a valid access token says.
#[derive(Serialize)]
struct Verified {
    user: User,
    expires_in: u64,
}

/// Tokens must not stay in a cache on the way (RFC 6749, 5.1).
const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// `POST token`: user name and password for tokens.
pub(crate) async fn token(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    Payload(Credentials { username, password }): Payload<Credentials>,
) -> Result<impl IntoResponse, Refusal> {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
    let source = Source { agent, ..client.address.into() };
    let signed_in = sessions::sign_in(&state.chat, &username, &password, source).await?;
    let grant = sessions::grant(&state.chat, &signed_in.session)?;
    Ok((NO_STORE, Json(Tokens { grant, refresh_token: signed_in.refresh_token.as_str().to_owned() })))
}

/// `POST refresh`: new tokens for a refresh token, which is worth nothing afterwards.
pub(crate) async fn refresh(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Payload(Refresh { refresh_token }): Payload<Refresh>,
) -> Result<impl IntoResponse, Refusal> {
    state.chat.admit(Deed::Renew, client.address)?;
    let renewed = sessions::renew(&state.chat, &refresh_token, client.address).await?;
    Ok((NO_STORE, Json(Tokens { grant: renewed.grant, refresh_token: renewed.refresh_token.as_str().to_owned() })))
}

/// `POST verify`: whose access token it is, and for how long.
pub(crate) async fn verify(State(state): State<AppState>, headers: HeaderMap) -> Result<impl IntoResponse, Refusal> {
    let token = bearer(&headers).ok_or(ErrorCode::NotAuthenticated)?;
    let session = sessions::by_access_token(&state.chat, token).await?;
    let expires_in = sessions::expires_in(&state.chat, token)?;
    Ok((NO_STORE, Json(Verified { user: session.user, expires_in })))
}

/// `POST revoke`: ends a session, live sockets included. Says nothing about whether there was one.
pub(crate) async fn revoke(
    State(state): State<AppState>,
    Payload(Refresh { refresh_token }): Payload<Refresh>,
) -> Result<StatusCode, Refusal> {
    sessions::revoke_by_refresh_token(&state.chat, &refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}
