//! Removing a hook. What it wrote stays, as what a former member wrote.

use protocol::{RoomRef, UserId};
use sea_orm::prelude::Uuid;

use super::{change::found, create::account};
use crate::{
    Chat, Result, former, house,
    policy::{Action, Actor},
    rooms::Steward,
    sessions,
    settings::mark_changed,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Removes a hook with its account.
///
/// # Errors
/// As [`super::change`].
pub async fn remove(chat: &Chat, actor: Actor, room: &RoomRef, id: Uuid) -> Result<()> {
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    let ended = chat.writer().run(Remove { steward, id }).await?;
    sessions::cut(chat, ended).await;
    chat.renew().await;
    Ok(())
}

struct Remove {
    steward: Steward,
    id: Uuid,
}

impl Work for Remove {
    /// The sessions that have ended.
    type Answer = Vec<protocol::SessionId>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Self::Answer> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        let row = found(&**transaction, charge.room.id, self.id).await?;
        let name = account(transaction, &row).await?.name;
        charge.audit(&**transaction, house::Deed::RemoveHook, name).await?;
        let ended = former::erase(transaction, UserId(row.user_id)).await?;
        mark_changed(&**transaction).await?;
        Ok(ended)
    }
}
