//! `/api/v1/messages/{message}/reactions`.

use axum::{
    extract::State,
    http::{StatusCode, Uri},
};
use chat::{Deed, Need, messages};
use protocol::{MessageId, Reaction, User};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    cursor::{Cursor, Page},
    extract::{Fields, Named},
    openapi::Refused,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(react, take_back))
}

/// Whose reactions are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichReactions {
    /// The emoji whose people are listed; without it, or where nobody reacted with it, the first one.
    #[serde(default)]
    emoji: String,
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<u64>,
}

/// What people reacted with, and who did with one of them.
#[derive(Serialize, ToSchema)]
struct Reactors {
    reactions: Vec<Reaction>,
    /// Yours.
    own: Vec<String>,
    /// The emoji whose people these are.
    #[serde(skip_serializing_if = "Option::is_none")]
    emoji: Option<String>,
    /// In the order in which they did.
    people: Vec<User>,
}

/// The reactions to a message and who is behind one of them, for accounts that may see who is in the room.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{message}/reactions",
    operation_id = "list_reactions",
    tag = "messages",
    params(("message" = MessageId, Path), WhichReactions),
    responses(
        (status = 200, body = Reactors, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))),
        Refused,
    ),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Named(message): Named<MessageId>,
    Fields(WhichReactions { emoji, cursor: Cursor(page) }): Fields<WhichReactions>,
) -> Result<Page<Reactors>, Refusal> {
    let (actor, (room, seq)) = asker.may_with(&state, Need::Read, message).await?;
    let found = messages::reactors(&state.chat, actor, &room.into(), seq, &emoji, page.unwrap_or(1)).await?;
    let next = found.has_more.then_some(found.page + 1);
    let messages::ReactorsPage { reactions, own, emoji, people, .. } = found;
    Ok(Page::new(&uri, Reactors { reactions, own, emoji, people }, next.as_ref()))
}

/// Reacts to a message.
#[utoipa::path(
    put,
    path = "/api/v1/messages/{message}/reactions/{emoji}",
    operation_id = "add_reaction",
    tag = "messages",
    params(("message" = MessageId, Path), ("emoji" = String, Path)),
    responses((status = 204, description = "You react with it."), Refused),
)]
async fn react(
    State(state): State<AppState>,
    asker: Asker,
    Named((message, emoji)): Named<(MessageId, String)>,
) -> Result<StatusCode, Refusal> {
    turn(&state, &asker, message, &emoji, true).await
}

/// Takes a reaction back.
#[utoipa::path(
    delete,
    path = "/api/v1/messages/{message}/reactions/{emoji}",
    operation_id = "remove_reaction",
    tag = "messages",
    params(("message" = MessageId, Path), ("emoji" = String, Path)),
    responses((status = 204, description = "You do not react with it."), Refused),
)]
async fn take_back(
    State(state): State<AppState>,
    asker: Asker,
    Named((message, emoji)): Named<(MessageId, String)>,
) -> Result<StatusCode, Refusal> {
    turn(&state, &asker, message, &emoji, false).await
}

async fn turn(state: &AppState, asker: &Asker, message: MessageId, emoji: &str, on: bool) -> Result<StatusCode, Refusal> {
    let (actor, (room, seq)) = asker.may_with(state, Need::Write, message).await?;
    asker.does(state, Deed::Send)?;
    messages::react(&state.chat, actor, &room.into(), seq, emoji, on).await?;
    Ok(StatusCode::NO_CONTENT)
}
