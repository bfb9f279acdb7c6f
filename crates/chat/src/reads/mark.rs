//! Marking a room as read up to a place, and as unread from a place on.

use protocol::{ErrorCode, RoomRef, RoomUnread, Seq};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    Chat, Error, Result, account_log,
    db::entity::membership,
    marks,
    policy::{Action, Actor},
    rooms,
};

/// The actor has read a room up to a place. It is written soon, and never takes a mark back; where they are no member nothing happens.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_authenticated`, `unavailable`.
pub async fn read(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<()> {
    let user = actor.user()?;
    let room = match room {
        RoomRef::Id(id) => *id,
        RoomRef::Slug(_) => rooms::load(chat.db().read(), actor, room).await?.room.id,
    };
    chat.marks().note(user, room, seq);
    Ok(())
}

/// The same, and waits until it is written.
///
/// # Errors
/// As [`read`].
pub async fn read_now(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<()> {
    read(chat, actor, room, seq).await?;
    chat.write_marks().await
}

/// Marks a room as unread from a message on: the one way in which a mark goes back.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_a_member`, `not_authenticated`, `unavailable`.
pub async fn mark_unread(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq) -> Result<RoomUnread> {
    let user = actor.user()?;
    let found = rooms::load(chat.db().read(), actor, room).await?;
    found.access.permit(Action::Read)?;
    if !found.access.is_member() {
        return Err(ErrorCode::NotAMember.into());
    }
    let (room, last) = (found.room.id, (seq.0 - 1).clamp(0, found.head.0));
    chat.marks().forget(user, Some(room));
    let transaction = chat.db().begin().await?;
    membership::Entity::update_many()
        .col_expr(membership::Column::LastReadSeq, Expr::value(last))
        .col_expr(membership::Column::ReadBefore, Expr::value(None::<i64>))
        .filter(membership::Column::RoomId.eq(room.0))
        .filter(membership::Column::UserId.eq(user.0))
        .exec(&transaction)
        .await?;
    let rev = account_log::raise_rev(&transaction, user).await?;
    let unread = marks::of_room(&transaction, user, room).await?.ok_or_else(|| Error::from(ErrorCode::NotAMember))?;
    transaction.commit().await?;
    chat.signal(account_log::read(user, rev, unread.clone())).await;
    Ok(unread)
}
