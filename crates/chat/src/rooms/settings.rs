//! What there is to settle about a room.

use protocol::{ErrorCode, Rights, Room, RoomRef};

use super::load::load;
use crate::{
    Chat, Result,
    policy::{Action, Actor},
};

/// A room that somebody may change something of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The room.
    pub room: Room,
    /// What they may change.
    pub rights: Rights,
}

/// A room and what this actor may change of it: there is something.
///
/// # Errors
/// `not_found` also for what this actor may not know of; otherwise why nothing may be changed; `unavailable`.
pub async fn settings(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Settings> {
    let found = load(chat.db().read(), actor, room).await?;
    let rights = found.access.rights();
    if rights.edit || rights.moderate || rights.manage {
        return Ok(Settings { room: found.room, rights });
    }
    Err(found.access.permit(Action::Edit).err().unwrap_or(ErrorCode::NotAllowed).into())
}
