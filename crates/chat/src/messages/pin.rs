//! Holding a message up for all, and taking it down.

use protocol::{Change, ErrorCode, MessageId, Room, RoomRef, Seq, User, UserId, limits};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    TryGetableMany, sea_query::Expr,
};

use super::{
    done::Done,
    find::{Held, hold},
};
use crate::{
    Chat, Result,
    db::{
        Sql,
        entity::{message, pin},
        now, users,
    },
    policy::{Action, Actor},
    rooms,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Pins a message, or unpins it. What is so already changes nothing.
///
/// # Errors
/// `not_allowed` for whoever does not keep order there; `limit_reached` where [`limits::PINS_MAX`] are pinned; `not_found` for a message that
/// was deleted, and for what this actor may not know of; `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn pin(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, pinned: bool) -> Result<Done> {
    let user = actor.user()?;
    chat.deeds().by(user, Deed::Moderate)?;
    chat.writer().run(Pin { user, room: room.clone(), seq, pinned }).await
}

/// A message that is pinned.
#[derive(Clone, Debug)]
pub struct Pinned {
    /// Its id.
    pub id: MessageId,
    /// Its place.
    pub seq: Seq,
    /// Who wrote it.
    pub author: User,
    /// Markdown source.
    pub body: String,
    /// When it was written.
    pub written_at: i64,
    /// Who pinned it.
    pub by: User,
    /// When.
    pub at: i64,
}

/// What is pinned in a room.
#[derive(Clone, Debug)]
pub struct Pins {
    /// The room.
    pub room: Room,
    /// Whether whoever asks may pin and unpin.
    pub may_pin: bool,
    /// What was pinned last comes first.
    pub pins: Vec<Pinned>,
}

/// What is pinned in a room, for whoever may read it.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_a_member`, `unavailable`.
pub async fn pins(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Pins> {
    let db = chat.db().read();
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Read)?;
    let columns = "SELECT m.seq, m.body, m.created_at, p.at, b.id, b.username, b.name, b.ambiguous, b.picture, \
                   a.id, a.username, a.name, a.ambiguous, a.picture, m.id FROM pins p \
                   JOIN messages m ON m.room_id = p.room_id AND m.seq = p.seq \
                   JOIN users b ON b.id = p.user_id JOIN users a ON a.id = m.author_id WHERE p.room_id = ";
    let select = Sql::new(db.get_database_backend(), columns).value(found.room.id.0).text(" ORDER BY p.at DESC, p.seq DESC");
    let rows = db.query_all_raw(select.done()).await?;
    let pins = rows.iter().map(|row| {
        let (seq, body, written_at, at) = <(i64, String, i64, i64)>::try_get_many_by_index(row)?;
        let (by, author) = (users::of_row(row, 4)?, users::of_row(row, 9)?);
        Ok(Pinned { id: MessageId(row.try_get_by_index(14)?), seq: Seq(seq), author, body, written_at, by, at })
    });
    let pins = pins.collect::<std::result::Result<_, DbErr>>()?;
    Ok(Pins { may_pin: found.access.may(Action::Pin), room: found.room, pins })
}

struct Pin {
    user: UserId,
    room: RoomRef,
    seq: Seq,
    pinned: bool,
}

impl Work for Pin {
    type Answer = Done;

    async fn run(&self, transaction: &mut Transaction) -> Result<Done> {
        let Held { room, head, message, .. } = hold(&**transaction, self.user, &self.room, self.seq, Action::Pin).await?;
        if message.deleted {
            return Err(ErrorCode::NotFound.into());
        }
        let key = (room.id.0, self.seq.0);
        let is_pinned = pin::Entity::find_by_id(key).one(&**transaction).await?.is_some();
        if is_pinned == self.pinned {
            return Ok(Done { room, seq: head });
        }
        if self.pinned {
            let pins = pin::Entity::find().filter(pin::Column::RoomId.eq(room.id.0)).count(&**transaction).await?;
            if pins >= limits::PINS_MAX {
                return Err(ErrorCode::LimitReached.into());
            }
            let (room_id, seq) = key;
            let row = pin::ActiveModel { room_id: Set(room_id), seq: Set(seq), user_id: Set(self.user.0), at: Set(now()) };
            row.insert(&**transaction).await?;
        } else {
            pin::Entity::delete_by_id(key).exec(&**transaction).await?;
        }
        message.update().col_expr(message::Column::Pinned, Expr::value(self.pinned)).exec(&**transaction).await?;
        let change = Change::MessagePinned { id: message.id, seq: self.seq, pinned: self.pinned };
        let event = transaction.record(room.id, self.user, change).await?;
        Ok(Done { room, seq: event.seq })
    }
}
