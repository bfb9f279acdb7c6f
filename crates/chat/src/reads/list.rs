//! How far somebody has read their rooms.

use protocol::RoomUnread;

use crate::{Chat, Result, marks, policy::Actor};

/// What is new in each room of the actor's list; guests have none. A client begins with it, and reads it anew when it may have missed
/// something.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<RoomUnread>> {
    match actor {
        Actor::Guest => Ok(Vec::new()),
        Actor::User(user) => marks::of_rooms(chat.db().read(), user).await,
    }
}
