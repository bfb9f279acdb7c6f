//! The lobby: the room that is there from the start and that new accounts join.

use protocol::{RoomName, Slug, Topic, Visibility};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::create::Create;
use crate::{Chat, Result, db::entity::room};

/// Its slug.
pub(crate) const LOBBY: &str = "lobby";

/// Makes the lobby of a new server.
pub(crate) async fn ensure_lobby(chat: &Chat) -> Result<()> {
    if room::Entity::find().filter(room::Column::Slug.eq(LOBBY)).one(chat.db().read()).await?.is_some() {
        return Ok(());
    }
    let (name, topic) = (RoomName::parse("Lobby")?, Topic::parse("Where everybody meets. Say hello.")?);
    let slug = Slug::from_ascii(LOBBY);
    let visibility = Visibility::Public;
    chat.writer().run(Create { founder: None, slug, name, topic, visibility, allow_duplicate: true, past: None }).await?;
    Ok(())
}
