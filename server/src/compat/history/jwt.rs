//! `/auth/jwt/`: tokens in pairs.

use axum::{
    Extension, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use chat::{
    Deed,
    sessions::{self, Pair},
};
use protocol::ErrorCode;
use serde_json::json;

use super::super::{answer::Detail, body::Body, people, who::source};
use crate::{AppState, answers::NO_STORE, caller::Client};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/auth/jwt/create/", post(create))
        .route("/auth/jwt/refresh/", post(refresh))
        .route("/auth/jwt/verify/", post(verify))
}

/// Signs in by user name, or by the address that stands for it.
async fn create(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Detail> {
    let name = match body.text("username") {
        "" => body.required("email")?,
        username => username,
    };
    let password = body.required("password")?;
    let from = source(&headers, client.address);
    let signed_in = sessions::sign_in(&state.chat, &people::username(name), password, from).await.map_err(|error| match error
        .public()
        .code
    {
        ErrorCode::WrongCredentials => Detail::Said(
            StatusCode::UNAUTHORIZED,
            "No active account found with the given credentials",
            Some("no_active_account"),
        ),
        _ => error.into(),
    })?;
    Ok((NO_STORE, Json(shown(sessions::pair(&state.chat, &signed_in, lasts(&state))?))))
}

/// The next pair for a refresh token, which is worth nothing afterwards.
async fn refresh(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    body: Body,
) -> Result<impl IntoResponse, Detail> {
    state.chat.admit(Deed::Renew, client.address)?;
    let token = body.required("refresh")?;
    let pair = sessions::renew_pair(&state.chat, token, client.address, lasts(&state)).await.map_err(not_valid)?;
    Ok((NO_STORE, Json(shown(pair))))
}

/// Whether a token is good.
async fn verify(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    body: Body,
) -> Result<impl IntoResponse, Detail> {
    state.chat.admit(Deed::Renew, client.address)?;
    sessions::verify_either(&state.chat, body.required("token")?).await.map_err(not_valid)?;
    Ok((NO_STORE, Json(json!({}))))
}

fn lasts(state: &AppState) -> i64 {
    state.compat.map_or(0, |compat| compat.refresh_seconds)
}

fn shown(pair: Pair) -> serde_json::Value {
    json!({ "refresh": pair.refresh, "access": pair.access })
}

fn not_valid(error: chat::Error) -> Detail {
    match error.public().code {
        ErrorCode::NotAuthenticated => {
            Detail::Said(StatusCode::UNAUTHORIZED, "Token is invalid or expired", Some("token_not_valid"))
        }
        _ => error.into(),
    }
}
