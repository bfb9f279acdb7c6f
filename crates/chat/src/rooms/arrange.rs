//! How somebody has the list of their rooms arranged: stars, what is folded, what it is sorted by. It is so on all of their devices.

use std::collections::HashMap;

use protocol::{Arrangement, ErrorCode, Room, RoomRef, Section, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid, sea_query::Expr};

use super::load::load;
use crate::{
    Chat, Result, account_log,
    db::{
        Sql,
        entity::{membership, user},
        now,
    },
    policy::{Action, Actor},
    sessions::Session,
};

/// How somebody has the list of their rooms arranged; guests all have it alike.
///
/// # Errors
/// `unavailable`.
pub async fn arrangement(chat: &Chat, actor: Actor) -> Result<Arrangement> {
    match actor {
        Actor::User(user) => of(chat.db().read(), user).await,
        Actor::Guest => Ok(Arrangement::default()),
    }
}

/// Folds a part of the list, or unfolds it.
///
/// # Errors
/// `unavailable`.
pub async fn fold(chat: &Chat, session: &Session, section: Section, folded: bool) -> Result<()> {
    change(chat, session.user.id, |arrangement| {
        arrangement.folded.retain(|other| *other != section);
        arrangement.folded.extend(folded.then_some(section));
    })
    .await
}

/// Has the rooms stand first in which something happened last, or has them stand by name.
///
/// # Errors
/// `unavailable`.
pub async fn order_by_activity(chat: &Chat, session: &Session, by_activity: bool) -> Result<()> {
    change(chat, session.user.id, |arrangement| arrangement.by_activity = by_activity).await
}

/// Gives a room that one is in a star, or takes it away.
///
/// # Errors
/// `not_authenticated`, `not_found`, `not_a_member`, `unavailable`.
pub async fn star(chat: &Chat, actor: Actor, room: &RoomRef, starred: bool) -> Result<Room> {
    let user = actor.user()?;
    let found = load(chat.db().read(), actor, room).await?;
    found.access.permit(Action::Read)?;
    let transaction = chat.db().begin().await?;
    let changed = membership::Entity::update_many()
        .col_expr(membership::Column::StarredAt, Expr::value(starred.then(now)))
        .filter(membership::Column::RoomId.eq(found.room.id.0))
        .filter(membership::Column::UserId.eq(user.0))
        .exec(&transaction)
        .await?;
    if changed.rows_affected == 0 {
        return Err(ErrorCode::NotAMember.into());
    }
    let signal = account_log::list_changed(&transaction, user).await?;
    transaction.commit().await?;
    chat.signal(signal).await;
    Ok(found.room)
}

async fn of(db: &impl ConnectionTrait, user: UserId) -> Result<Arrangement> {
    let select = user::Entity::find_by_id(user.0).select_only().column(user::Column::Sidebar);
    let kept: Option<String> = select.into_tuple().one(db).await?;
    Ok(parse(&kept.unwrap_or_default()))
}

/// An arrangement as it is kept: empty until something is arranged.
pub(crate) fn parse(kept: &str) -> Arrangement {
    serde_json::from_str(kept).unwrap_or_default()
}

async fn change(chat: &Chat, user: UserId, change: impl FnOnce(&mut Arrangement)) -> Result<()> {
    let transaction = chat.db().begin().await?;
    // Raising the place locks the row: two devices change one after the other.
    let signal = account_log::list_changed(&transaction, user).await?;
    let mut arrangement = of(&transaction, user).await?;
    change(&mut arrangement);
    let kept = serde_json::to_string(&arrangement).map_err(crate::Error::internal)?;
    user::Entity::update_many()
        .col_expr(user::Column::Sidebar, Expr::value(kept))
        .filter(user::Column::Id.eq(user.0))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    chat.signal(signal).await;
    Ok(())
}

/// Sorts rooms, which stand by name, as somebody has them arranged.
pub(super) async fn sort(db: &impl ConnectionTrait, arrangement: &Arrangement, rooms: &mut [Room]) -> Result<()> {
    if arrangement.by_activity {
        let last = last_events(db, rooms).await?;
        rooms.sort_by_key(|room| std::cmp::Reverse(last.get(&room.id.0).copied()));
    }
    Ok(())
}

/// When something happened last in each of these rooms. It decides how a list looks, and no order in a log.
async fn last_events(db: &impl ConnectionTrait, rooms: &[Room]) -> Result<HashMap<Uuid, i64>> {
    let select = "SELECT r.id, e.at FROM rooms r JOIN room_events e ON e.room_id = r.id AND e.seq = r.last_seq WHERE r.id IN ";
    let select = Sql::new(db.get_database_backend(), select).list(rooms.iter().map(|room| room.id.0.into()));
    let mut last = HashMap::new();
    for row in db.query_all_raw(select.done()).await? {
        let (room, at): (Uuid, i64) = row.try_get_many_by_index()?;
        last.insert(room, at);
    }
    Ok(last)
}
