//! Holding a message up for all, and taking it down.

use protocol::{Change, ErrorCode, RoomRef, Seq, UserId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, sea_query::Expr};

use super::{
    done::Done,
    find::{Held, hold},
};
use crate::{
    Chat, Result,
    db::{
        entity::{message, pin},
        now,
    },
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Pins a message, or unpins it. What is so already changes nothing.
///
/// # Errors
/// `not_allowed` for whoever does not keep order there; `not_found` for a message that was deleted, and for what this actor may not know of;
/// `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn pin(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, pinned: bool) -> Result<Done> {
    let user = actor.user()?;
    chat.deeds().by(user, Deed::Moderate)?;
    chat.writer().run(Pin { user, room: room.clone(), seq, pinned }).await
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
        let Held { room, head, message } = hold(&**transaction, self.user, &self.room, self.seq, Action::Pin).await?;
        if message.deleted {
            return Err(ErrorCode::NotFound.into());
        }
        let key = (room.id.0, self.seq.0);
        let is_pinned = pin::Entity::find_by_id(key).one(&**transaction).await?.is_some();
        if is_pinned == self.pinned {
            return Ok(Done { room, seq: head });
        }
        if self.pinned {
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
