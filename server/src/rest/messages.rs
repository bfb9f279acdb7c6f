//! `/api/v1/rooms/{room}/messages` and `/api/v1/messages`.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chat::{
    Actor, Deed, Need,
    commands::{self, Said},
    messages::{self, NewText, Outgoing, Sent},
};
use protocol::{Answers, ClientId, ErrorCode, Extra, Message, MessageId, RoomId, RoomPage, RoomRef, Seq, User, Window};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    extract::{Fields, Named, Payload},
    openapi::{Refused, RestError},
    tagged::tagged,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(page, send))
        .routes(routes!(read, edit, delete))
        .routes(routes!(history))
        .routes(routes!(report))
}

/// Which part of the history: one of these at most, the newest messages without any.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// The messages right before this place.
    before: Option<Seq>,
    /// The messages right after this place.
    after: Option<Seq>,
    /// The messages around this place.
    around: Option<Seq>,
}

impl Part {
    pub(super) fn window(self) -> Result<Window, ErrorCode> {
        match (self.before, self.after, self.around) {
            (None, None, None) => Ok(Window::Latest),
            (Some(seq), None, None) => Ok(Window::Before(seq)),
            (None, Some(seq), None) => Ok(Window::After(seq)),
            (None, None, Some(seq)) => Ok(Window::Around(seq)),
            _ => Err(ErrorCode::BadRequest),
        }
    }
}

/// A page of a room's history. Whoever has it already, as `If-None-Match` says, is told so.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/messages",
    operation_id = "list_messages",
    tag = "messages",
    params(("room" = String, Path, description = "Id or address of the room."), Part),
    responses(
        (status = 200, body = RoomPage, headers(("ETag" = String, description = "What this page is known by."))),
        (status = 304, description = "It is the one that you have."),
        Refused,
    ),
)]
async fn page(
    State(state): State<AppState>,
    asker: Asker,
    headers: HeaderMap,
    Named(room): Named<RoomRef>,
    Fields(part): Fields<Part>,
) -> Result<Response, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    tagged(&headers, &messages::page(&state.chat, actor, &room, part.window()?).await?)
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
    /// What you keep with it, 4096 bytes at most. People are not shown it.
    extra: Option<Extra>,
}

/// A message that is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct Kept {
    room: RoomId,
    id: MessageId,
    seq: Seq,
    at: i64,
    /// Whom it names who cannot read the room.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreached: Vec<User>,
}

impl From<Sent> for Kept {
    fn from(sent: Sent) -> Self {
        Self { room: sent.room, id: sent.message, seq: sent.seq, at: sent.at, unreached: sent.unreached }
    }
}

impl IntoResponse for Kept {
    fn into_response(self) -> Response {
        let place = [(header::LOCATION, format!("/api/v1/messages/{}", self.id))];
        (StatusCode::CREATED, place, Json(self)).into_response()
    }
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
    operation_id = "send_message",
    tag = "messages",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = New,
    responses(
        (status = 201, body = Kept, headers(("Location" = String, description = "Its address."))),
        (status = 200, body = ToldByCommand, description = "It was a command; nothing of it is in the room."),
        (status = 424, body = RestError, description = "The program behind the command did not do it."),
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
    let New { client_id, body, reply_to, thread_of, only_in_thread, extra } = new;
    let answers = Answers { reply_to, thread_of, only_in_thread };
    Ok(match commands::say(&state.chat, actor, Outgoing { room, client_id, body, answers, extra }).await? {
        Said::Stored(sent) => Kept::from(sent).into_response(),
        Said::Told { room, text } => Json(ToldByCommand { room, told: text }).into_response(),
    })
}

/// A message, and where it stands.
#[derive(Serialize, ToSchema)]
struct PlacedMessage {
    room: RoomId,
    #[serde(flatten)]
    message: Arc<Message>,
}

impl PlacedMessage {
    async fn read(state: &AppState, actor: Actor, (room, seq): (RoomId, Seq)) -> Result<Json<Self>, Refusal> {
        Ok(Json(Self { room, message: messages::message(&state.chat, actor, &room.into(), seq).await? }))
    }
}

/// A message as it stands now.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{message}",
    operation_id = "read_message",
    tag = "messages",
    params(("message" = MessageId, Path)),
    responses((status = 200, body = PlacedMessage), Refused),
)]
async fn read(
    State(state): State<AppState>,
    asker: Asker,
    Named(message): Named<MessageId>,
) -> Result<Json<PlacedMessage>, Refusal> {
    let (actor, place) = asker.may_with(&state, Need::Read, message).await?;
    PlacedMessage::read(&state, actor, place).await
}

/// Another text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageText {
    /// Markdown.
    body: String,
    /// How often the text had been changed that was edited: when it was since, this one is refused. Without it, whatever is there is
    /// replaced.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_i64)]
    revision: Option<u32>,
}

/// Changes the text of a message of yours. What you keep with it stays.
#[utoipa::path(
    patch,
    path = "/api/v1/messages/{message}",
    operation_id = "edit_message",
    tag = "messages",
    params(("message" = MessageId, Path)),
    request_body = MessageText,
    responses((status = 200, body = PlacedMessage), Refused),
)]
async fn edit(
    State(state): State<AppState>,
    asker: Asker,
    Named(message): Named<MessageId>,
    Payload(MessageText { body, revision }): Payload<MessageText>,
) -> Result<Json<PlacedMessage>, Refusal> {
    let (actor, (room, seq)) = asker.may_with(&state, Need::Write, message).await?;
    asker.does(&state, Deed::Send)?;
    let revision = match revision {
        Some(revision) => revision,
        None => messages::editable(&state.chat, actor, &room.into(), seq).await?.revision,
    };
    messages::edit(&state.chat, actor, NewText { room: room.into(), seq, body, revision }).await?;
    PlacedMessage::read(&state, actor, (room, seq)).await
}

/// Takes away what a message says: one of yours, or of others where you keep order. That there was something stays.
#[utoipa::path(
    delete,
    path = "/api/v1/messages/{message}",
    operation_id = "delete_message",
    tag = "messages",
    params(("message" = MessageId, Path)),
    responses((status = 204, description = "It says nothing any more."), Refused),
)]
async fn delete(State(state): State<AppState>, asker: Asker, Named(message): Named<MessageId>) -> Result<StatusCode, Refusal> {
    let (actor, (room, seq)) = asker.may_with(&state, Need::Write, message).await?;
    asker.does(&state, Deed::Send)?;
    messages::delete(&state.chat, actor, &room.into(), seq).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A text that a message had.
#[derive(Serialize, ToSchema)]
struct EarlierText {
    /// Markdown.
    body: String,
    /// Since when.
    from: i64,
}

/// All texts that a message had.
#[derive(Serialize, ToSchema)]
struct MessageHistory {
    /// The one that it has comes last.
    texts: Vec<EarlierText>,
}

/// What a message said before it was edited: for who wrote it, and for those who keep order.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{message}/history",
    operation_id = "list_texts",
    tag = "messages",
    params(("message" = MessageId, Path)),
    responses((status = 200, body = MessageHistory), Refused),
)]
async fn history(
    State(state): State<AppState>,
    asker: Asker,
    Named(message): Named<MessageId>,
) -> Result<Json<MessageHistory>, Refusal> {
    let (actor, (room, seq)) = asker.may_with(&state, Need::Read, message).await?;
    let (_, texts) = messages::history(&state.chat, actor, &room.into(), seq).await?;
    let texts = texts.into_iter().map(|messages::Text { body, from }| EarlierText { body, from });
    Ok(Json(MessageHistory { texts: texts.collect() }))
}

/// Why a message is reported.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportReason {
    reason: String,
}

/// Brings a message before those who keep order. Your second report of it changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/messages/{message}/report",
    operation_id = "report_message",
    tag = "messages",
    params(("message" = MessageId, Path)),
    request_body = ReportReason,
    responses((status = 204, description = "They are told."), Refused),
)]
async fn report(
    State(state): State<AppState>,
    asker: Asker,
    Named(message): Named<MessageId>,
    Payload(ReportReason { reason }): Payload<ReportReason>,
) -> Result<StatusCode, Refusal> {
    let (actor, (room, seq)) = asker.may_with(&state, Need::Write, message).await?;
    asker.does(&state, Deed::Moderate)?;
    messages::report(&state.chat, actor, &room.into(), seq, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
