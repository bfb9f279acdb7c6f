//! `/api/v1/bots`: accounts of programs, and what belongs to them. Whoever has signed in makes and changes them, never a token.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chat::{
    Deed, Need,
    bots::{self, BotEdit, NewBot},
    tokens,
};
use protocol::{Room, RoomRef, TokenId, User, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    extract::{Fields, Named, Payload},
    openapi::Refused,
    tokens::{MadeToken, ProgramTokens, WantedToken, made},
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, change, delete))
        .routes(routes!(hand_over))
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(revoke_token))
        .routes(routes!(list_rooms))
        .routes(routes!(add_to_room, remove_from_room))
}

/// A bot, as those see it who look after it.
#[derive(Serialize, ToSchema)]
struct Bot {
    user: User,
    /// What it says of itself.
    bio: String,
    /// Who answers for it; not given where they have gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<User>,
    /// In unix milliseconds.
    created_at: i64,
    /// Whether it is kept out for now.
    suspended: bool,
}

impl From<bots::Bot> for Bot {
    fn from(bots::Bot { user, bio, owner, created_at, suspended }: bots::Bot) -> Self {
        Self { user, bio, owner, created_at, suspended }
    }
}

#[derive(Serialize, ToSchema)]
struct Bots {
    bots: Vec<Bot>,
}

/// Which bots are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichBots {
    /// All of the house, for its admins; else your own.
    #[serde(default)]
    all: bool,
}

/// A bot to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedBot {
    username: String,
    /// Name to show; the user name without it.
    #[serde(default)]
    name: String,
}

/// What is to be changed; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BotChange {
    username: Option<String>,
    name: Option<String>,
    bio: Option<String>,
}

/// Who is to answer for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BotOwner {
    username: String,
}

#[derive(Serialize, ToSchema)]
struct BotRooms {
    rooms: Vec<Room>,
}

/// Your bots, or with `all` those of everybody.
#[utoipa::path(
    get,
    path = "/api/v1/bots",
    operation_id = "list_bots",
    tag = "bots",
    params(WhichBots),
    responses((status = 200, body = Bots), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker, Fields(which): Fields<WhichBots>) -> Result<Json<Bots>, Refusal> {
    let found = if which.all {
        bots::all(&state.chat, asker.may(Need::Admin)?).await?
    } else {
        bots::list(&state.chat, asker.may(Need::Read)?).await?
    };
    Ok(Json(Bots { bots: found.into_iter().map(Into::into).collect() }))
}

/// Makes a bot, for which you answer. Where members may not, admins may.
#[utoipa::path(
    post,
    path = "/api/v1/bots",
    operation_id = "create_bot",
    tag = "bots",
    request_body = WantedBot,
    responses((status = 201, body = Bot), Refused),
)]
async fn create(
    State(state): State<AppState>,
    asker: Asker,
    Payload(WantedBot { username, name }): Payload<WantedBot>,
) -> Result<(StatusCode, Json<Bot>), Refusal> {
    let session = asker.signed_in()?;
    asker.does(&state, Deed::EditRoom)?;
    let made = bots::create(&state.chat, session, NewBot { username: &username, name: &name }).await?;
    let bot = bots::bot(&state.chat, session, made.id).await?;
    Ok((StatusCode::CREATED, Json(bot.into())))
}

/// A bot that you look after.
#[utoipa::path(
    get,
    path = "/api/v1/bots/{bot}",
    operation_id = "read_bot",
    tag = "bots",
    params(("bot" = UserId, Path, description = "Id of the bot's account.")),
    responses((status = 200, body = Bot), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker, Named(bot): Named<UserId>) -> Result<Json<Bot>, Refusal> {
    Ok(Json(bots::bot(&state.chat, asker.signed_in()?, bot).await?.into()))
}

/// Changes the names of a bot, or what it says of itself.
#[utoipa::path(
    patch,
    path = "/api/v1/bots/{bot}",
    operation_id = "change_bot",
    tag = "bots",
    params(("bot" = UserId, Path, description = "Id of the bot's account.")),
    request_body = BotChange,
    responses((status = 200, body = Bot), Refused),
)]
async fn change(
    State(state): State<AppState>,
    asker: Asker,
    Named(bot): Named<UserId>,
    Payload(BotChange { username, name, bio }): Payload<BotChange>,
) -> Result<Json<Bot>, Refusal> {
    let session = asker.signed_in()?;
    asker.does(&state, Deed::EditRoom)?;
    bots::change(&state.chat, session, bot, BotEdit { username, name, bio }).await?;
    Ok(Json(bots::bot(&state.chat, session, bot).await?.into()))
}

/// Deletes a bot. What it wrote stays, under the name of a former member.
#[utoipa::path(
    delete,
    path = "/api/v1/bots/{bot}",
    operation_id = "delete_bot",
    tag = "bots",
    params(("bot" = UserId, Path, description = "Id of the bot's account.")),
    responses((status = 204, description = "It has gone."), Refused),
)]
async fn delete(State(state): State<AppState>, asker: Asker, Named(bot): Named<UserId>) -> Result<StatusCode, Refusal> {
    bots::delete(&state.chat, asker.signed_in()?, bot).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets somebody else answer for a bot. Its tokens end.
#[utoipa::path(
    put,
    path = "/api/v1/bots/{bot}/owner",
    operation_id = "hand_bot_over",
    tag = "bots",
    params(("bot" = UserId, Path, description = "Id of the bot's account.")),
    request_body = BotOwner,
    responses((status = 204, description = "They answer for it from now on."), Refused),
)]
async fn hand_over(
    State(state): State<AppState>,
    asker: Asker,
    Named(bot): Named<UserId>,
    Payload(BotOwner { username }): Payload<BotOwner>,
) -> Result<StatusCode, Refusal> {
    bots::hand_over(&state.chat, asker.signed_in()?, bot, &username).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The access tokens of a bot, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/bots/{bot}/tokens",
    operation_id = "list_bot_tokens",
    tag = "bots",
    params(("bot" = UserId, Path, description = "Id of the bot's account.")),
    responses((status = 200, body = ProgramTokens), Refused),
)]
async fn list_tokens(
    State(state): State<AppState>,
    asker: Asker,
    Named(bot): Named<UserId>,
) -> Result<Json<ProgramTokens>, Refusal> {
    let tokens = tokens::list(&state.chat, asker.signed_in()?, bot).await?;
    Ok(Json(ProgramTokens { tokens: tokens.into_iter().map(Into::into).collect() }))
}

/// Makes an access token for a bot.
#[utoipa::path(
    post,
    path = "/api/v1/bots/{bot}/tokens",
    operation_id = "create_bot_token",
    tag = "bots",
    params(("bot" = UserId, Path, description = "Id of the bot's account.")),
    request_body = WantedToken,
    responses((status = 201, body = MadeToken), Refused),
)]
async fn create_token(
    State(state): State<AppState>,
    asker: Asker,
    Named(bot): Named<UserId>,
    Payload(wanted): Payload<WantedToken>,
) -> Result<impl IntoResponse, Refusal> {
    let session = asker.signed_in()?;
    asker.does(&state, Deed::EditRoom)?;
    Ok(made(tokens::create(&state.chat, session, bot, wanted.into()).await?))
}

/// Ends an access token of a bot, at once, on live sockets too.
#[utoipa::path(
    delete,
    path = "/api/v1/bots/{bot}/tokens/{token}",
    operation_id = "revoke_bot_token",
    tag = "bots",
    params(
        ("bot" = UserId, Path, description = "Id of the bot's account."),
        ("token" = TokenId, Path, description = "Id of the token."),
    ),
    responses((status = 204, description = "It has ended."), Refused),
)]
async fn revoke_token(
    State(state): State<AppState>,
    asker: Asker,
    Named((bot, token)): Named<(UserId, TokenId)>,
) -> Result<StatusCode, Refusal> {
    tokens::revoke(&state.chat, asker.signed_in()?, bot, token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The rooms that a bot is in.
#[utoipa::path(
    get,
    path = "/api/v1/bots/{bot}/rooms",
    operation_id = "list_bot_rooms",
    tag = "bots",
    params(("bot" = UserId, Path, description = "Id of the bot's account.")),
    responses((status = 200, body = BotRooms), Refused),
)]
async fn list_rooms(State(state): State<AppState>, asker: Asker, Named(bot): Named<UserId>) -> Result<Json<BotRooms>, Refusal> {
    Ok(Json(BotRooms { rooms: bots::rooms(&state.chat, asker.signed_in()?, bot).await? }))
}

/// Adds a bot to a room where you may add people.
#[utoipa::path(
    put,
    path = "/api/v1/bots/{bot}/rooms/{room}",
    operation_id = "add_bot_to_room",
    tag = "bots",
    params(
        ("bot" = UserId, Path, description = "Id of the bot's account."),
        ("room" = String, Path, description = "Id or address of the room."),
    ),
    responses((status = 204, description = "It is in there."), Refused),
)]
async fn add_to_room(
    State(state): State<AppState>,
    asker: Asker,
    Named((bot, room)): Named<(UserId, RoomRef)>,
) -> Result<StatusCode, Refusal> {
    let session = asker.signed_in()?;
    asker.does(&state, Deed::Moderate)?;
    bots::add_to_room(&state.chat, session, bot, &room).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a bot out of a room.
#[utoipa::path(
    delete,
    path = "/api/v1/bots/{bot}/rooms/{room}",
    operation_id = "remove_bot_from_room",
    tag = "bots",
    params(
        ("bot" = UserId, Path, description = "Id of the bot's account."),
        ("room" = String, Path, description = "Id or address of the room."),
    ),
    responses((status = 204, description = "It is not in there any more."), Refused),
)]
async fn remove_from_room(
    State(state): State<AppState>,
    asker: Asker,
    Named((bot, room)): Named<(UserId, RoomRef)>,
) -> Result<StatusCode, Refusal> {
    bots::remove_from_room(&state.chat, asker.signed_in()?, bot, &room).await?;
    Ok(StatusCode::NO_CONTENT)
}
