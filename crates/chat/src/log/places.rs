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
    settings,
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
    let visibility = settings::visibility(transaction, row.visibility.into()).await?;
    Ok(Place { seq: Seq(row.last_seq), visibility })
}

/// Raises the last places of rooms, each from the one that is known to the new one. A room that has another one by now makes the whole
/// fail, as a [lost race](crate::Error::is_lost_race): the place becomes `NULL`, which the column does not take.
pub(crate) fn raise_heads(backend: DbBackend, heads: &BTreeMap<RoomId, (Seq, Seq)>) -> Statement {
    if let Some((room, (known, new))) = heads.first_key_value().filter(|_| heads.len() == 1) {
        // What is joined goes through a table of SQLite's own, which takes longer than all the rest.
        return Sql::new(backend, "UPDATE rooms SET last_seq = CASE last_seq WHEN ")
            .value(known.0)
            .text(" THEN ")
            .value(new.0)
            .text(" END WHERE id = ")
            .value(room.0)
            .done();
    }
    Sql::new(backend, "UPDATE rooms SET last_seq = CASE rooms.last_seq WHEN raised.column2 THEN raised.column3 END FROM (VALUES ")
        .rows(heads.iter().map(|(room, (known, new))| [room.0.into(), known.0.into(), new.0.into()]))
        .text(") AS raised WHERE rooms.id = raised.column1")
        .done()
}
