//! `/hooks/{id}/{secret}`: where other programs post into a room, in the format of Slack's incoming webhooks; with `/github` and `/gitlab` behind
//! it, their events. What is answered are Slack's words, which these programs and their people know.

use axum::{
    Form, Router,
    body::{Body, Bytes},
    extract::{FromRequest, Path, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::post,
};
use chat::{
    Deed,
    hooks::{self, Delivery, Format, Posted, Proof},
};
use protocol::ErrorCode;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    AppState,
    answers::{Door, Refusal},
    caller::Client,
};

/// Longest name of a delivery that counts.
const KEY_MAX: usize = 200;

/// The addresses that programs post to.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/hooks/{id}/{secret}", post(slack))
        .route("/hooks/{id}/{secret}/github", post(github))
        .route("/hooks/{id}/{secret}/gitlab", post(gitlab))
}

/// Who posts.
#[derive(Clone, Copy)]
enum Sender {
    Slack,
    GitHub,
    GitLab,
}

async fn slack(state: State<AppState>, at: Path<(String, String)>, request: Request) -> Response {
    take(&state, Sender::Slack, at, request).await
}

async fn github(state: State<AppState>, at: Path<(String, String)>, request: Request) -> Response {
    take(&state, Sender::GitHub, at, request).await
}

async fn gitlab(state: State<AppState>, at: Path<(String, String)>, request: Request) -> Response {
    take(&state, Sender::GitLab, at, request).await
}

async fn take(state: &AppState, sender: Sender, Path((id, secret)): Path<(String, String)>, request: Request) -> Response {
    match posted(state, sender, (&id, &secret), request).await {
        Ok(Posted::Sent(_)) => "ok".into_response(),
        Ok(Posted::Ignored) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refusal.at(Door::Hook),
    }
}

async fn posted(state: &AppState, sender: Sender, (id, secret): (&str, &str), request: Request) -> Result<Posted, Refusal> {
    let address = request.extensions().get::<Client>().ok_or(ErrorCode::Internal)?.address;
    state.chat.admit(Deed::Send, address)?;
    let hook: Uuid = id.parse().map_err(|_| ErrorCode::NotFound)?;
    let (parts, body) = request.into_parts();
    let raw = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await.map_err(|_| ErrorCode::BadRequest)?;
    let body = json(&parts, &raw).await.ok_or(ErrorCode::BadRequest)?;
    let said = |name| text(&parts.headers, name);
    let (format, proof) = match sender {
        Sender::Slack => (Format::Slack, Proof::Address),
        Sender::GitHub => (Format::GitHub(said("x-github-event")), Proof::Signature(said("x-hub-signature-256"))),
        Sender::GitLab => (Format::GitLab, Proof::Token(said("x-gitlab-token"))),
    };
    let key = ["idempotency-key", "x-github-delivery", "x-gitlab-event-uuid"].map(said);
    let key = key.into_iter().find(|key| (1..=KEY_MAX).contains(&key.len()));
    let delivery = Delivery { hook, secret, format, proof, raw: &raw, body: &body, key };
    Ok(hooks::post(&state.chat, delivery).await?)
}

/// A header; empty where there is none that can be read.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The form in which Slack took it first.
#[derive(Deserialize)]
struct Typed {
    payload: String,
}

/// The JSON of a body, be it all of it or the field of a form.
async fn json(parts: &Parts, raw: &Bytes) -> Option<Value> {
    if text(&parts.headers, header::CONTENT_TYPE.as_str()).starts_with("application/x-www-form-urlencoded") {
        let request = Request::from_parts(parts.clone(), Body::from(raw.clone()));
        let Form(Typed { payload }) = Form::from_request(request, &()).await.ok()?;
        return serde_json::from_str(&payload).ok();
    }
    serde_json::from_slice(raw).ok()
}
