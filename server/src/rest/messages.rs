//! `/api/v1/rooms/{room}/messages` and `/api/v1/messages`.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chat::{
    Deed, Need,
    commands::{self, Said},
    messages::{self, Outgoing},
};
use protocol::{Answers, ClientId, ErrorCode, MessageId, RoomId, RoomPage, RoomRef, Seq, User, Window};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    extract::{Fields, Named, Payload},
    openapi::{Refused, RestError},
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(page, send))
}

/// Which part of the history: one of these at most, the newest messages without any.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    /// The messages right before this place.
    before: Option<Seq>,
    /// The messages right after this place.
    after: Option<Seq>,
    /// The messages around this place.
    around: Option<Seq>,
}

impl Part {
    fn window(self) -> Result<Window, ErrorCode> {
        match (self.before, self.after, self.around) {
            (None, None, None) => Ok(Window::Latest),
            (Some(seq), None, None) => Ok(Window::Before(seq)),
            (None, Some(seq), None) => Ok(Window::After(seq)),
            (None, None, Some(seq)) => Ok(Window::Around(seq)),
            _ => Err(ErrorCode::BadRequest),
        }
    }
}

/// A page of a room's history.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/messages",
    tag = "messages",
    params(("room" = String, Path, description = "Id or address of the room."), Part),
    responses((status = 200, body = RoomPage), Refused),
)]
async fn page(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Fields(part): Fields<Part>,
) -> Result<Json<RoomPage>, Refusal> {
    Ok(Json(messages::page(&state.chat, asker.may_in(&state, Need::Read, &room).await?, &room, part.window()?).await?))
}

/// A message to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct New {
    /// Your own id of it: a retry with the same one gives the first result.
    client_id: ClientId,
    /// Markdown.
    body: String,
    /// The place of the message that it answers.
    reply_to: Option<Seq>,
    /// The place of the message under which it stands in a thread.
    thread_of: Option<Seq>,
    /// Whether it stands in the thread alone.
    #[serde(default)]
    only_in_thread: bool,
}

/// A message that is kept.
#[derive(Serialize, ToSchema)]
struct Kept {
    room: RoomId,
    id: MessageId,
    seq: Seq,
    at: i64,
    /// Whom it names who cannot read the room.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreached: Vec<User>,
}

/// What a command answers to whoever asked.
#[derive(Serialize, ToSchema)]
struct ToldByCommand {
    room: RoomId,
    /// Plain text, for you alone; empty where there is nothing to say.
    told: String,
}

/// Sends a message, once for each `client_id`. What begins with `/` and a name is a command, and goes to its program instead.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/messages",
    tag = "messages",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = New,
    responses(
        (status = 201, body = Kept),
        (status = 200, body = ToldByCommand, description = "It was a command; nothing of it is in the room."),
        (status = 502, body = RestError, description = "The program behind the command did not do it."),
        Refused,
    ),
)]
async fn send(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(new): Payload<New>,
) -> Result<Response, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Send)?;
    let answers = Answers { reply_to: new.reply_to, thread_of: new.thread_of, only_in_thread: new.only_in_thread };
    let message = Outgoing { room, client_id: new.client_id, body: new.body, answers };
    let sent = match commands::say(&state.chat, actor, message).await? {
        Said::Stored(sent) => sent,
        Said::Told { room, text } => return Ok(Json(ToldByCommand { room, told: text }).into_response()),
    };
    let kept = Kept { room: sent.room, id: sent.message, seq: sent.seq, at: sent.at, unreached: sent.unreached };
    Ok((StatusCode::CREATED, Json(kept)).into_response())
}
