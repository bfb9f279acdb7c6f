//! `/api/v1/admin/settings`: how the house is run.

use axum::{Json, extract::State};
use chat::{Need, Quota, Quotas, RegistrationMode, Settings, house};
use protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        extract::{Payload, given, object},
        openapi::Refused,
    },
};

/// Longest time that messages are kept which are not kept for ever, in days.
const DAYS_MAX: u32 = 36_500;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read, change))
}

/// Who may make an account.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Registration {
    /// Everybody.
    Open,
    /// Whoever holds an invite.
    ByInvite,
    /// Nobody.
    Closed,
}

impl From<RegistrationMode> for Registration {
    fn from(mode: RegistrationMode) -> Self {
        match mode {
            RegistrationMode::Open => Self::Open,
            RegistrationMode::ByInvite => Self::ByInvite,
            RegistrationMode::Closed => Self::Closed,
        }
    }
}

impl From<Registration> for RegistrationMode {
    fn from(registration: Registration) -> Self {
        match registration {
            Registration::Open => Self::Open,
            Registration::ByInvite => Self::ByInvite,
            Registration::Closed => Self::Closed,
        }
    }
}

/// How often some things may be done. What is not said is as whoever runs the server has it.
#[derive(Serialize, ToSchema)]
struct HouseLimits {
    /// Messages of an account in a minute.
    messages: Option<u32>,
    /// Messages from an address in a minute.
    messages_from_address: Option<u32>,
    /// Rooms that an account makes in a day.
    rooms: Option<u32>,
    /// Rooms that are made from an address in a day.
    rooms_from_address: Option<u32>,
    /// Invites that an account makes in a day.
    invites: Option<u32>,
    /// Invites that are made from an address in a day.
    invites_from_address: Option<u32>,
    /// Accounts that are made from an address in a day.
    registrations_from_address: Option<u32>,
}

impl From<Quotas> for HouseLimits {
    fn from(quotas: Quotas) -> Self {
        Self {
            messages: quotas.get(Quota::Messages),
            messages_from_address: quotas.get(Quota::MessagesFromAddress),
            rooms: quotas.get(Quota::Rooms),
            rooms_from_address: quotas.get(Quota::RoomsFromAddress),
            invites: quotas.get(Quota::Invites),
            invites_from_address: quotas.get(Quota::InvitesFromAddress),
            registrations_from_address: quotas.get(Quota::RegistrationsFromAddress),
        }
    }
}

/// How the house is run.
#[derive(Serialize, ToSchema)]
struct HouseSettings {
    /// Its name.
    name: String,
    registration: Registration,
    /// Whether rooms may be public. Where not, strangers see the sign-in page and nothing else, and public rooms count as open.
    public_rooms: bool,
    /// Whether search engines may list public rooms.
    indexing: bool,
    /// Whether every member may make rooms, or only admins.
    members_make_rooms: bool,
    /// Whether every member may invite others, or only admins.
    members_invite: bool,
    /// Whether every member may make bots, or only admins.
    members_make_bots: bool,
    /// The addresses of the rooms that new people join.
    default_rooms: Vec<String>,
    /// For how many minutes people may edit what they wrote; always without it.
    edit_minutes: Option<u32>,
    /// Days after which messages are deleted; kept for ever without it.
    retention_days: Option<u32>,
    limits: HouseLimits,
    /// What the icon is known by: `/icon/{icon}`.
    icon: Option<String>,
}

impl From<&Settings> for HouseSettings {
    fn from(settings: &Settings) -> Self {
        let settings = settings.clone();
        Self {
            name: settings.name,
            registration: settings.registration.into(),
            public_rooms: settings.public_rooms,
            indexing: settings.indexing,
            members_make_rooms: settings.members_make_rooms,
            members_invite: settings.members_invite,
            members_make_bots: settings.members_make_bots,
            default_rooms: settings.default_rooms,
            edit_minutes: settings.edit_minutes,
            retention_days: settings.retention_days,
            limits: settings.quotas.into(),
            icon: settings.icon,
        }
    }
}

/// How the house is run.
#[utoipa::path(
    get,
    path = "/api/v1/admin/settings",
    operation_id = "read_settings",
    tag = "admin",
    responses((status = 200, body = HouseSettings), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker) -> Result<Json<HouseSettings>, Refusal> {
    house::must_administer(&state.chat, asker.may(Need::Admin)?).await?;
    Ok(Json((&*state.chat.settings()).into()))
}

/// How often some things may be. `null` for as whoever runs the server has it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HouseLimitsChanges {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    messages: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    messages_from_address: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    rooms: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    rooms_from_address: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    invites: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    invites_from_address: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    registrations_from_address: Option<Option<u32>>,
}

impl HouseLimitsChanges {
    fn of(&self, old: Quotas) -> Result<Quotas, chat::Error> {
        let changes = [
            (Quota::Messages, self.messages),
            (Quota::MessagesFromAddress, self.messages_from_address),
            (Quota::Rooms, self.rooms),
            (Quota::RoomsFromAddress, self.rooms_from_address),
            (Quota::Invites, self.invites),
            (Quota::InvitesFromAddress, self.invites_from_address),
            (Quota::RegistrationsFromAddress, self.registrations_from_address),
        ];
        let new = changes.into_iter().fold(old, |quotas, (quota, new)| match new {
            Some(count) => quotas.with(quota, count),
            None => quotas,
        });
        // As the form has them, so that the same bounds hold.
        let typed = Quota::ALL.map(|quota| new.get(quota).map(|count| count.to_string()).unwrap_or_default());
        Ok(Quotas::parse(&typed)?)
    }
}

/// What is to be otherwise. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettingsChanges {
    name: Option<String>,
    registration: Option<Registration>,
    public_rooms: Option<bool>,
    indexing: Option<bool>,
    members_make_rooms: Option<bool>,
    members_invite: Option<bool>,
    members_make_bots: Option<bool>,
    /// Addresses of rooms that everybody may join.
    default_rooms: Option<Vec<String>>,
    /// `null` for always.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_i64)]
    edit_minutes: Option<Option<u32>>,
    /// `null` for ever.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 36_500)]
    retention_days: Option<Option<u32>>,
    #[serde(default, deserialize_with = "object")]
    limits: Option<HouseLimitsChanges>,
}

impl SettingsChanges {
    fn of(self, old: Settings) -> Result<Settings, chat::Error> {
        if self.retention_days.flatten().is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
            return Err(ErrorCode::BadRequest.into());
        }
        Ok(Settings {
            name: self.name.unwrap_or(old.name),
            registration: self.registration.map_or(old.registration, Into::into),
            public_rooms: self.public_rooms.unwrap_or(old.public_rooms),
            indexing: self.indexing.unwrap_or(old.indexing),
            members_make_rooms: self.members_make_rooms.unwrap_or(old.members_make_rooms),
            members_invite: self.members_invite.unwrap_or(old.members_invite),
            members_make_bots: self.members_make_bots.unwrap_or(old.members_make_bots),
            default_rooms: self.default_rooms.unwrap_or(old.default_rooms),
            edit_minutes: self.edit_minutes.unwrap_or(old.edit_minutes),
            retention_days: self.retention_days.unwrap_or(old.retention_days),
            quotas: self.limits.unwrap_or_default().of(old.quotas)?,
            ..old
        })
    }
}

/// Changes how the house is run: owners may.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/settings",
    operation_id = "change_settings",
    tag = "admin",
    request_body = SettingsChanges,
    responses((status = 200, body = HouseSettings), Refused),
)]
async fn change(
    State(state): State<AppState>,
    asker: Asker,
    Payload(new): Payload<SettingsChanges>,
) -> Result<Json<HouseSettings>, Refusal> {
    let actor = asker.may(Need::Admin)?;
    house::must_administer(&state.chat, actor).await?;
    let new = new.of((*state.chat.settings()).clone())?;
    house::change(&state.chat, actor, new).await?;
    Ok(Json((&*state.chat.settings()).into()))
}
