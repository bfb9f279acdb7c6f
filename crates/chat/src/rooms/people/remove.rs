//! Making somebody else a member no longer.

use protocol::{AlertKind, Change, ErrorCode, Room, RoomRef, RoomRole, User, UserId};
use sea_orm::EntityTrait;

use super::subject::{self, is_last_owner, lock, may_moderate};
use crate::{
    Chat, Result,
    account_log::NewAlert,
    db::entity::membership,
    house::{self, By},
    rooms::steward::{Charge, Steward},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Removes a member. They may come in again as others do; who is no member stays none.
///
/// # Errors
/// `last_owner` when nobody would own the room; `not_allowed` for whom the actor has no say over, themselves among them; `not_found` also for what this actor may not know of;
/// `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn remove(chat: &Chat, by: impl Into<By>, room: &RoomRef, user: UserId) -> Result<Room> {
    let steward = Steward::new(chat, by.into(), room, Deed::Moderate)?;
    chat.writer().run(Remove { steward, user }).await
}

struct Remove {
    steward: Steward,
    user: UserId,
}

impl Work for Remove {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let charge = self.steward.find(&**transaction).await?;
        lock(&**transaction, charge.room.id).await?;
        let subject = subject::subject(&**transaction, charge.room.id, self.user).await;
        may_moderate(charge.access, subject.as_ref().ok().and_then(|subject| subject.role))?;
        let subject = subject?;
        let is_owner = subject.role == Some(RoomRole::Owner);
        if is_owner && is_last_owner(&**transaction, charge.room.id, self.user).await? {
            return Err(ErrorCode::LastOwner.into());
        }
        let text = [" removed you from ", &charge.room.name, "."].concat();
        if subject.role.is_some() {
            charge.audit_person(&**transaction, house::Deed::RemoveFromRoom, &subject.user, "").await?;
        }
        expel(transaction, &charge, subject.user, text).await?;
        Ok(charge.room)
    }
}

/// Ends a membership, if there is one, and tells whose it was.
pub(super) async fn expel(tx: &mut Transaction, charge: &Charge, user: User, text: String) -> Result<()> {
    let room = &charge.room;
    let gone = membership::Entity::delete_by_id((room.id.0, user.id.0)).exec(&**tx).await?;
    if gone.rows_affected == 0 {
        return Ok(());
    }
    let alert = NewAlert { kind: AlertKind::Removed, text, author: charge.doer.id, room: Some(room.id) };
    let id = user.id;
    tx.record(room.id, charge.actor, Change::MemberRemoved { user }).await?;
    tx.moved(id).await?;
    tx.alert(id, alert).await
}
