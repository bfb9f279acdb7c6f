//! The rooms of a bot: it comes into them as people do, one by one.

use protocol::{Room, RoomRef, UserId};

use super::keeper::bot_keeper;
use crate::{Chat, Result, Session, policy::Actor, rooms as house_rooms};

/// The rooms that a bot is in.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn rooms(chat: &Chat, session: &Session, bot: UserId) -> Result<Vec<Room>> {
    bot_keeper(chat.db().read(), session, bot, &chat.settings()).await?;
    house_rooms::list(chat, Actor::User(bot)).await
}

/// Adds a bot to a room where whoever looks after it may add people.
///
/// # Errors
/// As for adding somebody else, and `not_found` for no such bot.
pub async fn add_to_room(chat: &Chat, session: &Session, bot: UserId, room: &RoomRef) -> Result<Room> {
    let (_, row) = bot_keeper(chat.db().read(), session, bot, &chat.settings()).await?;
    house_rooms::add(chat, Actor::User(session.user.id), room, &row.username).await
}

/// Takes a bot out of a room, as it would leave.
///
/// # Errors
/// As for leaving, and `not_found` for no such bot.
pub async fn remove_from_room(chat: &Chat, session: &Session, bot: UserId, room: &RoomRef) -> Result<()> {
    bot_keeper(chat.db().read(), session, bot, &chat.settings()).await?;
    house_rooms::leave(chat, Actor::User(bot), room).await.map(|_| ())
}
