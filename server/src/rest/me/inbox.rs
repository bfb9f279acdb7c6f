//! `/api/v1/me/inbox`: the messages that call one.

use axum::{extract::State, http::Uri};
use chat::{
    Need,
    reads::{self, Call},
};
use protocol::{Message, Room, Seq};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        cursor::{Cursor, Page},
        extract::Fields,
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A message that calls you.
#[derive(Serialize, ToSchema)]
struct MyCall {
    /// Where it stands.
    room: Room,
    message: Message,
    /// By what it calls you: `mention`, `reply` or `thread`.
    reason: String,
    /// When it called.
    at: i64,
    /// Whether you have not read the room up to it.
    new: bool,
}

impl From<Call> for MyCall {
    fn from(Call { room, message, reason, at, is_new: new }: Call) -> Self {
        Self { room, message, reason, at, new }
    }
}

#[derive(Serialize, ToSchema)]
struct MyInbox {
    /// The newest first.
    calls: Vec<MyCall>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageOfInbox {
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<(i64, Seq)>,
}

/// The messages that call you: by name, as answers, in threads that you follow.
#[utoipa::path(
    get,
    path = "/api/v1/me/inbox",
    operation_id = "list_my_inbox",
    tag = "me",
    params(PageOfInbox),
    responses(
        (status = 200, body = MyInbox, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))),
        Refused,
    ),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(PageOfInbox { cursor: Cursor(before) }): Fields<PageOfInbox>,
) -> Result<Page<MyInbox>, Refusal> {
    let inbox = reads::inbox(&state.chat, asker.session(Need::Read)?, before).await?;
    let calls = inbox.calls.into_iter().map(Into::into).collect();
    Ok(Page::new(&uri, MyInbox { calls }, inbox.next.as_ref()))
}
