//! `/api/v1/me/bookmarks`: messages that one keeps for oneself.

use axum::{
    extract::State,
    http::{StatusCode, Uri},
};
use chat::{
    Need,
    bookmarks::{self, Bookmark},
};
use protocol::{MessageId, Room, Seq, User};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        cursor::{Cursor, Page},
        extract::{Fields, Named},
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(keep, forget))
}

/// A message that you keep.
#[derive(Serialize, ToSchema)]
struct MyBookmark {
    room: Room,
    message: MessageId,
    /// Its place in the room.
    seq: Seq,
    author: User,
    /// Markdown source.
    body: String,
    /// When it was written.
    at: i64,
}

impl From<Bookmark> for MyBookmark {
    fn from(bookmark: Bookmark) -> Self {
        let Bookmark { room, message, seq, author, body, written_at: at } = bookmark;
        Self { room, message, seq, author, body, at }
    }
}

#[derive(Serialize, ToSchema)]
struct MyBookmarks {
    /// What was kept last comes first.
    bookmarks: Vec<MyBookmark>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageOfBookmarks {
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<u32>,
}

/// The messages that you keep, as far as you may read them now.
#[utoipa::path(
    get,
    path = "/api/v1/me/bookmarks",
    operation_id = "list_my_bookmarks",
    tag = "me",
    params(PageOfBookmarks),
    responses(
        (status = 200, body = MyBookmarks, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))),
        Refused,
    ),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(PageOfBookmarks { cursor: Cursor(page) }): Fields<PageOfBookmarks>,
) -> Result<Page<MyBookmarks>, Refusal> {
    let kept = bookmarks::list(&state.chat, asker.session(Need::Read)?, page.unwrap_or(1).into()).await?;
    let next = kept.has_more.then_some(kept.page + 1);
    let bookmarks = kept.bookmarks.into_iter().map(Into::into).collect();
    Ok(Page::new(&uri, MyBookmarks { bookmarks }, next.as_ref()))
}

/// Keeps a message or not, for whoever asks.
async fn set(state: &AppState, asker: &Asker, message: MessageId, on: bool) -> Result<StatusCode, Refusal> {
    let (_, (room, seq)) = asker.may_with(state, Need::Write, message).await?;
    bookmarks::bookmark(&state.chat, asker.own()?, &room.into(), seq, on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps a message.
#[utoipa::path(
    put,
    path = "/api/v1/me/bookmarks/{message}",
    operation_id = "bookmark_message",
    tag = "me",
    params(("message" = MessageId, Path, description = "Id of the message.")),
    responses((status = 204, description = "You keep it."), Refused),
)]
async fn keep(State(state): State<AppState>, asker: Asker, Named(message): Named<MessageId>) -> Result<StatusCode, Refusal> {
    set(&state, &asker, message, true).await
}

/// Keeps a message no longer.
#[utoipa::path(
    delete,
    path = "/api/v1/me/bookmarks/{message}",
    operation_id = "forget_message",
    tag = "me",
    params(("message" = MessageId, Path, description = "Id of the message.")),
    responses((status = 204, description = "You do not keep it."), Refused),
)]
async fn forget(State(state): State<AppState>, asker: Asker, Named(message): Named<MessageId>) -> Result<StatusCode, Refusal> {
    set(&state, &asker, message, false).await
}
