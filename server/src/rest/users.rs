//! `/api/v1/users`.

use axum::{Json, extract::State};
use chat::{
    Need,
    accounts::{self, Card},
};
use protocol::{Presence, Room, Status, User};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{asker::Asker, extract::Named, openapi::Refused};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// What you see of somebody.
#[derive(Serialize, ToSchema)]
struct PersonCard {
    #[serde(flatten)]
    user: User,
    /// Whether the account was deleted: what it wrote stays.
    former: bool,
    /// About themselves.
    bio: String,
    /// How they are spoken of.
    pronouns: String,
    /// A name of the IANA time zone database; empty where they do not say.
    time_zone: String,
    /// Minutes that their clocks are ahead of UTC now, where they say where these are.
    minutes_east: Option<i32>,
    /// Whether they are there.
    presence: Presence,
    /// What they say of what they do.
    status: Option<Status>,
    /// The rooms that you are both in.
    rooms: Vec<Room>,
}

impl From<Card> for PersonCard {
    fn from(card: Card) -> Self {
        let Card { profile, presence, minutes_east, rooms, is_former: former, .. } = card;
        let accounts::Profile { user, bio, pronouns, time_zone, availability } = profile;
        Self { user, former, bio, pronouns, time_zone, minutes_east, presence, status: availability.status, rooms }
    }
}

/// Somebody who has an account, or had one.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}",
    operation_id = "get_user",
    tag = "people",
    params(("user" = String, Path, description = "Id or user name.")),
    responses((status = 200, body = PersonCard), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker, Named(user): Named<String>) -> Result<Json<PersonCard>, Refusal> {
    Ok(Json(accounts::card(&state.chat, asker.session(Need::Read)?, &user).await?.into()))
}
