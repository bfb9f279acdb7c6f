//! Places in a room's log.

use std::collections::BTreeMap;

use protocol::{RoomId, Seq, Visibility};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Error, Result,
    db::{Sql, entity::room},
};

/// A place that is ours when the transaction commits.
pub(crate) struct Place {
    pub(crate) seq: Seq,
    pub(crate) visibility: Visibility,
}

/// Takes the next place of a room. The row stays locked until the transaction ends, so places are committed in their order; one that
/// is rolled back leaves no hole (G3).
pub(crate) async fn take_place(transaction: &impl ConnectionTrait, room: RoomId) -> Result<Place> {
    let rows = room::Entity::update_many()
        .col_expr(room::Column::LastSeq, Expr::col(room::Column::LastSeq).add(1))
        .filter(room::Column::Id.eq(room.0))
        .exec_with_returning(transaction)
        .await?;
    let row = rows.first().ok_or_else(|| Error::internal(format!("room {room} has gone")))?;
    Ok(Place { seq: Seq(row.last_seq), visibility: row.visibility.into() })
}

/// Raises the last places of rooms whose rows are locked.
pub(crate) fn raise_heads(backend: DbBackend, heads: &BTreeMap<RoomId, Seq>) -> Statement {
    Sql::new(backend, "UPDATE rooms SET last_seq = taken.column2 FROM (VALUES ")
        .rows(heads.iter().map(|(room, head)| [room.0.into(), head.0.into()]))
        .text(") AS taken WHERE rooms.id = taken.column1")
        .done()
}
