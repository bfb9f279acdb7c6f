//! `/api/v1/rooms/{room}/commands` and `/api/v1/commands`: slash commands of a room, and those of the whole house.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chat::{
    Deed, Need,
    commands::{self, Command, MadeCommand, NewCommand},
};
use protocol::{RoomRef, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    asker::Asker,
    extract::{Named, Payload},
    openapi::Refused,
};
use crate::{
    AppState,
    answers::{NO_STORE, Refusal},
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(delete))
        .routes(routes!(list_of_house, create_in_house))
        .routes(routes!(delete_of_house))
}

/// A command that asks a program.
#[derive(Serialize, ToSchema)]
struct SlashCommand {
    id: Uuid,
    /// Its name, without the slash.
    word: String,
    url: String,
    /// Whether it is there in all rooms.
    in_house: bool,
    /// Who speaks where all in the room see the answer.
    bot: User,
    made_by: User,
    made_at: i64,
}

impl From<Command> for SlashCommand {
    fn from(command: Command) -> Self {
        let Command { id, word, url, in_house, bot, made_by, made_at } = command;
        Self { id, word, url, in_house, bot, made_by, made_at }
    }
}

/// Commands.
#[derive(Serialize, ToSchema)]
struct SlashCommands {
    commands: Vec<SlashCommand>,
}

impl From<Vec<Command>> for SlashCommands {
    fn from(commands: Vec<Command>) -> Self {
        Self { commands: commands.into_iter().map(SlashCommand::from).collect() }
    }
}

/// A command to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSlashCommand {
    /// Its name: letters, digits, `-` and `_`, 32 characters at most.
    word: String,
    /// What whoever answers in a room is called.
    name: String,
    /// Where the question goes.
    url: String,
}

impl NewSlashCommand {
    fn typed(&self) -> NewCommand<'_> {
        NewCommand { word: &self.word, name: &self.name, url: &self.url }
    }
}

/// A command that was made.
#[derive(Serialize, ToSchema)]
struct MadeSlashCommand {
    command: SlashCommand,
    /// What questions are signed with. It is not told again.
    secret: String,
}

impl From<MadeCommand> for MadeSlashCommand {
    fn from(made: MadeCommand) -> Self {
        Self { command: made.command.into(), secret: made.secret }
    }
}

/// The slash commands of a room, for those who keep order there.
#[utoipa::path(
    get,
    path = "/api/v1/rooms/{room}/commands",
    operation_id = "list_room_commands",
    tag = "commands",
    params(("room" = String, Path, description = "Id or address of the room.")),
    responses((status = 200, body = SlashCommands), Refused),
)]
async fn list(State(state): State<AppState>, asker: Asker, Named(room): Named<RoomRef>) -> Result<Json<SlashCommands>, Refusal> {
    let actor = asker.may_in(&state, Need::Read, &room).await?;
    Ok(Json(commands::list(&state.chat, actor, Some(&room)).await?.into()))
}

/// Makes a slash command in a room.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/commands",
    operation_id = "create_room_command",
    tag = "commands",
    params(("room" = String, Path, description = "Id or address of the room.")),
    request_body = NewSlashCommand,
    responses((status = 201, body = MadeSlashCommand), Refused),
)]
async fn create(
    State(state): State<AppState>,
    asker: Asker,
    Named(room): Named<RoomRef>,
    Payload(new): Payload<NewSlashCommand>,
) -> Result<impl IntoResponse, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    let made = commands::create(&state.chat, actor, Some(&room), new.typed()).await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(MadeSlashCommand::from(made))))
}

/// A command of a room.
#[derive(Deserialize)]
struct CommandName {
    room: RoomRef,
    command: Uuid,
}

/// Deletes a slash command of a room.
#[utoipa::path(
    delete,
    path = "/api/v1/rooms/{room}/commands/{command}",
    operation_id = "delete_room_command",
    tag = "commands",
    params(
        ("room" = String, Path, description = "Id or address of the room."),
        ("command" = Uuid, Path, description = "Id of the command."),
    ),
    responses((status = 204, description = "It is deleted."), Refused),
)]
async fn delete(
    State(state): State<AppState>,
    asker: Asker,
    Named(CommandName { room, command }): Named<CommandName>,
) -> Result<StatusCode, Refusal> {
    let actor = asker.may_in(&state, Need::Write, &room).await?;
    asker.does(&state, Deed::Moderate)?;
    commands::delete(&state.chat, actor, Some(&room), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The slash commands that all rooms have, for admins.
#[utoipa::path(
    get,
    path = "/api/v1/commands",
    operation_id = "list_house_commands",
    tag = "commands",
    responses((status = 200, body = SlashCommands), Refused),
)]
async fn list_of_house(State(state): State<AppState>, asker: Asker) -> Result<Json<SlashCommands>, Refusal> {
    let actor = asker.may(Need::Admin)?;
    Ok(Json(commands::list(&state.chat, actor, None).await?.into()))
}

/// Makes a slash command in all rooms.
#[utoipa::path(
    post,
    path = "/api/v1/commands",
    operation_id = "create_house_command",
    tag = "commands",
    request_body = NewSlashCommand,
    responses((status = 201, body = MadeSlashCommand), Refused),
)]
async fn create_in_house(
    State(state): State<AppState>,
    asker: Asker,
    Payload(new): Payload<NewSlashCommand>,
) -> Result<impl IntoResponse, Refusal> {
    let actor = asker.may(Need::Admin)?;
    asker.does(&state, Deed::Moderate)?;
    let made = commands::create(&state.chat, actor, None, new.typed()).await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(MadeSlashCommand::from(made))))
}

/// Deletes a slash command of the whole house.
#[utoipa::path(
    delete,
    path = "/api/v1/commands/{command}",
    operation_id = "delete_house_command",
    tag = "commands",
    params(("command" = Uuid, Path, description = "Id of the command.")),
    responses((status = 204, description = "It is deleted."), Refused),
)]
async fn delete_of_house(
    State(state): State<AppState>,
    asker: Asker,
    Named(command): Named<Uuid>,
) -> Result<StatusCode, Refusal> {
    let actor = asker.may(Need::Admin)?;
    asker.does(&state, Deed::Moderate)?;
    commands::delete(&state.chat, actor, None, command).await?;
    Ok(StatusCode::NO_CONTENT)
}
