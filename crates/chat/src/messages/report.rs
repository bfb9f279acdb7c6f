//! Bringing a message before those who keep order, and seeing to it.

use protocol::{AlertKind, ErrorCode, Field, Room, RoomId, RoomRef, Seq, UserId, Visibility, single_line};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
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
        entity::{membership::Role, report, user},
        now,
    },
    house::{self, By},
    policy::{Action, Actor},
    rooms::{self, Steward},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Longest reason, in characters.
const REASON_MAX: usize = 300;
/// Those who keep order that are told of a report.
const TOLD_MAX: u64 = 20;

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
    let reason = single_line(Field::Reason, reason, 1, REASON_MAX)?;
    chat.deeds().by(by, Deed::Moderate)?;
    chat.writer().run(Bring { by, room: room.clone(), seq, reason }).await
}

/// Those who keep order have seen to a report.
///
/// # Errors
/// `not_allowed` for whoever keeps order neither there nor in the house; `not_found` also for what this actor may not know of;
/// `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn close_report(chat: &Chat, by: impl Into<By>, room: &RoomRef, report: &str) -> Result<Room> {
    let report = report.parse().map_err(|_| ErrorCode::NotFound)?;
    let steward = Steward::new(chat, by.into(), room, Deed::Moderate)?;
    chat.writer().run(Close { steward, report }).await
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
        // Those who are told need not be in a conversation, and it has no name for others.
        let place = if room.visibility == Visibility::Direct { "a conversation" } else { &room.name };
        let text = [" reported a message in ", place, "."].concat();
        for moderator in moderators(&**transaction, room.id).await? {
            let text = text.clone();
            let alert = NewAlert { kind: AlertKind::Report, text, author: Some(self.by), room: Some(room.id) };
            transaction.alert(moderator, alert).await?;
        }
        Ok(room)
    }
}

/// Those who keep order in a room; where nobody does, those who see to the house. Always in the same order: their rows are locked one after
/// the other.
async fn moderators(db: &impl ConnectionTrait, room: RoomId) -> Result<Vec<UserId>> {
    let select = Sql::new(db.get_database_backend(), "SELECT user_id FROM memberships WHERE room_id = ")
        .value(room.0)
        .text(" AND role IN ")
        .list([Role::Owner.into(), Role::Moderator.into()])
        .text(" ORDER BY user_id")
        .limit(TOLD_MAX);
    let rows = db.query_all_raw(select.done()).await?;
    let moderators =
        rows.iter().map(|row| Ok(UserId(row.try_get_by_index(0)?))).collect::<std::result::Result<Vec<_>, DbErr>>()?;
    if moderators.is_empty() { admins(db).await } else { Ok(moderators) }
}

async fn admins(db: &impl ConnectionTrait) -> Result<Vec<UserId>> {
    let select = user::Entity::find()
        .filter(user::Column::Role.is_in([user::Role::Owner, user::Role::Admin]))
        .filter(user::Column::DeletedAt.is_null())
        .order_by_asc(user::Column::Id)
        .limit(TOLD_MAX)
        .select_only()
        .column(user::Column::Id);
    let ids: Vec<Uuid> = select.into_tuple().all(db).await?;
    Ok(ids.into_iter().map(UserId).collect())
}

struct Close {
    steward: Steward,
    report: Uuid,
}

impl Work for Close {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let charge = self.steward.take(&**transaction, Action::Resolve).await?;
        let closed = report::Entity::update_many()
            .col_expr(report::Column::ClosedAt, Expr::value(now()))
            .col_expr(report::Column::ClosedBy, Expr::value(charge.actor.0))
            .filter(report::Column::Id.eq(self.report))
            .filter(report::Column::RoomId.eq(charge.room.id.0))
            .filter(report::Column::ClosedAt.is_null())
            .exec(&**transaction)
            .await?;
        if closed.rows_affected > 0 && charge.doer.is_for_house() {
            charge.audit(&**transaction, house::Deed::DismissReport, String::new()).await?;
        }
        Ok(charge.room)
    }
}
