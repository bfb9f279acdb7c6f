//! `/api/v1/rooms/{room}/members`.

use axum::{
    extract::State,
    http::{StatusCode, Uri},
};
use chat::{
    Actor, Deed, Need,
    rooms::{self, MembersSearch},
};
use protocol::{ErrorCode, Presence, RoomRef, RoomRole, Status, User, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    cursor::{Cursor, Page},
    extract::{Fields, Named, Payload},
    openapi::Refused,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change, remove)).routes(routes!(mute, unmute))
}

/// Which members are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichMembers {
    /// What stands in a name.
    #[serde(default)]
    text: String,
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<u64>,
}

/// Somebody who is in a room.
#[derive(Serialize, ToSchema)]
struct MemberOf {
    user: User,
    role: RoomRole,
    presence: Presence,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// Until when they may not write.
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_until: Option<i64>,
}

/// Members by role, then those who are there, then by name.
#[derive(Serialize, ToSchema)]
struct Members {
    /// How many there are in all.
    total: u64,
    members: Vec<MemberOf>,
}

/// Who is in a room, for accounts that may read it.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/members",
    operation_id = "list_members",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room."), WhichMembers),
    responses(
        (status = 200, body = Members, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))),
        Refused,
    ),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Named(room): Named<RoomRef>,
    Fields(WhichMembers { text, cursor: Cursor(page) }): Fields<WhichMembers>,
) -> Result<Page<Members>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    let search = MembersSearch { text: &text, page: page.unwrap_or(1) };
    let found = rooms::members(&state.chat, actor, &room, search).await?;
    let next = found.has_more.then_some(found.page + 1);
    let members = found.members.into_iter().map(|member| {
        let rooms::Member { user, role, presence, status, muted_until, .. } = member;
        MemberOf { user, role, presence, status, muted_until }
    });
    Ok(Page::new(&uri, Members { total: found.total, members: members.collect() }, next.as_ref()))
}

/// Whom to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Added {
    username: String,
    /// `owner`, `moderator` or `member`: who is a member already gets it all the same.
    role: Option<String>,
}

/// Makes somebody else a member. Who is one already stays so.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/members",
    operation_id = "add_member",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = Added,
    responses((status = 204, description = "They are a member."), Refused),
)]
async fn add(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(Added { username, role }): Payload<Added>,
) -> Result<StatusCode, Refusal> {
    let actor = moderating(&state, &asker, &room).await?;
    rooms::add_as(&state.chat, actor, &room, &username, role.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a member is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberChange {
    /// `owner`, `moderator` or `member`.
    role: String,
}

/// Gives a member another role.
#[utoipa::path(
    patch,
    path = "/api/v1/rooms/{room}/members/{user}",
    operation_id = "change_member",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room."), ("user" = UserId, Path)),
    request_body = MemberChange,
    responses((status = 204, description = "They have it."), Refused),
)]
async fn change(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, user)): Named<(RoomRef, UserId)>,
    Payload(MemberChange { role }): Payload<MemberChange>,
) -> Result<StatusCode, Refusal> {
    let actor = moderating(&state, &asker, &room).await?;
    rooms::set_role(&state.chat, actor, &room, user, &role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes somebody else a member no longer. They may come in again as others do.
#[utoipa::path(
    delete,
    path = "/api/v1/rooms/{room}/members/{user}",
    operation_id = "remove_member",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room."), ("user" = UserId, Path)),
    responses((status = 204, description = "They are no member."), Refused),
)]
async fn remove(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, user)): Named<(RoomRef, UserId)>,
) -> Result<StatusCode, Refusal> {
    let actor = moderating(&state, &asker, &room).await?;
    rooms::remove(&state.chat, actor, &room, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For how long somebody may not write.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Muted {
    /// `hour`, `day`, `week` or `always`.
    #[schema(pattern = "^(hour|day|week|always)$")]
    time: String,
}

/// Stops a member from writing for a while.
#[utoipa::path(
    put,
    path = "/api/v1/rooms/{room}/members/{user}/mute",
    operation_id = "mute_member",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room."), ("user" = UserId, Path)),
    request_body = Muted,
    responses((status = 204, description = "They may not write."), Refused),
)]
async fn mute(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, user)): Named<(RoomRef, UserId)>,
    Payload(Muted { time }): Payload<Muted>,
) -> Result<StatusCode, Refusal> {
    let actor = moderating(&state, &asker, &room).await?;
    if time.is_empty() {
        return Err(ErrorCode::BadRequest.into());
    }
    rooms::mute(&state.chat, actor, &room, user, &time).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a member write again.
#[utoipa::path(
    delete,
    path = "/api/v1/rooms/{room}/members/{user}/mute",
    operation_id = "unmute_member",
    tag = "members",
    params(("room" = String, Path, description = "Id or address of the room."), ("user" = UserId, Path)),
    responses((status = 204, description = "They may write."), Refused),
)]
async fn unmute(
    State(state): State<AppState>,
    asker: Asker,
    Named((room, user)): Named<(RoomRef, UserId)>,
) -> Result<StatusCode, Refusal> {
    let actor = moderating(&state, &asker, &room).await?;
    rooms::mute(&state.chat, actor, &room, user, "").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who does something to others in a room, counted by where they are.
pub(super) async fn moderating(state: &AppState, asker: &Asker, room: &RoomRef) -> Result<Actor, Refusal> {
    let actor = asker.may_in(state, Need::Write, room).await?;
    asker.does(state, Deed::Moderate)?;
    Ok(actor)
}
