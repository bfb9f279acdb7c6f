//! `/api/v1/users`.

use axum::{Json, extract::State, http::Uri};
use chat::{
    Need,
    accounts::{self, Card, PeopleSearch},
};
use protocol::{Presence, Room, Status, User};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asker::Asker,
    cursor::{Cursor, Page},
    extract::{Fields, Named, storable},
    openapi::Refused,
};
use crate::{AppState, answers::Refusal};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// Whom to look for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichUsers {
    /// A part of the user name or of the name.
    #[serde(default)]
    text: String,
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<String>,
}

#[derive(Serialize, ToSchema)]
struct Users {
    users: Vec<User>,
}

/// Everybody who has an account, by user name.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    operation_id = "list_users",
    tag = "people",
    params(WhichUsers),
    responses(
        (status = 200, body = Users, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))),
        Refused,
    ),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(WhichUsers { text, cursor }): Fields<WhichUsers>,
) -> Result<Page<Users>, Refusal> {
    let after = storable(cursor.0.unwrap_or_default())?;
    let search = PeopleSearch { text: &text, after: &after };
    let page = accounts::people(&state.chat, asker.may(Need::Read)?, search).await?;
    Ok(Page::new(&uri, Users { users: page.people }, page.next.as_ref()))
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
    operation_id = "read_user",
    tag = "people",
    params(("user" = String, Path, description = "Id or user name.")),
    responses((status = 200, body = PersonCard), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker, Named(user): Named<String>) -> Result<Json<PersonCard>, Refusal> {
    Ok(Json(accounts::card(&state.chat, asker.session(Need::Read)?, &user).await?.into()))
}
