//! Keeping a message for oneself, and no longer.

use protocol::{ErrorCode, RoomRef, Seq, limits};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, prelude::Uuid,
};

use crate::{
    Chat, Result, account_log,
    db::{
        Sql,
        entity::{bookmark, pin},
        now,
    },
    messages::{self, Asked},
    policy::{Action, Actor},
    rooms,
    sessions::Session,
    throttle::Deed,
};

/// Bookmarks a message, or takes that back. All devices of the account are told. What is so already changes nothing.
///
/// # Errors
/// `limit_reached` for whoever has [`limits::BOOKMARKS_MAX`]; `not_found` for a message that was deleted, and for what this account may not
/// know of; `not_a_member`, `throttled`, `unavailable`.
pub async fn bookmark(chat: &Chat, session: &Session, room: &RoomRef, seq: Seq, on: bool) -> Result<()> {
    let user = session.user.id;
    chat.deeds().by(user, Deed::Send)?;
    let transaction = chat.db().begin().await?;
    let found = rooms::load(&transaction, Actor::User(user), room).await?;
    found.access.permit(Action::Read)?;
    let room = found.room.id;
    // From here on the account's row is held: of two devices one comes after the other.
    let signal = account_log::bookmark_changed(&transaction, user, room, seq, on).await?;
    let key = (user.0, room.0, seq.0);
    if bookmark::Entity::find_by_id(key).one(&transaction).await?.is_some() == on {
        return Ok(());
    }
    if on {
        exists(&transaction, room.0, seq).await?;
        let own = bookmark::Entity::find().filter(bookmark::Column::UserId.eq(user.0)).count(&transaction).await?;
        if own >= limits::BOOKMARKS_MAX {
            return Err(ErrorCode::LimitReached.into());
        }
        let (user_id, room_id, seq) = key;
        let row = bookmark::ActiveModel { user_id: Set(user_id), room_id: Set(room_id), seq: Set(seq), at: Set(now()) };
        row.insert(&transaction).await?;
    } else {
        bookmark::Entity::delete_by_id(key).exec(&transaction).await?;
    }
    transaction.commit().await?;
    chat.signal(signal).await;
    Ok(())
}

/// What somebody may make of a message.
#[derive(Clone, Debug)]
pub struct Keeping {
    /// The message.
    pub asked: Asked,
    /// Whether they keep it for themselves.
    pub is_kept: bool,
    /// Whether it is pinned.
    pub is_pinned: bool,
    /// Whether they may pin and unpin it.
    pub may_pin: bool,
}

/// A message that somebody may keep.
///
/// # Errors
/// As [`bookmark`].
pub async fn keeping(chat: &Chat, session: &Session, room: &RoomRef, seq: Seq) -> Result<Keeping> {
    let (db, actor) = (chat.db().read(), Actor::User(session.user.id));
    let asked = messages::asked(chat, actor, room, seq, Action::Read).await?;
    exists(db, asked.room.id.0, seq).await?;
    let found = rooms::load(db, actor, &asked.room.id.into()).await?;
    let key = (asked.room.id.0, seq.0);
    Ok(Keeping {
        is_kept: bookmark::Entity::find_by_id((session.user.id.0, key.0, key.1)).one(db).await?.is_some(),
        is_pinned: pin::Entity::find_by_id(key).one(db).await?.is_some(),
        may_pin: found.access.may(Action::Pin),
        asked,
    })
}

/// Holds the message until this is committed, so that what is deleted meanwhile is not kept.
async fn exists(db: &impl ConnectionTrait, room: Uuid, seq: Seq) -> Result<()> {
    let select = Sql::new(db.get_database_backend(), "SELECT deleted_at FROM messages WHERE room_id = ")
        .value(room)
        .text(" AND seq = ")
        .value(seq.0)
        .postgres(" FOR SHARE");
    let message = db.query_one_raw(select.done()).await?.ok_or(ErrorCode::NotFound)?;
    let deleted_at: Option<i64> = message.try_get_by_index(0)?;
    if deleted_at.is_some() { Err(ErrorCode::NotFound.into()) } else { Ok(()) }
}
