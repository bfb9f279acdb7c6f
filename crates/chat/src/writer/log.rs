//! Places in a room's log.

use protocol::{Change, Event, RoomId, Seq, User, UserId, Visibility};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Error, Result,
    db::entity::{room, room_event, user},
};

/// Places in a room's log that are ours when the transaction commits.
pub(super) struct Places {
    pub(super) first: Seq,
    pub(super) visibility: Visibility,
}

/// Takes the next `count` places of a room. The row stays locked until the transaction ends, so places are committed in their
/// order; one that is rolled back leaves no hole (G3).
pub(super) async fn take_places(transaction: &DatabaseTransaction, room: RoomId, count: i64) -> Result<Places> {
    let rows = room::Entity::update_many()
        .col_expr(room::Column::LastSeq, Expr::col(room::Column::LastSeq).add(count))
        .filter(room::Column::Id.eq(room.0))
        .exec_with_returning(transaction)
        .await?;
    let row = rows.first().ok_or_else(|| Error::internal(format!("room {room} has gone")))?;
    Ok(Places { first: Seq(row.last_seq - count + 1), visibility: row.visibility.into() })
}

/// The row of an event.
pub(super) fn entry(event: &Event) -> room_event::ActiveModel {
    let (kind, message_id) = match &event.change {
        Change::MessageCreated { message } => (room_event::Kind::MessageCreated, Some(message.id.0)),
        Change::MemberJoined => (room_event::Kind::MemberJoined, None),
        Change::MemberLeft => (room_event::Kind::MemberLeft, None),
    };
    room_event::ActiveModel {
        room_id: Set(event.room.0),
        seq: Set(event.seq.0),
        kind: Set(kind),
        message_id: Set(message_id),
        actor_id: Set(event.actor.id.0),
        at: Set(event.at),
    }
}

/// The person as events name them.
pub(super) async fn person(transaction: &DatabaseTransaction, id: UserId) -> Result<User> {
    let row = user::Entity::find_by_id(id.0).one(transaction).await?;
    Ok(row.ok_or_else(|| Error::internal(format!("user {id} has gone")))?.into())
}
