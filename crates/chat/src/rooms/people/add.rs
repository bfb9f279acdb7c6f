//! Making somebody else a member.

use protocol::{AlertKind, Change, Field, FieldError, Problem, Room, RoomRef, User, Username};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{ban, subject};
use crate::{
    Chat, Error, Result,
    account_log::NewAlert,
    db::{
        entity::membership::{self, Role},
        now, users,
    },
    house::{self, By},
    policy::Action,
    rooms::{bounds::may_join, steward::Steward},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Makes whoever has this user name a member. Who is one already stays so.
///
/// # Errors
/// `invalid` when nobody has the name, or who has it was kept out; `limit_reached` when they are in as many rooms as they may be;
/// `not_found` also for what this actor may not know of; `not_allowed`, `not_a_member`, `archived`, `not_authenticated`, `throttled`,
/// `unavailable`.
pub async fn add(chat: &Chat, by: impl Into<By>, room: &RoomRef, username: &str) -> Result<Room> {
    let rooms_max = chat.limits().rooms_joined;
    let steward = Steward::new(chat, by.into(), room, Deed::Moderate)?;
    chat.writer().run(Add { steward, username: username.trim().trim_start_matches('@').to_owned(), rooms_max }).await
}

struct Add {
    steward: Steward,
    username: String,
    /// Rooms that the one who is added may be in.
    rooms_max: u32,
}

impl Work for Add {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        // First, so that a stranger hears nothing of names.
        let charge = self.steward.take(&**transaction, Action::Add).await?;
        let (room, user) = (charge.room.clone(), self.guest(transaction).await?);
        let guest = subject::subject(&**transaction, room.id, user.id).await?;
        if guest.role.is_some() {
            return Ok(room);
        }
        if ban::is_banned(&**transaction, room.id, user.id).await? {
            return Err(about(Problem::KeptOut));
        }
        may_join(&**transaction, user.id, self.rooms_max).await?;
        let row = membership::ActiveModel {
            room_id: Set(room.id.0),
            user_id: Set(user.id.0),
            role: Set(Role::Member),
            joined_at: Set(now()),
            ..Default::default()
        };
        row.insert(&**transaction).await?;
        // Members add whom they like; that the house does it is noted.
        if charge.doer.is_for_house() {
            charge.audit_person(&**transaction, house::Deed::AddToRoom, &user, "").await?;
        }
        let text = [" added you to ", &room.name, "."].concat();
        let added = transaction.record(room.id, charge.actor, Change::MemberAdded { user: user.clone() }).await?;
        transaction.read_up_to(room.id, user.id, added.seq);
        transaction.moved(user.id).await?;
        let alert = NewAlert { kind: AlertKind::Added, text, author: charge.doer.id, room: Some(room.id) };
        transaction.alert(user.id, alert).await?;
        Ok(room)
    }
}

impl Add {
    /// Whoever has the name, and has not gone.
    async fn guest(&self, transaction: &Transaction) -> Result<User> {
        let username = Username::parse(&self.username)?;
        let account = users::by_name(&**transaction, &username).await?.filter(|account| account.deleted_at.is_none());
        account.map(Into::into).ok_or_else(|| about(Problem::Unknown))
    }
}

fn about(problem: Problem) -> Error {
    FieldError { field: Field::Username, problem }.into()
}
