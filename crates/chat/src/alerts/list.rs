//! The alerts of an account.

use protocol::{Alert, AlertId, AlertKind, Alerts, RoomId, User, UserId, limits};
use sea_orm::{ConnectionTrait, FromQueryResult, prelude::Uuid};

use crate::{
    Chat, Error, Result,
    account_log::{self, Head},
    db::Sql,
    sessions::Session,
};

/// The alerts of somebody that are not dismissed, the newest first; or, after a place in the log of their account, all that changed since,
/// those that were dismissed too.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, session: &Session, after: Option<i64>) -> Result<Alerts> {
    let (db, user) = (chat.db().read(), session.user.id);
    // Before the alerts: what comes in between is found again after this place.
    let Head { rev, unread } = account_log::head(db, user).await?;
    // Of one that was dropped, because there are so many, nothing says that it is gone.
    let known = match after {
        Some(after) if after <= rev && kept(db, user).await? < limits::ALERTS_KEPT => Some(after),
        _ => None,
    };
    let columns = "SELECT a.id, a.rev, a.kind, a.text, a.room_id, a.at, a.read_at, a.dismissed_at, a.author_id, u.username, u.name, \
                   u.ambiguous, u.picture, u.bot FROM alerts a LEFT JOIN users u ON u.id = a.author_id WHERE a.user_id = ";
    let select = Sql::new(db.get_database_backend(), columns).value(user.0);
    let select = match known {
        Some(after) => select.text(" AND a.rev > ").value(after),
        None => select.text(" AND a.dismissed_at IS NULL"),
    };
    // Not by id alone: those of an announcement are made by the database, of chance.
    let rows = db.query_all_raw(select.text(" ORDER BY a.at DESC, a.id DESC").done()).await?;
    let alerts = rows.iter().map(|row| alert(Row::from_query_result(row, "")?)).collect::<Result<_>>()?;
    Ok(Alerts { rev, unread, reset: known.is_none(), alerts })
}

/// How many are kept.
async fn kept(db: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    let count = Sql::new(db.get_database_backend(), "SELECT COUNT(*) FROM alerts WHERE user_id = ").value(user.0);
    let row = db.query_one_raw(count.done()).await?;
    let count: i64 = row.ok_or_else(|| Error::internal("a count without a row"))?.try_get_by_index(0)?;
    Ok(count.unsigned_abs())
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    rev: i64,
    kind: String,
    text: String,
    room_id: Option<Uuid>,
    at: i64,
    read_at: Option<i64>,
    dismissed_at: Option<i64>,
    author_id: Option<Uuid>,
    username: Option<String>,
    name: Option<String>,
    ambiguous: Option<bool>,
    picture: Option<String>,
    bot: Option<bool>,
}

fn alert(row: Row) -> Result<Alert> {
    let kind = AlertKind::ALL.into_iter().find(|kind| kind.word() == row.kind);
    let author = match (row.author_id, row.username, row.name, row.ambiguous) {
        (Some(id), Some(username), Some(name), Some(ambiguous)) => {
            Some(User { id: UserId(id), username, name, ambiguous, picture: row.picture, bot: row.bot.unwrap_or_default() })
        }
        _ => None,
    };
    Ok(Alert {
        id: AlertId(row.id),
        rev: row.rev,
        kind: kind.ok_or_else(|| Error::internal(format!("an alert of an unknown kind, {}", row.kind)))?,
        text: account_log::told(&row.text, author.as_ref()),
        author,
        room: row.room_id.map(RoomId),
        at: row.at,
        read: row.read_at.is_some(),
        dismissed: row.dismissed_at.is_some(),
    })
}
