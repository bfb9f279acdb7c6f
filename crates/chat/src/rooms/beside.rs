//! What stands beside a page, read in one go.

use protocol::{Arrangement, Room, RoomRef, RoomsUnread};
use sea_orm::ConnectionTrait;

use super::{
    arrange,
    list::{self, Asked},
};
use crate::{Chat, Result, marks, policy::Actor, reads};

/// What stands beside a page. Guests have the public rooms, and nothing new in them.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The rooms of the list: see [`super::list()`].
    pub rooms: Vec<Room>,
    /// How the list is arranged.
    pub arrangement: Arrangement,
    /// What is new in them.
    pub unread: RoomsUnread,
}

/// What stands beside a page of the actor's.
///
/// # Errors
/// `unavailable`.
pub async fn beside(chat: &Chat, actor: Actor) -> Result<Beside> {
    Ok(read(chat, actor, None).await?.0)
}

/// The same, and one room as the actor sees it, with its number of members: one question for a page of a room and what is beside it.
pub(crate) async fn beside_and_load(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<(Beside, Option<Asked>)> {
    read(chat, actor, Some(room)).await
}

async fn read(chat: &Chat, actor: Actor, room: Option<&RoomRef>) -> Result<(Beside, Option<Asked>)> {
    let db = chat.db().read();
    let backend = db.get_database_backend();
    let rooms = list::select_listed(backend, actor, room);
    let (account, rooms, marks) = match actor {
        Actor::Guest => (None, db.query_all_raw(rooms).await?, Vec::new()),
        Actor::User(user) => {
            // The account before the rooms: what comes in between is in both.
            let questions = vec![reads::select_account(backend, user), rooms, marks::select_of_rooms(backend, user)];
            let mut answers = db.query_each(questions).await?.into_iter();
            let mut next = || answers.next().unwrap_or_default();
            (next().pop(), next(), next())
        }
    };
    let (mut rooms, asked) = list::listed_of(&rooms, actor, room)?;
    let (arrangement, unread) = match (account, actor) {
        (Some(account), Actor::User(user)) => {
            let account = reads::Account::of_row(&account)?;
            let unread = account.unread(chat, user, &marks).await?;
            (account.arrangement, unread)
        }
        _ => Default::default(),
    };
    arrange::sort(db, &arrangement, &mut rooms).await?;
    Ok((Beside { rooms, arrangement, unread }, asked))
}
