//! Slow mode: how long members wait between two messages.

use protocol::{Field, FieldError, Problem, Room, RoomRef, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::load::load;
use crate::{
    Chat, Result,
    db::entity::room,
    policy::{Action, Actor},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// The seconds that may be chosen; none turns it off.
pub const SLOW_SECONDS: [u32; 5] = [0, 10, 30, 60, 300];

/// Has members wait so many seconds between two messages. Those who keep order do not.
///
/// # Errors
/// `invalid` for other numbers; `not_allowed` for whoever does not keep order there; `not_found` also for what this actor may not know
/// of; `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn slow_down(chat: &Chat, actor: Actor, room: &RoomRef, seconds: u32) -> Result<Room> {
    let moderator = actor.user()?;
    if !SLOW_SECONDS.contains(&seconds) {
        return Err(FieldError { field: Field::SlowMode, problem: Problem::NotAChoice }.into());
    }
    chat.deeds().by(moderator, Deed::EditRoom)?;
    chat.writer().run(SlowDown { moderator, room: room.clone(), seconds }).await
}

struct SlowDown {
    moderator: UserId,
    room: RoomRef,
    seconds: u32,
}

impl Work for SlowDown {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.moderator), &self.room).await?;
        found.access.permit(Action::Moderate)?;
        if found.room.slow_seconds == self.seconds {
            return Ok(found.room);
        }
        room::Entity::update_many()
            .col_expr(room::Column::SlowSeconds, Expr::value(i64::from(self.seconds)))
            .filter(room::Column::Id.eq(found.room.id.0))
            .exec(&**transaction)
            .await?;
        let room = Room { slow_seconds: self.seconds, ..found.room };
        transaction.record(room.id, self.moderator, room.changed()).await?;
        Ok(room)
    }
}
