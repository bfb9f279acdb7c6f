//! Threads (use cases): following them, how far one has read them, and those that one follows.

mod follow;
mod list;
mod read;

pub use follow::follow;
pub use list::{Followed, list};
pub use read::read;

use protocol::{RoomId, Seq};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::{Result, db::entity::follow as row, policy::Actor};

/// Whether somebody follows a thread.
pub(crate) async fn follows(db: &impl ConnectionTrait, actor: Actor, room: RoomId, root: Seq) -> Result<bool> {
    let Actor::User(user) = actor else { return Ok(false) };
    let found = row::Entity::find_by_id((room.0, root.0, user.0)).one(db).await?;
    Ok(found.is_some_and(|follow| follow.left_at.is_none()))
}
