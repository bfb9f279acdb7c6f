//! Everything that anybody is signed in with.

use protocol::{ErrorCode, HouseRole, SessionId, UserId, Username};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
    people::found,
};
use crate::{
    Chat, Result,
    db::{
        entity::{session, user},
        sessions::is_alive,
        users,
    },
    policy::HouseAction,
    sessions,
};

/// Sessions of a page.
const PAGE: u64 = 50;

/// Which sessions are looked for.
#[derive(Clone, Debug, Default)]
pub struct SessionSearch {
    /// Whose, by user name; empty for everybody's.
    pub username: String,
    /// The session after which the page begins.
    pub after: Option<Uuid>,
}

/// A session, as admins see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseSession {
    /// Which one.
    pub id: SessionId,
    /// Whose, by user name.
    pub username: String,
    /// Whose, by name.
    pub name: String,
    /// The browser or program, as it named itself; empty where it did not.
    pub agent: String,
    /// Where it was used from last; empty where that is not known.
    pub address: String,
    /// When it began.
    pub began: i64,
    /// When it was used last, as far as that is known.
    pub used: i64,
    /// Whether whoever asks may end it.
    pub may_be_ended: bool,
}

/// A page of sessions.
#[derive(Clone, Debug, Default)]
pub struct SessionsPage {
    /// Those that began last come first.
    pub sessions: Vec<HouseSession>,
    /// The last of them, where there are more.
    pub next: Option<String>,
}

/// The sessions that have not ended.
///
/// # Errors
/// `not_allowed`, `unavailable`.
pub async fn sessions(chat: &Chat, by: impl Into<By>, search: SessionSearch) -> Result<SessionsPage> {
    let (db, settings) = (chat.db().read(), chat.settings());
    let doer = Doer::of(db, by.into()).await?;
    doer.permit(HouseAction::Administer, &settings)?;
    // Ids sort by the time that they were made.
    let mut select = session::Entity::find().find_also_related(user::Entity).filter(is_alive());
    select = select.order_by_desc(session::Column::Id).limit(PAGE + 1);
    let whose = search.username.trim().trim_start_matches('@');
    if !whose.is_empty() {
        let account = match Username::parse(whose) {
            Ok(username) => users::by_name(db, &username).await?,
            Err(_) => None,
        };
        let Some(account) = account else { return Ok(SessionsPage::default()) };
        select = select.filter(session::Column::UserId.eq(account.id));
    }
    if let Some(after) = search.after {
        select = select.filter(session::Column::Id.lt(after));
    }
    let mut sessions: Vec<HouseSession> = Vec::new();
    for (row, account) in select.all(db).await? {
        let Some(account) = account else { continue };
        let (began, used) = (row.created_at, row.used_at.unwrap_or(row.created_at));
        let action = HouseAction::ManageAccount(HouseRole::from(account.role));
        let may_be_ended = doer.id == Some(UserId(account.id)) || doer.permit(action, &settings).is_ok();
        let (id, user::Model { username, name, .. }) = (SessionId(row.id), account);
        sessions.push(HouseSession { id, username, name, agent: row.agent, address: row.address, began, used, may_be_ended });
    }
    let more = sessions.len() as u64 > PAGE;
    sessions.truncate(PAGE as usize);
    Ok(SessionsPage { next: sessions.last().filter(|_| more).map(|last| last.id.to_string()), sessions })
}

/// Ends one of them, wherever it is connected.
///
/// # Errors
/// `not_found`, `not_allowed` for one of somebody whom the actor has no say over, `unavailable`.
pub async fn end_session(chat: &Chat, by: impl Into<By>, id: SessionId) -> Result<()> {
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, by.into()).await?;
    // First, so that nobody learns by this which sessions there are.
    doer.permit(HouseAction::Administer, &chat.settings())?;
    let row = session::Entity::find_by_id(id.0).filter(is_alive()).one(&transaction).await?.ok_or(ErrorCode::NotFound)?;
    let account = found(&transaction, UserId(row.user_id)).await?;
    if doer.id != Some(UserId(account.id)) {
        doer.permit(HouseAction::ManageAccount(HouseRole::from(account.role)), &chat.settings())?;
    }
    let subject = Subject::account(UserId(account.id), &account.username);
    enter(&transaction, &doer, Deed::SignOut, subject, "one session".to_owned()).await?;
    transaction.commit().await?;
    sessions::revoke(chat, id).await
}
