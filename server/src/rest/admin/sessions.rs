//! `/api/v1/admin/sessions`: everything that anybody is signed in with.

use axum::{
    extract::State,
    http::{StatusCode, Uri},
};
use chat::{
    Need,
    house::{self, HouseSession, SessionSearch},
};
use protocol::SessionId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    answers::Refusal,
    rest::{
        asker::Asker,
        cursor::{Cursor, Page},
        extract::{Fields, Named},
        openapi::Refused,
    },
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// Something that somebody is signed in with.
#[derive(Serialize, ToSchema)]
struct AccountSession {
    id: SessionId,
    /// Whose, by user name.
    username: String,
    /// Whose, by name.
    name: String,
    /// The browser or program, as it named itself; may be empty.
    agent: String,
    /// Where it was used from last; empty where that is not known.
    address: String,
    began: i64,
    /// When it was used last, as far as that is known.
    used: i64,
    /// Whether you may end it.
    may_be_ended: bool,
}

impl From<HouseSession> for AccountSession {
    fn from(session: HouseSession) -> Self {
        let HouseSession { id, username, name, agent, address, began, used, may_be_ended } = session;
        Self { id, username, name, agent, address, began, used, may_be_ended }
    }
}

#[derive(Serialize, ToSchema)]
struct AccountSessions {
    /// Those that began last come first.
    sessions: Vec<AccountSession>,
}

/// Which sessions are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichSessions {
    /// Whose, by user name.
    #[serde(default)]
    username: String,
    /// From the `Link` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    cursor: Cursor<SessionId>,
}

/// Everything that anybody is signed in with.
#[utoipa::path(
    get,
    path = "/api/v1/admin/sessions",
    operation_id = "list_sessions",
    tag = "admin",
    params(WhichSessions),
    responses((status = 200, body = AccountSessions, headers(("Link" = String, description = "The next page, if there is one: `rel=\"next\"`."))), Refused),
)]
async fn list(
    State(state): State<AppState>,
    asker: Asker,
    uri: Uri,
    Fields(WhichSessions { username, cursor }): Fields<WhichSessions>,
) -> Result<Page<AccountSessions>, Refusal> {
    let search = SessionSearch { username, after: cursor.0.map(|session| session.0) };
    let page = house::sessions(&state.chat, asker.may(Need::Admin)?, search).await?;
    let sessions = page.sessions.into_iter().map(Into::into).collect();
    Ok(Page::new(&uri, AccountSessions { sessions }, page.next.as_ref()))
}

/// Ends one of them.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/sessions/{session}",
    operation_id = "end_session",
    tag = "admin",
    params(("session" = SessionId, Path, description = "Id of the session.")),
    responses((status = 204, description = "It has ended."), Refused),
)]
async fn end(State(state): State<AppState>, asker: Asker, Named(session): Named<SessionId>) -> Result<StatusCode, Refusal> {
    house::end_session(&state.chat, asker.may(Need::Admin)?, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
