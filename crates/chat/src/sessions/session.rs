//! A sign-in, and what finds it.

use protocol::{HouseRole, SessionId, User};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, TryGetableMany, prelude::Uuid};

use crate::{
    Result, account_log,
    credentials::RefreshToken,
    db::{Sql, Transaction, entity::user, now, users},
    policy::{self, Actor, HouseAction, HouseRules},
};

/// Somebody's sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which sign-in.
    pub id: SessionId,
    /// Whose.
    pub user: User,
    /// What they are in the house.
    pub role: HouseRole,
}

impl Session {
    /// Whether the administration is open to them.
    #[must_use]
    pub fn administers(&self) -> bool {
        let rules = HouseRules { members_make_rooms: false, members_invite: false, members_make_bots: false };
        policy::permit(Some(self.role), HouseAction::Administer, rules).is_ok()
    }
}

impl From<Option<&Session>> for Actor {
    fn from(session: Option<&Session>) -> Self {
        session.map_or(Self::Guest, |session| Self::User(session.user.id))
    }
}

/// A refresh token and the session that it belongs to.
pub(super) struct Found {
    pub(super) hash: String,
    pub(super) standing: Standing,
    /// When the session began, and when it ends if it is not used again.
    pub(super) began: i64,
    pub(super) ends: i64,
    pub(super) session: Session,
    /// Alerts that its person has not read.
    pub(super) unread: u64,
}

/// Where a refresh token stands in the succession of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It was not exchanged yet: it follows the last one that was.
    Next,
    /// It was exchanged last, and none of its successors has been: their answer may be lost.
    Last,
    /// Another one goes on in its place. Whoever shows it has a copy, or has been robbed.
    Spent,
}

/// Looks a refresh token up, of a session that has not ended.
pub(super) async fn lookup(db: &impl ConnectionTrait, token: &str) -> Result<Option<Found>> {
    let hash = RefreshToken::hash_of(token);
    let row = db.query_one_raw(select(db.get_database_backend(), &hash)).await?;
    row.map(|row| found(hash, &row)).transpose()
}

/// As [`lookup`], and nobody else exchanges a token of that session before the transaction ends.
pub(super) async fn lock(transaction: &Transaction, token: &str) -> Result<Option<Found>> {
    let hash = RefreshToken::hash_of(token);
    let backend = transaction.get_database_backend();
    // On PostgreSQL each statement sees what was committed before it: so the lock, then the look. SQLite has one writer anyway.
    let lock = Sql::new(backend, "SELECT s.id FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id WHERE t.hash = ")
        .value(hash.as_str())
        .postgres(" FOR NO KEY UPDATE OF s");
    let rows = transaction.query_each(vec![lock.done(), select(backend, &hash)]).await?;
    rows.last().and_then(|rows| rows.first()).map(|row| found(hash, row)).transpose()
}

fn select(backend: DbBackend, hash: &str) -> Statement {
    let columns = "SELECT t.replaced_at, s.renewed_with, s.created_at, s.expires_at, s.id, u.id, u.username, u.name, u.ambiguous, u.picture, u.bot, \
                   u.role, ";
    Sql::new(backend, columns)
        .text(&account_log::unread("u.id"))
        .text(" FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id WHERE t.hash = ")
        .value(hash)
        .text(" AND s.revoked_at IS NULL AND s.expires_at > ")
        .value(now())
        .done()
}

fn found(hash: String, row: &QueryResult) -> Result<Found> {
    type Columns = (Option<i64>, Option<String>, i64, i64, Uuid);
    let (replaced_at, renewed_with, began, ends, id) = Columns::try_get_many_by_index(row).map_err(DbErr::from)?;
    let (role, unread): (user::Role, i64) = (row.try_get_by_index(11)?, row.try_get_by_index(12)?);
    let standing = match replaced_at {
        None => Standing::Next,
        Some(_) if renewed_with.as_ref() == Some(&hash) => Standing::Last,
        Some(_) => Standing::Spent,
    };
    let session = Session { id: SessionId(id), user: users::of_row(row, 5)?, role: role.into() };
    Ok(Found { hash, standing, began, ends, session, unread: unread.unsigned_abs() })
}
