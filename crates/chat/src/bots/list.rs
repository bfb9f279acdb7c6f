//! Which bots there are.

use std::collections::HashMap;

use protocol::{User, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, prelude::Uuid};
use serde::Serialize;

use super::keeper::bot_keeper;
use crate::{
    Chat, Result, Session,
    db::{entity::user, now, users},
    house::Doer,
    policy::{Actor, HouseAction},
};

/// A bot, as those see it who look after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bot {
    /// Its account.
    pub user: User,
    /// What it says of itself.
    pub bio: String,
    /// Who answers for it; nobody where they have gone.
    pub owner: Option<User>,
    /// Since when, in unix milliseconds.
    pub created_at: i64,
    /// Whether it is kept out.
    pub suspended: bool,
}

/// The bots of one's own, by user name.
///
/// # Errors
/// `unavailable`.
pub async fn list(chat: &Chat, actor: Actor) -> Result<Vec<Bot>> {
    let db = chat.db().read();
    let select = user::Entity::find()
        .filter(user::Column::OwnerId.eq(actor.user()?.0))
        .filter(user::Column::DeletedAt.is_null())
        .order_by_asc(user::Column::Username);
    with_owners(db, select.all(db).await?).await
}

/// All bots of the house, for its admins. Those of hooks and commands are no bots of anybody.
///
/// # Errors
/// `not_allowed`, `unavailable`.
pub async fn all(chat: &Chat, actor: Actor) -> Result<Vec<Bot>> {
    let db = chat.db().read();
    Doer::of(db, actor.into()).await?.permit(HouseAction::Administer, &chat.settings())?;
    let select = user::Entity::find()
        .filter(user::Column::Bot.eq(true))
        .filter(users::stands_alone())
        .filter(user::Column::DeletedAt.is_null())
        .order_by_asc(user::Column::Username);
    with_owners(db, select.all(db).await?).await
}

/// A bot that one looks after.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn bot(chat: &Chat, session: &Session, id: UserId) -> Result<Bot> {
    let db = chat.db().read();
    let (_, row) = bot_keeper(db, session, id, &chat.settings()).await?;
    let bots = with_owners(db, vec![row]).await?;
    Ok(bots.into_iter().next().ok_or(protocol::ErrorCode::NotFound)?)
}

async fn with_owners(db: &impl ConnectionTrait, rows: Vec<user::Model>) -> Result<Vec<Bot>> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.owner_id).collect();
    let owners = user::Entity::find().filter(user::Column::Id.is_in(ids)).filter(user::Column::DeletedAt.is_null());
    let owners: HashMap<Uuid, User> = owners.all(db).await?.into_iter().map(|row| (row.id, row.into())).collect();
    let bot = |row: user::Model| Bot {
        bio: row.bio.clone(),
        owner: row.owner_id.and_then(|id| owners.get(&id).cloned()),
        created_at: row.created_at,
        suspended: row.suspended_until.is_some_and(|until| until > now()),
        user: row.into(),
    };
    Ok(rows.into_iter().map(bot).collect())
}
