//! The house in figures, its audit log, what was reported, its invites, and telling everybody something.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, Uri},
};
use chat::{
    Need,
    house::{self, AuditEntry, AuditSearch, By},
    invites,
    messages::{self, Place, Report},
};
use protocol::{RoomId, Seq, User, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        cursor::{Cursor, Page},
        extract::{Fields, Named, Payload},
        invites::InviteLinks,
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(figures))
        .routes(routes!(audit))
        .routes(routes!(announce))
        .routes(routes!(reports))
        .routes(routes!(list_invites))
        .routes(routes!(revoke))
}

/// The house in figures.
#[derive(Serialize, ToSchema)]
struct HouseFigures {
    /// Accounts.
    people: i64,
    /// Rooms; conversations are not counted.
    rooms: i64,
    messages: i64,
    /// Size of the database.
    bytes: i64,
    /// Sockets that are open on this node.
    connections: usize,
    /// Messages a minute over the last day, in steps of ten minutes, the oldest first.
    sends: Vec<f64>,
}

/// The house in figures.
#[utoipa::path(
    get,
    path = "/api/v1/admin/figures",
    operation_id = "read_figures",
    tag = "admin",
    responses((status = 200, body = HouseFigures), Refused),
)]
async fn figures(State(state): State<AppState>, asker: Asker) -> Result<Json<HouseFigures>, Refusal> {
    let figures = house::figures(&state.chat, asker.may(Need::Admin)?).await?;
    let house::Figures { people, rooms, messages, bytes, connections, sends } = figures;
    Ok(Json(HouseFigures { people, rooms, messages, bytes, connections, sends }))
}

/// Which entries are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichDeeds {
    /// Who did it: a user name with its `@`, or `command line`.
    #[serde(default)]
    actor: String,
    /// What was done.
    #[serde(default)]
    action: String,
    /// To whom or what, such as `@bob` or `/r/garden`.
    #[serde(default)]
    subject: String,
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<Uuid>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
struct AuditedDeed {
    at: i64,
    /// Who.
    actor: String,
    /// What.
    action: String,
    /// To whom or what.
    subject: String,
    /// How.
    detail: String,
}

impl From<AuditEntry> for AuditedDeed {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { at, actor, action, subject, detail } = entry;
        Self { at, actor, action, subject, detail }
    }
}

#[derive(Serialize, ToSchema)]
struct AuditLog {
    /// The newest first.
    entries: Vec<AuditedDeed>,
    /// What can be asked for as `action`.
    actions: Vec<&'static str>,
}

/// Who did what to whom.
#[utoipa::path(
    get,
    path = "/api/v1/admin/audit",
    operation_id = "list_audit_log",
    tag = "admin",
    params(WhichDeeds),
    responses((status = 200, body = AuditLog, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))), Refused),
)]
async fn audit(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(WhichDeeds { actor, action, subject, cursor: Cursor(after) }): Fields<WhichDeeds>,
) -> Result<Page<AuditLog>, Refusal> {
    let search = AuditSearch { actor, action, subject, after };
    let page = house::audit(&state.chat, asker.may(Need::Admin)?, search).await?;
    let log = AuditLog { entries: page.entries.into_iter().map(Into::into).collect(), actions: page.actions };
    Ok(Page::new(&uri, log, page.next.as_ref()))
}

/// Something that everybody is to know.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Announcement {
    text: String,
}

/// Who was told.
#[derive(Serialize, ToSchema)]
struct Announced {
    /// How many people.
    told: u64,
}

/// Tells everybody who has an account, by an alert.
#[utoipa::path(
    post,
    path = "/api/v1/admin/announcements",
    operation_id = "send_announcement",
    tag = "admin",
    request_body = Announcement,
    responses((status = 201, body = Announced), Refused),
)]
async fn announce(
    State(state): State<AppState>,
    asker: Asker,
    Payload(Announcement { text }): Payload<Announcement>,
) -> Result<(StatusCode, Json<Announced>), Refusal> {
    let told = house::announce(&state.chat, asker.may(Need::Admin)?, &text).await?;
    Ok((StatusCode::CREATED, Json(Announced { told })))
}

/// The room of a report.
#[derive(Serialize, ToSchema)]
struct ReportedIn {
    id: RoomId,
    slug: String,
    /// None of a conversation.
    name: String,
    visibility: Visibility,
}

/// What was brought before those who keep order.
#[derive(Serialize, ToSchema)]
struct HouseReport {
    id: String,
    /// Who brought it.
    by: User,
    /// Why.
    reason: String,
    /// When.
    at: i64,
    /// Where it was written.
    room: ReportedIn,
    /// The place of the message.
    seq: Seq,
    /// Who wrote it.
    author: User,
    /// Markdown source.
    body: String,
    /// How often its text was changed.
    revision: u32,
}

impl From<Report> for HouseReport {
    fn from(report: Report) -> Self {
        let Report { id, by, reason, at, seq, author, body, revision, place, .. } = report;
        let Place { id: room, slug, name, visibility } = place;
        Self { id, by, reason, at, room: ReportedIn { id: room, slug, name, visibility }, seq, author, body, revision }
    }
}

#[derive(Serialize, ToSchema)]
struct HouseReports {
    /// The newest first.
    reports: Vec<HouseReport>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageOfReports {
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<Uuid>,
}

/// What was reported in any room and is not seen to.
#[utoipa::path(
    get,
    path = "/api/v1/admin/reports",
    operation_id = "list_house_reports",
    tag = "admin",
    params(PageOfReports),
    responses((status = 200, body = HouseReports, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))), Refused),
)]
async fn reports(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(PageOfReports { cursor: Cursor(after) }): Fields<PageOfReports>,
) -> Result<Page<HouseReports>, Refusal> {
    let page = messages::all_reports(&state.chat, asker.may(Need::Admin)?, after).await?;
    let reports = page.reports.into_iter().map(Into::into).collect();
    Ok(Page::new(&uri, HouseReports { reports }, page.next.as_ref()))
}

/// All invites that hold, whoever made them.
#[utoipa::path(
    get,
    path = "/api/v1/admin/invites",
    operation_id = "list_house_invites",
    tag = "admin",
    responses((status = 200, body = InviteLinks), Refused),
)]
async fn list_invites(State(state): State<AppState>, asker: Asker) -> Result<Json<InviteLinks>, Refusal> {
    let actor = asker.may(Need::Admin)?;
    house::must_administer(&state.chat, actor).await?;
    Ok(Json(invites::list(&state.chat, By::Admin(actor), None).await?.into()))
}

/// Takes an invite back, whoever made it.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/invites/{invite}",
    operation_id = "revoke_house_invite",
    tag = "admin",
    params(("invite" = Uuid, Path, description = "Id of the invite.")),
    responses((status = 204, description = "It holds no longer."), Refused),
)]
async fn revoke(State(state): State<AppState>, asker: Asker, Named(invite): Named<Uuid>) -> Result<StatusCode, Refusal> {
    let actor = asker.may(Need::Admin)?;
    house::must_administer(&state.chat, actor).await?;
    invites::revoke(&state.chat, By::Admin(actor), invite).await?;
    Ok(StatusCode::NO_CONTENT)
}
