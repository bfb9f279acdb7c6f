//! Making somebody else a member no longer.

use protocol::{AlertKind, Change, Room, RoomRef, User, UserId};
use sea_orm::EntityTrait;

use super::subject::{self, may_moderate};
use crate::{
    Chat, Result,
    account_log::NewAlert,
    db::entity::membership,
    policy::Actor,
    rooms::load::load,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Removes a member. They may come in again as others do; who is no member stays none.
///
/// # Errors
/// `not_allowed` for whom the actor has no say over, themselves among them; `not_found` also for what this actor may not know of;
/// `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn remove(chat: &Chat, actor: Actor, room: &RoomRef, user: UserId) -> Result<Room> {
    let moderator = actor.user()?;
    chat.deeds().by(moderator, Deed::Moderate)?;
    chat.writer().run(Remove { moderator, room: room.clone(), user }).await
}

struct Remove {
    moderator: UserId,
    room: RoomRef,
    user: UserId,
}

impl Work for Remove {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.moderator), &self.room).await?;
        let subject = subject::subject(&**transaction, found.room.id, self.user).await;
        may_moderate(found.access, subject.as_ref().ok().and_then(|subject| subject.role))?;
        let name = subject::name(&**transaction, self.moderator).await?;
        let text = [&name, " removed you from ", &found.room.name, "."].concat();
        expel(transaction, &found.room, self.moderator, subject?.user, text).await?;
        Ok(found.room)
    }
}

/// Ends a membership, if there is one, and tells whose it was.
pub(super) async fn expel(tx: &mut Transaction, room: &Room, by: UserId, user: User, text: String) -> Result<()> {
    let gone = membership::Entity::delete_by_id((room.id.0, user.id.0)).exec(&**tx).await?;
    if gone.rows_affected == 0 {
        return Ok(());
    }
    let alert = NewAlert { kind: AlertKind::Removed, text, author: Some(by), room: Some(room.id) };
    let id = user.id;
    tx.record(room.id, by, Change::MemberRemoved { user }).await?;
    tx.alert(id, alert).await
}
