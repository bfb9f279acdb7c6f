//! The hooks of a room.

use std::collections::HashMap;

use protocol::{ErrorCode, Room, RoomRef, User};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, prelude::Uuid};

use crate::{
    Chat, Result,
    db::entity::{hook, user},
    policy::{Action, Actor},
    rooms,
};

/// A hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Id.
    pub id: Uuid,
    /// The account that its messages are from. Its name is the hook's.
    pub account: User,
    /// Who made it, as the audit log names them.
    pub made_by: String,
    /// When, in unix milliseconds.
    pub made_at: i64,
    /// Whether its messages may call all members at once, as far as the room lets it.
    pub calls_all: bool,
}

impl Hook {
    pub(super) fn of(row: hook::Model, account: User, made_by: String) -> Self {
        let hook::Model { id, made_at, calls_all, .. } = row;
        Self { id, account, made_by, made_at, calls_all }
    }
}

/// The hooks of a room.
#[derive(Clone, Debug)]
pub struct Hooks {
    /// The room.
    pub room: Room,
    /// Them, the oldest first.
    pub hooks: Vec<Hook>,
}

/// The hooks of a room, for whoever keeps order there.
///
/// # Errors
/// As [`super::create`].
pub async fn list(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Hooks> {
    let db = chat.db().read();
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Moderate)?;
    let rows =
        hook::Entity::find().filter(hook::Column::RoomId.eq(found.room.id.0)).order_by_asc(hook::Column::Id).all(db).await?;
    let ids = rows.iter().flat_map(|row| [row.user_id, row.made_by]).collect::<Vec<_>>();
    let users = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
    let users: HashMap<Uuid, User> = users.into_iter().map(|row| (row.id, row.into())).collect();
    let hook = |row: hook::Model| {
        let account = users.get(&row.user_id).cloned().ok_or(ErrorCode::Internal)?;
        let maker = users.get(&row.made_by).map(|user| ["@", &user.username].concat()).unwrap_or_default();
        Ok(Hook::of(row, account, maker))
    };
    Ok(Hooks { room: found.room, hooks: rows.into_iter().map(hook).collect::<Result<_>>()? })
}
