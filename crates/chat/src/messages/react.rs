//! Reacting to a message with an emoji.

use protocol::{Change, ErrorCode, Field, FieldError, Problem, Reaction, RoomId, RoomRef, Seq, UserId, limits};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, sea_query::Expr};

use super::{
    done::Done,
    find::{Held, hold},
};
use crate::{
    Chat, Result,
    db::{
        entity::{message, reaction},
        now,
    },
    emoji,
    log::stored,
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Reacts to a message, or takes that back. What is so already changes nothing, so it may be sent again.
///
/// # Errors
/// `invalid` for what is no emoji; `limit_reached` where a message carries [`limits::REACTIONS_MAX`] others; `not_found` for a message that
/// was deleted, and for what this actor may not know of; `not_a_member`, `archived`, `muted`, `not_authenticated`, `throttled`,
/// `unavailable`.
pub async fn react(chat: &Chat, actor: Actor, room: &RoomRef, seq: Seq, emoji: &str, on: bool) -> Result<Done> {
    let user = actor.user()?;
    let emoji = emoji::parse(emoji).ok_or(FieldError { field: Field::Emoji, problem: Problem::Unknown })?;
    chat.deeds().by(user, Deed::Send)?;
    chat.writer().run(React { user, room: room.clone(), seq, emoji, on }).await
}

struct React {
    user: UserId,
    room: RoomRef,
    seq: Seq,
    emoji: String,
    on: bool,
}

impl Work for React {
    type Answer = Done;

    async fn run(&self, transaction: &mut Transaction) -> Result<Done> {
        let Held { room, head, message, .. } = hold(&**transaction, self.user, &self.room, self.seq, Action::React).await?;
        if message.deleted {
            return Err(ErrorCode::NotFound.into());
        }
        if !self.toggle(transaction, room.id).await? {
            return Ok(Done { room, seq: head });
        }
        let mut reactions = message.reactions.clone();
        // The place that the event gets: nobody else takes it while the room is held.
        let now = self.count(&mut reactions, head.next())?;
        message
            .update()
            .col_expr(message::Column::Reactions, Expr::value(stored::text_of(&reactions)?))
            .exec(&**transaction)
            .await?;
        let Reaction { emoji, count, since } = now;
        let change = Change::ReactionChanged { id: message.id, seq: self.seq, emoji, on: self.on, count, since };
        let event = transaction.record(room.id, self.user, change).await?;
        Ok(Done { room, seq: event.seq })
    }
}

impl React {
    /// Says that this person does, or no longer. `false` if it was so already.
    async fn toggle(&self, transaction: &Transaction, room: RoomId) -> Result<bool> {
        let key = (room.0, self.seq.0, self.user.0, self.emoji.clone());
        let is_on = reaction::Entity::find_by_id(key.clone()).one(&**transaction).await?.is_some();
        if is_on == self.on {
            return Ok(false);
        }
        if self.on {
            let (room_id, seq, user_id, emoji) = key;
            let row = reaction::ActiveModel {
                room_id: Set(room_id),
                seq: Set(seq),
                user_id: Set(user_id),
                emoji: Set(emoji),
                at: Set(now()),
            };
            row.insert(&**transaction).await?;
        } else {
            reaction::Entity::delete_by_id(key).exec(&**transaction).await?;
        }
        Ok(true)
    }

    /// Counts this one; gives what is so now of its emoji.
    fn count(&self, reactions: &mut Vec<Reaction>, place: Seq) -> Result<Reaction> {
        let at = reactions.iter().position(|reaction| reaction.emoji == self.emoji);
        let Some(at) = at else {
            if reactions.len() >= limits::REACTIONS_MAX {
                return Err(ErrorCode::LimitReached.into());
            }
            let first = Reaction { emoji: self.emoji.clone(), count: u64::from(self.on), since: place };
            reactions.push(first.clone());
            return Ok(first);
        };
        let reaction = &mut reactions[at];
        reaction.count = if self.on { reaction.count + 1 } else { reaction.count.saturating_sub(1) };
        let now = reaction.clone();
        reactions.retain(|reaction| reaction.count > 0);
        Ok(now)
    }
}
