//! The log of an account: what is one person's own on all of their devices. Each entry has a place, `rev`, that is raised in the same
//! transaction. Here: alerts, short texts that are kept until they are dismissed.

use hub::{Frame, Signal};
use protocol::{Alert, AlertId, AlertKind, RoomId, RoomUnread, Seq, ServerFrame, User, UserId, limits};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement, TryGetableMany,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Error, Result,
    db::{
        Sql,
        entity::{alert, user},
        now, users,
    },
};

/// Accounts that are told one by one of a message that calls them.
const TOLD_MAX: usize = 100;

/// What somebody is to be told.
#[derive(Clone, Debug)]
pub(crate) struct NewAlert {
    /// What it is about.
    pub(crate) kind: AlertKind,
    /// At most [`protocol::limits::ALERT_MAX`] characters. One that begins with a blank goes on behind the name of its author, see [`told`].
    pub(crate) text: String,
    /// Who did it; nobody where it was the command line.
    pub(crate) author: Option<UserId>,
    /// The room that it is about.
    pub(crate) room: Option<RoomId>,
}

/// The text of an alert as it is shown. Names are not kept in it: whoever has another one is called by that, and whoever goes takes it along.
pub(crate) fn told(text: &str, author: Option<&User>) -> String {
    if !text.starts_with(' ') {
        return text.to_owned();
    }
    let name = author.map_or_else(|| users::HOUSE_NAME.to_owned(), User::in_sentence);
    [&name, text].concat().chars().take(limits::ALERT_MAX).collect()
}

/// Takes the names of somebody who goes out of alerts that hold them: those of floods, and of before names were left out.
pub(crate) async fn forget_names(db: &impl ConnectionTrait, user: &User, former: &str) -> Result<()> {
    let (backend, name) = (db.get_database_backend(), user.in_sentence());
    let length = name.chars().count();
    let own = Sql::new(backend, &format!("UPDATE alerts SET text = substr(text, {}) WHERE author_id = ", length + 1))
        .value(user.id.0)
        .text(" AND kind <> ")
        .value(AlertKind::Announcement.word())
        .text(&format!(" AND substr(text, 1, {length}) = "))
        .value(name);
    db.execute_raw(own.done()).await?;
    rename(db, &user.username, former).await
}

/// Has alerts of floods say another user name.
pub(crate) async fn rename(db: &impl ConnectionTrait, from: &str, to: &str) -> Result<()> {
    let floods = Sql::new(db.get_database_backend(), "UPDATE alerts SET text = replace(text, ")
        .value(format!("@{from} "))
        .text(", ")
        .value(format!("{to} "))
        .text(") WHERE kind = ")
        .value(AlertKind::Flood.word());
    db.execute_raw(floods.done()).await?;
    Ok(())
}

/// Where an account's log stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) rev: i64,
    /// Alerts that are neither read nor dismissed.
    pub(crate) unread: u64,
}

/// The column of an account's unread alerts, by the id in another column.
pub(crate) fn unread(user: &str) -> String {
    format!("(SELECT COUNT(*) FROM alerts WHERE user_id = {user} AND read_at IS NULL AND dismissed_at IS NULL)")
}

/// Where an account's log stands.
pub(crate) async fn head(db: &impl ConnectionTrait, user: UserId) -> Result<Head> {
    let found = heads(db, [user]).await?.pop();
    Ok(found.ok_or_else(|| Error::internal("no such account"))?.1)
}

/// Where the logs of these accounts stand.
pub(crate) async fn heads(db: &impl ConnectionTrait, users: impl IntoIterator<Item = UserId>) -> Result<Vec<(UserId, Head)>> {
    let mut users = users.into_iter().map(|user| user.0.into()).peekable();
    if users.peek().is_none() {
        return Ok(Vec::new());
    }
    let select = Sql::new(db.get_database_backend(), "SELECT u.id, u.rev, ").text(&unread("u.id"));
    let select = select.text(" FROM users u WHERE u.id IN ").list(users);
    let rows = db.query_all_raw(select.done()).await?;
    rows.iter()
        .map(|row| {
            let (user, rev, unread): (Uuid, i64, i64) = TryGetableMany::try_get_many_by_index(row).map_err(DbErr::from)?;
            Ok((UserId(user), Head { rev, unread: unread.unsigned_abs() }))
        })
        .collect()
}

/// What the sockets of an account are told when they may have missed something of these: the list of their rooms, what is new there.
pub(crate) fn missed(rev: i64) -> Frame {
    Frame::of(&ServerFrame::RoomsChanged { rev })
}

/// What the sockets of an account are told when alerts were read or dismissed.
pub(crate) fn changed(Head { rev, unread }: Head) -> Frame {
    Frame::of(&ServerFrame::AlertsChanged { rev, unread })
}

/// Enters it into the account's log, and gives what its sockets are to be told when that is committed.
pub(crate) async fn add(db: &impl ConnectionTrait, to: UserId, alert: NewAlert) -> Result<Signal> {
    let rev = raise_rev(db, to).await?;
    let NewAlert { kind, text: kept, author, room } = alert;
    let kept: String = kept.chars().take(limits::ALERT_MAX).collect();
    let author = match author {
        Some(author) => Some(users::person(db, author).await?),
        None => None,
    };
    let text = told(&kept, author.as_ref());
    let alert = Alert { id: AlertId::generate(), rev, kind, text, author, room, at: now(), read: false, dismissed: false };
    let row = alert::ActiveModel {
        id: Set(alert.id.0),
        user_id: Set(to.0),
        rev: Set(rev),
        kind: Set(kind.word().to_owned()),
        text: Set(kept),
        author_id: Set(alert.author.as_ref().map(|author| author.id.0)),
        room_id: Set(room.map(|room| room.0)),
        at: Set(alert.at),
        read_at: Set(None),
        dismissed_at: Set(None),
    };
    row.insert(db).await?;
    db.execute_raw(forget(db.get_database_backend(), to)).await?;
    let Head { unread, .. } = head(db, to).await?;
    Ok(Signal::Account { user: to, rev, frame: Frame::of(&ServerFrame::Alert { rev, unread, alert }) })
}

/// Enters that the list of somebody's rooms is another one, and gives what their sockets are to be told when that is committed.
pub(crate) async fn list_changed(db: &impl ConnectionTrait, to: UserId) -> Result<Signal> {
    let rev = raise_rev(db, to).await?;
    Ok(Signal::Account { user: to, rev, frame: missed(rev) })
}

/// Enters that somebody has read a room up to another place.
pub(crate) fn read(user: UserId, rev: i64, room: RoomUnread) -> Signal {
    let RoomUnread { room, head, last_read, unread, mentions, .. } = room;
    Signal::Account { user, rev, frame: Frame::of(&ServerFrame::Read { rev, room, head, last_read, unread, mentions }) }
}

/// Enters that somebody keeps a message for themselves, or no longer, and gives what their sockets are to be told when that is committed.
pub(crate) async fn bookmark_changed(db: &impl ConnectionTrait, to: UserId, room: RoomId, seq: Seq, on: bool) -> Result<Signal> {
    let rev = raise_rev(db, to).await?;
    Ok(Signal::Account { user: to, rev, frame: Frame::of(&ServerFrame::BookmarkChanged { rev, room, seq, on }) })
}

/// Takes the next place in the log of everybody who has one of these messages in their inbox, and gives what their sockets are to be told.
/// Where that would be very many they are not told one by one: the sockets that are there hear of it by the hub's catching up.
pub(crate) async fn called(db: &impl ConnectionTrait, messages: &[(RoomId, Seq)]) -> Result<Vec<Signal>> {
    let raised = db.query_all_raw(raise_called(db.get_database_backend(), messages)).await?;
    if raised.len() > TOLD_MAX {
        return Ok(Vec::new());
    }
    let signals = raised.iter().map(|row| {
        let (user, rev): (Uuid, i64) = TryGetableMany::try_get_many_by_index(row)?;
        Ok(Signal::Account { user: UserId(user), rev, frame: missed(rev) })
    });
    Ok(signals.collect::<std::result::Result<_, sea_orm::TryGetError>>().map_err(DbErr::from)?)
}

/// In one order, so that two nodes cannot wait for each other, and without a claim on the rows themselves: those that point to an account
/// are written meanwhile.
fn raise_called(backend: DbBackend, messages: &[(RoomId, Seq)]) -> Statement {
    let of_message =
        |sql: Sql, (room, seq): &(RoomId, Seq)| sql.text("room_id = ").value(room.0).text(" AND seq = ").value(seq.0);
    Sql::new(backend, "UPDATE users SET rev = rev + 1 WHERE id IN (SELECT u.id FROM users u WHERE u.id IN (")
        .text("SELECT user_id FROM inbox WHERE ")
        .any(messages, of_message)
        .text(")")
        .postgres(" ORDER BY u.id FOR NO KEY UPDATE")
        .text(") RETURNING id, rev")
        .done()
}

/// Drops all but the newest of them, those first that were dismissed.
fn forget(backend: DbBackend, user: UserId) -> Statement {
    Sql::new(backend, "DELETE FROM alerts WHERE user_id = ")
        .value(user.0)
        .text(" AND id NOT IN (SELECT id FROM alerts WHERE user_id = ")
        .value(user.0)
        .text(" ORDER BY CASE WHEN dismissed_at IS NULL THEN 0 ELSE 1 END, at DESC, id DESC")
        .limit(limits::ALERTS_KEPT)
        .text(")")
        .done()
}

/// Takes the next place in an account's log. The row stays locked until the transaction ends, so places are committed in their order.
pub(crate) async fn raise_rev(db: &impl ConnectionTrait, account: UserId) -> Result<i64> {
    let rows = user::Entity::update_many()
        .col_expr(user::Column::Rev, Expr::col(user::Column::Rev).add(1))
        .filter(user::Column::Id.eq(account.0))
        .exec_with_returning(db)
        .await?;
    Ok(rows.first().ok_or_else(|| Error::internal(format!("account {account} has gone")))?.rev)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::plan;

    #[tokio::test]
    async fn who_is_called_is_found_without_reading_all_inboxes() {
        let one = (RoomId::generate(), Seq(2));
        for messages in [&[one][..], &[one, (one.0, Seq(3))]] {
            let steps = plan(raise_called(DbBackend::Sqlite, messages)).await;
            assert!(steps.contains("SEARCH inbox USING") && !steps.contains("SCAN inbox"), "{steps}");
        }
    }
}
