//! How far somebody has read their rooms.

use protocol::{Arrangement, RoomsUnread, UserId};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};

use super::quiet::Settled;
use crate::{
    Chat, Error, Result,
    db::{Sql, now},
    marks,
    policy::Actor,
    rooms::parse_arrangement,
};

/// What is new in each room of the actor's list; guests have none. A client begins with it, and reads it anew when it may have missed
/// something.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<RoomsUnread> {
    let Actor::User(user) = actor else { return Ok(RoomsUnread::default()) };
    let db = chat.db().read();
    let backend = db.get_database_backend();
    // The account before the rooms: what comes in between is in both.
    let mut answers =
        db.query_each(vec![select_account(backend, user), marks::select_of_rooms(backend, user)]).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let (account, rooms) = (next().pop(), next());
    let account = Account::of_row(&account.ok_or_else(|| Error::internal("no such account"))?)?;
    account.unread(chat, user, &rooms).await
}

/// What somebody's pages go by: where the log of their account stands, how the list is arranged, when they are not to be disturbed.
pub(crate) struct Account {
    rev: i64,
    pub(crate) arrangement: Arrangement,
    quiet: Settled,
}

/// Asks for that.
pub(crate) fn select_account(backend: DbBackend, user: UserId) -> Statement {
    let columns = "SELECT u.rev, u.sidebar, u.quiet_from, u.quiet_to, u.quiet_until, u.time_zone FROM users u WHERE u.id = ";
    Sql::new(backend, columns).value(user.0).done()
}

impl Account {
    pub(crate) fn of_row(row: &QueryResult) -> std::result::Result<Self, DbErr> {
        let arrangement = parse_arrangement(&row.try_get_by_index::<String>(1)?);
        Ok(Self { rev: row.try_get_by_index(0)?, arrangement, quiet: Settled::of_row(row, 2)? })
    }

    /// What is new in the rooms of their list, by the rows of their marks, which were read after the account.
    pub(crate) async fn unread(&self, chat: &Chat, user: UserId, rows: &[QueryResult]) -> Result<RoomsUnread> {
        let rooms = marks::of_rows(chat.db().read(), chat.counted(), (chat.db().epoch(), user), rows).await?;
        Ok(RoomsUnread { rev: self.rev, quiet: self.quiet.at(now()), rooms })
    }
}
