//! One room, as it stands in a list.

use protocol::{RoomRef, RoomSummary};

use super::load::load_counted;
use crate::{Chat, Result, policy::Actor};

/// A room that an actor may know of, whether or not they may read it.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `unavailable`.
pub async fn summary(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<RoomSummary> {
    let (found, members) = load_counted(chat.db().read(), actor, room).await?;
    Ok(RoomSummary { standing: found.access.standing()?, room: found.room, head: found.head, members })
}
