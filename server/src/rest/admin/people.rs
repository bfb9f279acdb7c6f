//! `/api/v1/admin/people`.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, Uri},
    response::IntoResponse,
};
use chat::{
    Actor, Need, clocks,
    house::{self, Account, PeopleSearch, Person},
};
use protocol::{HouseRole, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::{NO_STORE, Refusal},
    rest::{
        asker::Asker,
        cursor::{Cursor, Page},
        extract::{Fields, Named, Payload, storable},
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read, change, delete))
        .routes(routes!(suspend, restore))
        .routes(routes!(sign_out))
        .routes(routes!(reset_link))
        .routes(routes!(export))
}

/// An account, as admins see it.
#[derive(Serialize, ToSchema)]
struct HouseAccount {
    id: UserId,
    username: String,
    /// Name to show.
    name: String,
    /// What it is in the house.
    role: HouseRole,
    created_at: i64,
    suspended: bool,
    /// Until when, where that has an end.
    suspended_until: Option<i64>,
    /// Why, if somebody said so when it was suspended last.
    suspended_for: String,
    /// Whether it is a program's.
    bot: bool,
}

impl From<Account> for HouseAccount {
    fn from(account: Account) -> Self {
        let Account { id, username, name, role, created_at, suspended_until, suspended_for, bot } = account;
        let suspended = suspended_until.is_some();
        let suspended_until = suspended_until.filter(|until| *until <= clocks::FOR_GOOD);
        Self { id, username, name, role, created_at, suspended, suspended_until, suspended_for, bot }
    }
}

/// An account with what belongs to it.
#[derive(Serialize, ToSchema)]
struct HousePerson {
    #[serde(flatten)]
    account: HouseAccount,
    /// Rooms that it is in.
    rooms: u64,
    /// Places where it is signed in.
    sessions: u64,
}

impl From<Person> for HousePerson {
    fn from(Person { account, rooms, sessions, .. }: Person) -> Self {
        Self { account: account.into(), rooms, sessions }
    }
}

/// Which accounts are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichPeople {
    /// A part of the user name or of the name.
    #[serde(default)]
    text: String,
    /// Those alone who are this in the house.
    role: Option<HouseRole>,
    /// Those alone who are suspended.
    #[serde(default)]
    suspended: bool,
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<String>,
}

#[derive(Serialize, ToSchema)]
struct HouseAccounts {
    people: Vec<HouseAccount>,
}

/// Everybody who has an account, by user name.
#[utoipa::path(
    get,
    path = "/api/v1/admin/people",
    operation_id = "list_accounts",
    tag = "admin",
    params(WhichPeople),
    responses((status = 200, body = HouseAccounts, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))), Refused),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(WhichPeople { text, role, suspended, cursor }): Fields<WhichPeople>,
) -> Result<Page<HouseAccounts>, Refusal> {
    let after = storable(cursor.0.unwrap_or_default())?;
    let search = PeopleSearch { text, role, suspended, after };
    let page = house::people(&state.chat, asker.may(Need::Admin)?, search).await?;
    let people = page.people.into_iter().map(Into::into).collect();
    Ok(Page::new(&uri, HouseAccounts { people }, page.next.as_ref()))
}

/// One of them.
#[utoipa::path(
    get,
    path = "/api/v1/admin/people/{user}",
    operation_id = "read_account",
    tag = "admin",
    params(("user" = String, Path, description = "Id or user name.")),
    responses((status = 200, body = HousePerson), Refused),
)]
async fn read(State(state): State<AppState>, asker: Asker, Named(user): Named<String>) -> Result<Json<HousePerson>, Refusal> {
    Ok(Json(house::person(&state.chat, asker.may(Need::Admin)?, &user).await?.into()))
}

/// Who asks, and whom it is about.
async fn about(state: &AppState, asker: &Asker, user: &str) -> Result<(Actor, UserId), Refusal> {
    let actor = asker.may(Need::Admin)?;
    Ok((actor, house::person(&state.chat, actor, user).await?.account.id))
}

/// What an account is to be in the house.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountChanges {
    role: HouseRole,
}

/// Makes somebody a member, an admin or an owner: owners may.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/people/{user}",
    operation_id = "change_account",
    tag = "admin",
    params(("user" = String, Path, description = "Id or user name.")),
    request_body = AccountChanges,
    responses((status = 200, body = HousePerson), Refused),
)]
async fn change(
    State(state): State<AppState>,
    asker: Asker,
    Named(user): Named<String>,
    Payload(AccountChanges { role }): Payload<AccountChanges>,
) -> Result<Json<HousePerson>, Refusal> {
    let (actor, id) = about(&state, &asker, &user).await?;
    house::set_role(&state.chat, actor, id, role).await?;
    // Whoever has just made themselves a member sees none of this any more.
    Ok(Json(house::person(&state.chat, house::By::CommandLine, &id.to_string()).await?.into()))
}

/// Deletes an account. What it wrote stays, under the name of a former member. A webhook or a command that speaks through it goes with it.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/people/{user}",
    operation_id = "delete_account",
    tag = "admin",
    params(("user" = String, Path, description = "Id or user name.")),
    responses((status = 204, description = "It is gone."), Refused),
)]
async fn delete(State(state): State<AppState>, asker: Asker, Named(user): Named<String>) -> Result<StatusCode, Refusal> {
    let (actor, id) = about(&state, &asker, &user).await?;
    house::delete(&state.chat, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For how long somebody is kept out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Suspension {
    /// In unix milliseconds; until it is lifted without it.
    until: Option<i64>,
    /// For them and for admins.
    #[serde(default)]
    reason: String,
}

/// Keeps somebody out: all that they are signed in with ends, and they cannot sign in again.
#[utoipa::path(
    put,
    path = "/api/v1/admin/people/{user}/suspension",
    operation_id = "suspend_account",
    tag = "admin",
    params(("user" = String, Path, description = "Id or user name.")),
    request_body = Suspension,
    responses((status = 204, description = "They are out."), Refused),
)]
async fn suspend(
    State(state): State<AppState>,
    asker: Asker,
    Named(user): Named<String>,
    Payload(Suspension { until, reason }): Payload<Suspension>,
) -> Result<StatusCode, Refusal> {
    let (actor, id) = about(&state, &asker, &user).await?;
    let until = until.map(|until| clocks::to_come(until, chat::now())).transpose().map_err(chat::Error::from)?;
    house::suspend(&state.chat, actor, id, until, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets somebody in again.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/people/{user}/suspension",
    operation_id = "restore_account",
    tag = "admin",
    params(("user" = String, Path, description = "Id or user name.")),
    responses((status = 204, description = "They may sign in."), Refused),
)]
async fn restore(State(state): State<AppState>, asker: Asker, Named(user): Named<String>) -> Result<StatusCode, Refusal> {
    let (actor, id) = about(&state, &asker, &user).await?;
    house::lift(&state.chat, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends everything that somebody is signed in with.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/people/{user}/sessions",
    operation_id = "sign_account_out",
    tag = "admin",
    params(("user" = String, Path, description = "Id or user name.")),
    responses((status = 204, description = "It has ended."), Refused),
)]
async fn sign_out(State(state): State<AppState>, asker: Asker, Named(user): Named<String>) -> Result<StatusCode, Refusal> {
    let (actor, id) = about(&state, &asker, &user).await?;
    house::sign_out(&state.chat, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link that sets a new password.
#[derive(Serialize, ToSchema)]
struct ResetLink {
    /// The address on this server, for the owner of the account: it holds once, for a day.
    path: String,
}

/// Makes a link by which the owner of an account sets a new password. One that was made before holds no longer.
#[utoipa::path(
    post,
    path = "/api/v1/admin/people/{user}/reset-link",
    operation_id = "create_reset_link",
    tag = "admin",
    params(("user" = String, Path, description = "Id or user name.")),
    responses((status = 201, body = ResetLink), Refused),
)]
async fn reset_link(
    State(state): State<AppState>,
    asker: Asker,
    Named(user): Named<String>,
) -> Result<impl IntoResponse, Refusal> {
    let (actor, id) = about(&state, &asker, &user).await?;
    let path = ["/reset/", &house::reset_link(&state.chat, actor, id).await?].concat();
    Ok((StatusCode::CREATED, NO_STORE, Json(ResetLink { path })))
}

/// Everything that is kept about somebody, for themselves; of their password, that there is one. It is entered in the audit log.
#[utoipa::path(
    post,
    path = "/api/v1/admin/people/{user}/export",
    operation_id = "export_account",
    tag = "admin",
    params(("user" = String, Path, description = "Id or user name.")),
    responses((status = 200, body = Value), Refused),
)]
async fn export(State(state): State<AppState>, asker: Asker, Named(user): Named<String>) -> Result<impl IntoResponse, Refusal> {
    let (actor, id) = about(&state, &asker, &user).await?;
    Ok((NO_STORE, Json(house::export(&state.chat, actor, id).await?)))
}
