//! The rooms that an actor may find.

use protocol::{RoomSummary, Standing};
use sea_orm::{
    ColumnTrait, Condition, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query},
};

use super::load::{Row, select};
use crate::{
    Chat, Result,
    db::entity::{membership, room},
    policy::Actor,
};

/// The rooms that an actor may find: those joined first, then by name.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<RoomSummary>> {
    let select = select(actor).filter(findable(actor)).order_by_asc(room::Column::Name);
    let rows = select.into_model::<Row>().all(chat.db().read()).await?;
    let mut rooms: Vec<RoomSummary> = rows
        .into_iter()
        .map(|row| row.into_found(actor))
        .filter_map(|found| {
            let standing = found.access.standing().ok()?;
            Some(RoomSummary { room: found.room, head: found.head, members: found.members, standing })
        })
        .collect();
    rooms.sort_by_key(|room| room.standing != Standing::Member);
    Ok(rooms)
}

/// A first sieve for the database; what may be shown is decided by [`crate::policy`].
fn findable(actor: Actor) -> Condition {
    let any = Condition::any().add(room::Column::Visibility.eq(room::Visibility::Public));
    match actor {
        Actor::Guest => any,
        Actor::User(user) => any.add(room::Column::Visibility.eq(room::Visibility::Open)).add(
            room::Column::Id.in_subquery(
                Query::select()
                    .column(membership::Column::RoomId)
                    .from(membership::Entity)
                    .and_where(Expr::col(membership::Column::UserId).eq(user.0))
                    .take(),
            ),
        ),
    }
}
