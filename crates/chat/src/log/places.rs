//! Places in a room's log.

use std::collections::BTreeMap;

use protocol::{RoomId, Seq, Visibility};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement,
    sea_query::{Alias, Expr, ExprTrait, IntoIden, TableRef, UpdateStatement, ValueTuple},
};

use crate::{Error, Result, db::entity::room};

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

/// Raises the last places of rooms whose rows are locked, in one statement.
pub(crate) fn raise_heads(backend: DbBackend, heads: &BTreeMap<RoomId, Seq>) -> Statement {
    let taken = Alias::new("taken");
    let values = heads.iter().map(|(room, head)| ValueTuple::Two(room.0.into(), head.0.into())).collect();
    let raise = UpdateStatement::new()
        .table(room::Entity)
        .value(room::Column::LastSeq, Expr::col((taken.clone(), Alias::new("column2"))))
        .from(TableRef::ValuesList(values, taken.clone().into_iden()))
        .and_where(Expr::col((room::Entity, room::Column::Id)).equals((taken, Alias::new("column1"))))
        .to_owned();
    backend.build(&raise)
}
