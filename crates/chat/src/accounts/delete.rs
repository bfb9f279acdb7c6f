//! Deleting an account. What it wrote stays, under the name of a former member; what was personal goes.

use std::net::IpAddr;

use protocol::{ErrorCode, Room, RoomId, SessionId, UserId};
use sea_orm::{ConnectionTrait, TryGetable, prelude::Uuid};

use crate::{
    Chat, Result,
    db::{Serial, Sql, entity::membership, serialize, users},
    former,
    policy::Actor,
    rooms,
    sessions::{self, Session},
    settings::mark_changed,
    writer::{Transaction, Work},
};

/// What keeps somebody from deleting their account: others need them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// They are the last owner of the house.
    pub house: bool,
    /// Rooms with other members, of which they are the last owner.
    pub rooms: Vec<Room>,
}

/// What keeps somebody from deleting their account.
///
/// # Errors
/// `unavailable`.
pub async fn ties(chat: &Chat, session: &Session) -> Result<Ties> {
    let (db, user) = (chat.db().read(), session.user.id);
    let mut rooms = Vec::new();
    for room in owned_alone(db, user).await? {
        rooms.push(rooms::load(db, Actor::User(user), &room.into()).await?.room);
    }
    Ok(Ties { house: users::is_last_owner(db, user).await?, rooms })
}

/// Deletes the account of somebody who has typed its password.
///
/// # Errors
/// `invalid` when it is not the password; `last_owner` with [`ties`] to the house or to rooms; `throttled`, `unavailable`.
pub async fn delete_own(chat: &Chat, session: &Session, password: &str, from: IpAddr) -> Result<()> {
    let account = sessions::prove(chat, session, password, from).await?;
    let ended = chat.writer().run(DeleteOwn { user: UserId(account.id) }).await?;
    sessions::cut(chat, ended).await;
    chat.renew().await;
    Ok(())
}

struct DeleteOwn {
    user: UserId,
}

impl Work for DeleteOwn {
    type Answer = Vec<SessionId>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Vec<SessionId>> {
        // Of two last owners that go at once one has to stay.
        serialize(&**transaction, Serial::FirstAccount).await?;
        if users::is_last_owner(&**transaction, self.user).await? || !owned_alone(&**transaction, self.user).await?.is_empty() {
            return Err(ErrorCode::LastOwner.into());
        }
        let ended = former::erase(transaction, self.user).await?;
        mark_changed(&**transaction).await?;
        Ok(ended)
    }
}

/// Rooms that have other members and no other owner.
async fn owned_alone(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<RoomId>> {
    let others = "SELECT 1 FROM memberships o WHERE o.room_id = m.room_id AND o.user_id <> m.user_id";
    let select = Sql::new(
        db.get_database_backend(),
        "SELECT m.room_id FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE r.deleted_at IS NULL AND m.user_id = ",
    )
    .value(user.0)
    .text(" AND m.role = ")
    .value(membership::Role::Owner)
    .text(&[" AND EXISTS (", others, ") AND NOT EXISTS (", others, " AND o.role = "].concat())
    .value(membership::Role::Owner)
    .text(") ORDER BY m.room_id");
    let rows = db.query_all_raw(select.done()).await?;
    Ok(rows
        .iter()
        .map(|row| Uuid::try_get_by_index(row, 0).map(RoomId))
        .collect::<std::result::Result<_, _>>()
        .map_err(sea_orm::DbErr::from)?)
}
