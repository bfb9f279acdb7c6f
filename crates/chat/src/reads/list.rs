//! How far somebody has read their rooms.

use protocol::RoomsUnread;

use super::quiet;
use crate::{Chat, Result, account_log, db::now, marks, policy::Actor};

/// What is new in each room of the actor's list; guests have none. A client begins with it, and reads it anew when it may have missed
/// something.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<RoomsUnread> {
    let Actor::User(user) = actor else { return Ok(RoomsUnread::default()) };
    let db = chat.db().read();
    // Before the rooms: what comes in between is in both.
    let rev = account_log::head(db, user).await?.rev;
    let quiet = quiet::of(db, user).await?.at(now());
    Ok(RoomsUnread { rev, quiet, rooms: marks::of_rooms(db, user).await? })
}
