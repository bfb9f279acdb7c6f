//! What a bot is called, what it says of itself, and its picture: as people change theirs.

use protocol::UserId;

use super::keeper::bot_keeper;
use crate::{
    Chat, Result, Session,
    accounts::{self, ProfileEdit},
};

/// What a bot is to be called from now on; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct BotEdit {
    /// Its user name.
    pub username: Option<String>,
    /// Name to show.
    pub name: Option<String>,
    /// What it says of itself.
    pub bio: Option<String>,
}

/// Changes a bot that one looks after.
///
/// # Errors
/// `invalid` with what is wrong, `not_found`, `throttled`, `unavailable`.
pub async fn change(chat: &Chat, session: &Session, bot: UserId, edit: BotEdit) -> Result<()> {
    let itself = stand_in(chat, session, bot).await?;
    let profile = accounts::profile(chat, &itself).await?;
    if edit.name.is_some() || edit.bio.is_some() {
        let name = edit.name.unwrap_or(profile.user.name);
        let bio = edit.bio.unwrap_or(profile.bio);
        let edit = ProfileEdit { display_name: &name, bio: &bio, pronouns: &profile.pronouns, time_zone: &profile.time_zone };
        accounts::edit_profile(chat, &itself, edit).await?;
    }
    if let Some(username) = edit.username {
        accounts::rename(chat, &itself, &username).await?;
    }
    Ok(())
}

/// Gives a bot a picture.
///
/// # Errors
/// As for people, and `not_found`.
pub async fn set_picture(chat: &Chat, session: &Session, bot: UserId, file: Vec<u8>) -> Result<()> {
    let itself = stand_in(chat, session, bot).await?;
    accounts::set_picture(chat, &itself, file).await
}

/// Takes the picture of a bot away.
///
/// # Errors
/// As for people, and `not_found`.
pub async fn remove_picture(chat: &Chat, session: &Session, bot: UserId) -> Result<()> {
    let itself = stand_in(chat, session, bot).await?;
    accounts::remove_picture(chat, &itself).await
}

/// The bot in the place of whoever looks after it.
async fn stand_in(chat: &Chat, session: &Session, bot: UserId) -> Result<Session> {
    let (_, row) = bot_keeper(chat.db().read(), session, bot, &chat.settings()).await?;
    Ok(Session { id: session.id, role: row.role.into(), user: row.into() })
}
