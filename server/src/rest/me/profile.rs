//! `/api/v1/me`: who one is, and how one wants to be seen.

use axum::{Json, extract::State};
use chat::{
    Need, Session,
    accounts::{self, Changes, NewStatus, Profile},
    reads,
};
use protocol::{HouseRole, Presence, Status, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        extract::{Payload, given},
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read, change))
}

/// You.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    #[serde(flatten)]
    user: User,
    /// What you are in the house.
    role: HouseRole,
    /// About yourself.
    bio: String,
    /// How you are spoken of.
    pronouns: String,
    /// A name of the IANA time zone database; empty where you do not say.
    time_zone: String,
    /// What you say of what you do, as long as it lasts.
    status: Option<Status>,
    /// Whether you are there, as others see it.
    presence: Presence,
    /// Whether you are never to be seen.
    invisible: bool,
    /// Until when you are not to be disturbed, if that is so now.
    quiet_until: Option<i64>,
    /// Hours in which you are not to be disturbed, on the clocks of your time zone.
    quiet_hours: Option<QuietTimes>,
}

/// From when to when, over midnight too.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuietTimes {
    /// Such as `22:00`.
    from: String,
    /// Such as `07:00`.
    to: String,
}

impl From<reads::QuietHours> for QuietTimes {
    fn from(hours: reads::QuietHours) -> Self {
        let [from, to] = [hours.from, hours.to].map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60));
        Self { from, to }
    }
}

async fn me(state: &AppState, session: &Session, profile: Profile) -> Result<Json<Me>, Refusal> {
    let Profile { user, bio, pronouns, time_zone, availability } = profile;
    let quiet_hours = reads::quiet_hours(&state.chat, session).await?.map(Into::into);
    Ok(Json(Me {
        role: session.role,
        bio,
        pronouns,
        time_zone,
        status: availability.status,
        presence: accounts::presence(&state.chat, user.id),
        invisible: availability.invisible,
        quiet_until: availability.quiet_until,
        quiet_hours,
        user,
    }))
}

/// You.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "read_me",
    tag = "me",
    responses((status = 200, body = Me), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker) -> Result<Json<Me>, Refusal> {
    let session = asker.session(Need::Read)?;
    me(&state, session, accounts::profile(&state.chat, session).await?).await
}

/// What you say of what you do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MyStatus {
    /// One emoji, or nothing.
    #[serde(default)]
    emoji: String,
    #[serde(default)]
    text: String,
    /// When it ends by itself, in unix milliseconds.
    until: Option<i64>,
}

/// What is to be otherwise. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MyChanges {
    username: Option<String>,
    /// Name to show; empty for the user name.
    name: Option<String>,
    bio: Option<String>,
    pronouns: Option<String>,
    /// A name of the IANA time zone database, or empty.
    time_zone: Option<String>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<MyStatus>)]
    status: Option<Option<MyStatus>>,
    invisible: Option<bool>,
    /// In unix milliseconds; 253402300799999 for good, `null` for no longer.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    quiet_until: Option<Option<i64>>,
    /// `null` for no such hours.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<QuietTimes>)]
    quiet_hours: Option<Option<QuietTimes>>,
}

impl From<MyChanges> for Changes {
    fn from(new: MyChanges) -> Self {
        let MyChanges { username, name, bio, pronouns, time_zone, status, invisible, quiet_until, quiet_hours } = new;
        let status = status.map(|status| status.map(|MyStatus { emoji, text, until }| NewStatus { emoji, text, until }));
        let quiet_hours = quiet_hours.map(|hours| hours.map(|QuietTimes { from, to }| (from, to)));
        Self { username, name, bio, pronouns, time_zone, status, quiet_until, invisible, quiet_hours }
    }
}

/// Changes what you say of yourself and how you want to be seen. Where one thing cannot be taken, nothing is changed.
#[utoipa::path(
    patch,
    path = "/api/v1/me",
    operation_id = "change_me",
    tag = "me",
    request_body = MyChanges,
    responses((status = 200, body = Me), Refused),
)]
async fn change(State(state): State<AppState>, asker: Asker, Payload(new): Payload<MyChanges>) -> Result<Json<Me>, Refusal> {
    let session = asker.session(Need::Write)?;
    asker.does(&state, chat::Deed::EditRoom)?;
    let profile = accounts::change(&state.chat, session, new.into()).await?;
    me(&state, session, profile).await
}
