//! Everybody who has an account.

use protocol::{ErrorCode, HouseRole, UserId, Username};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, prelude::Uuid};
use serde::Serialize;

use super::doer::{By, Doer};
use crate::{
    Chat, Result,
    db::{
        entity::{membership, session, user},
        now,
        sessions::is_alive,
        users,
    },
    policy::HouseAction,
};

/// People of a page.
const PAGE: u64 = 50;

/// Whom to look for.
#[derive(Clone, Debug, Default)]
pub struct PeopleSearch {
    /// A part of the user name or of the name; empty for all.
    pub text: String,
    /// Only those who are this in the house.
    pub role: Option<HouseRole>,
    /// Only those who are suspended.
    pub suspended: bool,
    /// The user name after which the page begins.
    pub after: String,
}

/// An account, as admins see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Id.
    pub id: UserId,
    /// User name.
    pub username: String,
    /// Name to show.
    pub name: String,
    /// Whether a program speaks through it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bot: bool,
    /// What it is in the house.
    pub role: HouseRole,
    /// Since when, in unix milliseconds.
    pub created_at: i64,
    /// Until when it is suspended; the largest number for ever.
    pub suspended_until: Option<i64>,
    /// Why.
    pub suspended_for: String,
}

/// A page of people.
#[derive(Clone, Debug, Default)]
pub struct PeoplePage {
    /// By user name.
    pub people: Vec<Account>,
    /// The last of them, where there are more.
    pub next: Option<String>,
}

/// An account with what belongs to it.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// Rooms that it is in.
    pub rooms: u64,
    /// Places where it is signed in.
    pub sessions: u64,
    /// Whether a hook or a command speaks through it.
    #[serde(skip)]
    pub is_voice: bool,
}

impl From<user::Model> for Account {
    fn from(row: user::Model) -> Self {
        Self {
            id: UserId(row.id),
            username: row.username,
            name: row.name,
            bot: row.bot,
            role: row.role.into(),
            created_at: row.created_at,
            suspended_until: row.suspended_until.filter(|until| *until > now()),
            suspended_for: row.suspended_for,
        }
    }
}

/// The account, unless it is a former member's.
pub(super) async fn found(db: &impl ConnectionTrait, id: UserId) -> Result<user::Model> {
    let row = user::Entity::find_by_id(id.0).one(db).await?.filter(|account| account.deleted_at.is_none());
    Ok(row.ok_or(ErrorCode::NotFound)?)
}

/// People by user name.
///
/// # Errors
/// `not_allowed`, `unavailable`.
pub async fn people(chat: &Chat, by: impl Into<By>, search: PeopleSearch) -> Result<PeoplePage> {
    let db = chat.db().read();
    Doer::of(db, by.into()).await?.permit(HouseAction::Administer, &chat.settings())?;
    let mut select = users::by_text(&search.text, &search.after).limit(PAGE + 1);
    if let Some(role) = search.role {
        select = select.filter(user::Column::Role.eq(user::Role::from(role)));
    }
    if search.suspended {
        select = select.filter(user::Column::SuspendedUntil.gt(now()));
    }
    let mut people: Vec<Account> = select.all(db).await?.into_iter().map(Into::into).collect();
    let more = people.len() as u64 > PAGE;
    people.truncate(PAGE as usize);
    Ok(PeoplePage { next: people.last().filter(|_| more).map(|last| last.username.clone()), people })
}

/// One of them, by user name or id.
///
/// # Errors
/// `not_found`, `not_allowed`, `unavailable`.
pub async fn person(chat: &Chat, by: impl Into<By>, username: &str) -> Result<Person> {
    let db = chat.db().read();
    Doer::of(db, by.into()).await?.permit(HouseAction::Administer, &chat.settings())?;
    // No user name is as long as an id.
    let account = match username.parse() {
        Ok(id) => found(db, id).await?,
        Err(_) => {
            let username = Username::parse(username).map_err(|_| ErrorCode::NotFound)?;
            users::by_name(db, &username).await?.ok_or(ErrorCode::NotFound)?
        }
    };
    let id: Uuid = account.id;
    let rooms = membership::Entity::find().filter(membership::Column::UserId.eq(id)).count(db).await?;
    let sessions = session::Entity::find().filter(session::Column::UserId.eq(id)).filter(is_alive()).count(db).await?;
    let is_voice = users::is_voice(db, account.id).await?;
    Ok(Person { account: account.into(), rooms, sessions, is_voice })
}
