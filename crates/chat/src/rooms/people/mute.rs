//! Stopping a member from writing for a while.

use protocol::{AlertKind, Change, ErrorCode, Room, RoomRef, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    span,
    subject::{self, may_moderate},
};
use crate::{
    Chat, Result,
    account_log::NewAlert,
    db::entity::membership,
    policy::{Action, Actor},
    rooms::load::load,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Stops a member from writing in the room: for an `hour`, a `day`, `always`; or lets them again, with nothing.
///
/// # Errors
/// `not_allowed` for whom the actor has no say over; `not_found` also for what this actor may not know of, and who is no member;
/// `invalid`, `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn mute(chat: &Chat, actor: Actor, room: &RoomRef, user: UserId, time: &str) -> Result<Room> {
    let moderator = actor.user()?;
    let span = if time.is_empty() { None } else { Some(span::until(time)?) };
    chat.deeds().by(moderator, Deed::Moderate)?;
    chat.writer().run(Mute { moderator, room: room.clone(), user, span }).await
}

struct Mute {
    moderator: UserId,
    room: RoomRef,
    user: UserId,
    span: Option<(&'static str, i64)>,
}

impl Work for Mute {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.moderator), &self.room).await?;
        found.access.permit(Action::Moderate)?;
        let room = found.room;
        let subject = subject::subject(&**transaction, room.id, self.user).await?;
        let role = subject.role.ok_or(ErrorCode::NotFound)?;
        may_moderate(found.access, Some(role))?;
        let until = self.span.map(|(_, until)| until);
        if subject.muted_until == until {
            return Ok(room);
        }
        membership::Entity::update_many()
            .col_expr(membership::Column::MutedUntil, Expr::value(until))
            .filter(membership::Column::RoomId.eq(room.id.0))
            .filter(membership::Column::UserId.eq(self.user.0))
            .exec(&**transaction)
            .await?;
        let text = match self.span {
            Some((how_long, _)) => [" has stopped you from writing in ", &room.name, " ", how_long, "."].concat(),
            None => [" lets you write in ", &room.name, " again."].concat(),
        };
        let alert = NewAlert { kind: AlertKind::RoleChanged, text, author: Some(self.moderator), room: Some(room.id) };
        let change = Change::MemberChanged { user: subject.user, role, muted_until: until };
        transaction.record(room.id, self.moderator, change).await?;
        transaction.alert(self.user, alert).await?;
        Ok(room)
    }
}
