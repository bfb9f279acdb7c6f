//! What one account sees of another.

use protocol::{ErrorCode, Presence, Room, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::profile::Profile;
use crate::{
    Chat, Result, clocks,
    db::{entity::user, now},
    rooms,
    sessions::Session,
};

/// What one account sees of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What they say of themselves.
    pub profile: Profile,
    /// Whether they are there.
    pub presence: Presence,
    /// Minutes that their clocks are ahead of UTC now, where they say where these are.
    pub minutes_east: Option<i32>,
    /// When that was.
    pub at: i64,
    /// The rooms that both are in.
    pub rooms: Vec<Room>,
    /// Whether the account was deleted.
    pub is_former: bool,
}

/// The card of the account with this user name, or with this id: names in messages lead to it whatever it is called now.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn card(chat: &Chat, session: &Session, username: &str) -> Result<Card> {
    // No user name is as long as an id.
    let named = match username.parse::<UserId>() {
        Ok(id) => user::Column::Id.eq(id.0),
        Err(_) => user::Column::Username.eq(username.to_ascii_lowercase()),
    };
    let row = user::Entity::find().filter(named).one(chat.db().read()).await?.ok_or(ErrorCode::NotFound)?;
    let (id, is_former, at) = (UserId(row.id), row.deleted_at.is_some(), now());
    let rooms = rooms::shared(chat, session.user.id, id).await?;
    let profile = Profile::from(row);
    let presence = chat.hub().presence(id);
    let minutes_east = clocks::minutes_east(&profile.time_zone, at);
    Ok(Card { profile, presence, minutes_east, at, rooms, is_former })
}
