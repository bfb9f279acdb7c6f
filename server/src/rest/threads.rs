//! `/api/v1/threads`, and a thread under a message.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chat::{Deed, Need, messages, threads};
use protocol::{MessageId, Room, RoomPage, Seq, Thread, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    extract::{Fields, Named, Payload},
    messages::Part,
    openapi::Refused,
    tagged::tagged,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(page)).routes(routes!(follow, unfollow)).routes(routes!(read))
}

/// A thread that you follow.
#[derive(Serialize, ToSchema)]
struct FollowedThread {
    room: Room,
    /// The message under which it stands.
    id: MessageId,
    /// Its place.
    root: Seq,
    /// Who wrote it.
    author: User,
    /// What it says, on one line; nothing where it was deleted.
    line: String,
    thread: Thread,
    /// Messages of others that you have not read.
    unread: u64,
    /// Those of them that call you or answer you.
    mentions: u64,
    /// The place of the last message.
    last: Seq,
}

/// The threads that you follow.
#[derive(Serialize, ToSchema)]
struct FollowedThreads {
    /// The one with the newest message first: a hundred at most.
    threads: Vec<FollowedThread>,
}

/// The threads that you follow and in which something is said.
#[utoipa::path(
    get,
    path = "/api/v1/threads",
    operation_id = "list_threads",
    tag = "threads",
    responses((status = 200, body = FollowedThreads), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker) -> Result<Json<FollowedThreads>, Refusal> {
    let (actor, among) = asker.may_list(Need::Read)?;
    let followed = threads::list(&state.chat, actor).await?.into_iter();
    let shown = followed.filter(|followed| among.is_none_or(|rooms| rooms.contains(&followed.room.id)));
    let threads = shown.map(|followed| {
        let threads::Followed { room, id, root, author, line, thread, unread, mentions, last } = followed;
        FollowedThread { room, id, root, author, line, thread, unread, mentions, last }
    });
    Ok(Json(FollowedThreads { threads: threads.collect() }))
}

/// A thread: the message under which it stands, `root`, and a page of what stands there.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{message}/thread",
    operation_id = "read_thread",
    tag = "threads",
    params(("message" = MessageId, Path), Part),
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
    Named(message): Named<MessageId>,
    Fields(part): Fields<Part>,
) -> Result<Response, Refusal> {
    let (actor, (room, seq)) = asker.may_with(&state, Need::Read, message).await?;
    tagged(&headers, &messages::thread(&state.chat, actor, &room.into(), seq, part.window()?).await?)
}

/// Follows the thread under a message: what is said there from now on is told.
#[utoipa::path(
    put,
    path = "/api/v1/messages/{message}/thread/follow",
    operation_id = "follow_thread",
    tag = "threads",
    params(("message" = MessageId, Path)),
    responses((status = 204, description = "You follow it."), Refused),
)]
async fn follow(State(state): State<AppState>, asker: Asker, Named(message): Named<MessageId>) -> Result<StatusCode, Refusal> {
    turn(&state, &asker, message, true).await
}

/// Follows it no longer, also where you answer there.
#[utoipa::path(
    delete,
    path = "/api/v1/messages/{message}/thread/follow",
    operation_id = "unfollow_thread",
    tag = "threads",
    params(("message" = MessageId, Path)),
    responses((status = 204, description = "You do not follow it."), Refused),
)]
async fn unfollow(State(state): State<AppState>, asker: Asker, Named(message): Named<MessageId>) -> Result<StatusCode, Refusal> {
    turn(&state, &asker, message, false).await
}

async fn turn(state: &AppState, asker: &Asker, message: MessageId, on: bool) -> Result<StatusCode, Refusal> {
    let (actor, (room, seq)) = asker.may_with(state, Need::Write, message).await?;
    asker.does(state, Deed::Send)?;
    threads::follow(&state.chat, actor, &room.into(), seq, on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Up to where a thread is read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThreadMark {
    /// The place of the last message that you have read.
    seq: Seq,
}

/// Marks a thread that you follow as read up to a place.
#[utoipa::path(
    put,
    path = "/api/v1/messages/{message}/thread/read",
    operation_id = "mark_thread_read",
    tag = "threads",
    params(("message" = MessageId, Path)),
    request_body = ThreadMark,
    responses((status = 204, description = "It is read."), Refused),
)]
async fn read(
    State(state): State<AppState>,
    asker: Asker,
    Named(message): Named<MessageId>,
    Payload(ThreadMark { seq: until }): Payload<ThreadMark>,
) -> Result<StatusCode, Refusal> {
    let (actor, (room, root)) = asker.may_with(&state, Need::Write, message).await?;
    threads::read(&state.chat, actor, &room.into(), root, until).await?;
    Ok(StatusCode::NO_CONTENT)
}
