//! Bringing a message before those who keep order.

use protocol::{AlertKind, ErrorCode, Field, FieldError, Problem, Room, RoomId, RoomRef, Seq, User, UserId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, TryGetableMany,
    prelude::Uuid, sea_query::Expr,
};

use super::{
    delete::{Asked, asked},
    find::find,
};
use crate::{
    Chat, Result,
    account_log::NewAlert,
    db::{
        Sql,
        entity::{membership::Role, report},
        now, users,
    },
    policy::{Action, Actor},
    rooms,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Longest reason, in characters.
const REASON_MAX: usize = 300;
/// Reports that are listed, the newest first.
const LISTED: u64 = 100;
/// Those who keep order that are told of a report.
const TOLD_MAX: u64 = 20;

/// What was brought before those who keep order.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its id.
    pub id: String,
    /// Who brought it.
    pub by: User,
    /// Why.
    pub reason: String,
    /// When.
    pub at: i64,
    /// The place of the message.
    pub seq: Seq,
    /// Who wrote it.
    pub author: User,
    /// Markdown source.
    pub body: String,
}

/// A message that this actor may report.
///
/// # Errors
/// As [`report`].
pub async fn reportable(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<Asked> {
    asked(chat, actor, room, seq, Action::Report).await
}

/// Reports the message at a place. One person's second report of it changes nothing.
///
/// # Errors
/// `invalid` without a reason; `not_found` also for what this actor may not know of; `not_a_member`, `not_authenticated`, `throttled`,
/// `unavailable`.
pub async fn report(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, reason: &str) -> Result<Room> {
    let by = actor.user()?;
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let problem = match reason.chars().count() {
        0 => Some(Problem::Empty),
        n if n > REASON_MAX => Some(Problem::TooLong { max: REASON_MAX }),
        _ => None,
    };
    if let Some(problem) = problem {
        return Err(FieldError { field: Field::Reason, problem }.into());
    }
    chat.deeds().by(by, Deed::Moderate)?;
    chat.writer().run(Bring { by, room: room.clone(), seq, reason }).await
}

/// What was reported in a room and is not seen to, for those who keep order there.
///
/// # Errors
/// `not_allowed` for others; `not_found` also for what this actor may not know of; `not_a_member`, `archived`, `not_authenticated`,
/// `unavailable`.
pub async fn reports(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<(Room, Vec<Report>)> {
    let db = chat.db().read();
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Moderate)?;
    let select = Sql::new(db.get_database_backend(), "SELECT r.id, r.reason, r.at, m.seq, m.body, ")
        .text("b.id, b.username, b.name, b.ambiguous, b.picture, a.id, a.username, a.name, a.ambiguous, a.picture ")
        .text("FROM reports r JOIN messages m ON m.id = r.message_id JOIN users b ON b.id = r.by_id ")
        .text("JOIN users a ON a.id = m.author_id WHERE r.closed_at IS NULL AND r.room_id = ")
        .value(found.room.id.0)
        .text(" ORDER BY r.at DESC, r.id")
        .limit(LISTED);
    let rows = db.query_all_raw(select.done()).await?;
    let reports = rows.iter().map(|row| {
        type Columns = (Uuid, String, i64, i64, String, Uuid, String, String, bool, Option<String>);
        let (id, reason, at, seq, body, by, username, name, ambiguous, picture) = Columns::try_get_many_by_index(row)?;
        let by = User { id: UserId(by), username, name, ambiguous, picture };
        let author = User {
            id: UserId(row.try_get_by_index(10)?),
            username: row.try_get_by_index(11)?,
            name: row.try_get_by_index(12)?,
            ambiguous: row.try_get_by_index(13)?,
            picture: row.try_get_by_index(14)?,
        };
        Ok(Report { id: id.to_string(), by, reason, at, seq: Seq(seq), author, body })
    });
    Ok((found.room, reports.collect::<std::result::Result<Vec<_>, DbErr>>()?))
}

/// Those who keep order have seen to a report.
///
/// # Errors
/// As [`reports`].
pub async fn close_report(chat: &Chat, actor: Actor, room: &RoomRef, report: &str) -> Result<Room> {
    let moderator = actor.user()?;
    let report = report.parse().map_err(|_| ErrorCode::NotFound)?;
    chat.deeds().by(moderator, Deed::Moderate)?;
    chat.writer().run(Close { moderator, room: room.clone(), report }).await
}

struct Bring {
    by: UserId,
    room: RoomRef,
    seq: Seq,
    reason: String,
}

impl Work for Bring {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = rooms::load(&**transaction, Actor::User(self.by), &self.room).await?;
        found.access.permit(Action::Report)?;
        let room = found.room;
        let message = find(&**transaction, room.id, self.seq).await?;
        let known = report::Entity::find()
            .filter(report::Column::MessageId.eq(message.id.0))
            .filter(report::Column::ById.eq(self.by.0))
            .one(&**transaction)
            .await?;
        if known.is_some() || message.deleted {
            return Ok(room);
        }
        let row = report::ActiveModel {
            id: Set(Uuid::now_v7()),
            room_id: Set(room.id.0),
            message_id: Set(message.id.0),
            by_id: Set(self.by.0),
            reason: Set(self.reason.clone()),
            at: Set(now()),
            closed_at: Set(None),
            closed_by: Set(None),
        };
        row.insert(&**transaction).await?;
        let name = users::person(&**transaction, self.by).await?.in_sentence();
        for moderator in moderators(&**transaction, room.id).await? {
            let text = [&name, " reported a message in ", &room.name, "."].concat();
            let alert = NewAlert { kind: AlertKind::Report, text, author: Some(self.by), room: Some(room.id) };
            transaction.alert(moderator, alert).await?;
        }
        Ok(room)
    }
}

/// Those who keep order in a room, always in the same order: their rows are locked one after the other.
async fn moderators(db: &impl ConnectionTrait, room: RoomId) -> Result<Vec<UserId>> {
    let select = Sql::new(db.get_database_backend(), "SELECT user_id FROM memberships WHERE room_id = ")
        .value(room.0)
        .text(" AND role IN ")
        .list([Role::Owner.into(), Role::Moderator.into()])
        .text(" ORDER BY user_id")
        .limit(TOLD_MAX);
    let rows = db.query_all_raw(select.done()).await?;
    Ok(rows.iter().map(|row| Ok(UserId(row.try_get_by_index(0)?))).collect::<std::result::Result<_, DbErr>>()?)
}

struct Close {
    moderator: UserId,
    room: RoomRef,
    report: Uuid,
}

impl Work for Close {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = rooms::load(&**transaction, Actor::User(self.moderator), &self.room).await?;
        found.access.permit(Action::Moderate)?;
        report::Entity::update_many()
            .col_expr(report::Column::ClosedAt, Expr::value(now()))
            .col_expr(report::Column::ClosedBy, Expr::value(self.moderator.0))
            .filter(report::Column::Id.eq(self.report))
            .filter(report::Column::RoomId.eq(found.room.id.0))
            .filter(report::Column::ClosedAt.is_null())
            .exec(&**transaction)
            .await?;
        Ok(found.room)
    }
}
