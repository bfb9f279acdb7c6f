//! Giving a member another role.

use protocol::{AlertKind, Change, ErrorCode, Field, FieldError, Problem, Room, RoomRef, RoomRole, UserId, Username};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    add::add,
    subject::{self, is_last_owner, lock, may_set_role},
};
use crate::{
    Chat, Result,
    account_log::NewAlert,
    db::{
        entity::membership::{self, Role},
        users,
    },
    house::{self, By},
    policy::Action,
    rooms::steward::Steward,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Makes a member an owner, a moderator or a plain member: `owner`, `moderator` or `member`.
///
/// # Errors
/// `last_owner` when nobody would own the room; `not_allowed` for whom the actor has no say over; `not_found` also for what this actor
/// may not know of, and who is no member; `invalid`, `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn set_role(chat: &Chat, by: impl Into<By>, room: &RoomRef, user: UserId, role: &str) -> Result<Room> {
    let steward = Steward::new(chat, by.into(), room, Deed::Moderate)?;
    chat.writer().run(SetRole { steward, user, role: parse(role)? }).await
}

/// Makes whoever has this user name a member, and then gives them a role, if one is named. Who is a member already gets it all the same.
///
/// # Errors
/// As [`add`](super::add) and [`set_role`].
pub async fn add_as(chat: &Chat, by: impl Into<By>, room: &RoomRef, username: &str, role: Option<&str>) -> Result<Room> {
    let by = by.into();
    // What is no role is said before anybody is added.
    role.map(parse).transpose()?;
    let room = add(chat, by, room, username).await?;
    let Some(role) = role else { return Ok(room) };
    let username = Username::parse(username.trim().trim_start_matches('@'))?;
    match users::by_name(chat.db().read(), &username).await? {
        Some(account) => set_role(chat, by, &room.id.into(), UserId(account.id), role).await,
        None => Err(ErrorCode::NotFound.into()),
    }
}

fn parse(word: &str) -> std::result::Result<RoomRole, FieldError> {
    match word {
        "owner" => Ok(RoomRole::Owner),
        "moderator" => Ok(RoomRole::Moderator),
        "member" => Ok(RoomRole::Member),
        _ => Err(FieldError { field: Field::Role, problem: Problem::NotAChoice }),
    }
}

fn word(role: RoomRole) -> &'static str {
    match role {
        RoomRole::Owner => "owner",
        RoomRole::Moderator => "moderator",
        RoomRole::Member => "member",
    }
}

struct SetRole {
    steward: Steward,
    user: UserId,
    role: RoomRole,
}

impl Work for SetRole {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let charge = self.steward.take(&**transaction, Action::Manage).await?;
        let room = charge.room.clone();
        lock(&**transaction, room.id).await?;
        let subject = subject::subject(&**transaction, room.id, self.user).await?;
        let role = subject.role.ok_or(ErrorCode::NotFound)?;
        may_set_role(charge.access, self.user == charge.actor, role)?;
        if role == self.role {
            return Ok(room);
        }
        if role == RoomRole::Owner && is_last_owner(&**transaction, room.id, self.user).await? {
            return Err(ErrorCode::LastOwner.into());
        }
        membership::Entity::update_many()
            .col_expr(membership::Column::Role, Expr::value(Role::from(self.role)))
            .filter(membership::Column::RoomId.eq(room.id.0))
            .filter(membership::Column::UserId.eq(self.user.0))
            .exec(&**transaction)
            .await?;
        let detail = [word(role), " → ", word(self.role)].concat();
        charge.audit_person(&**transaction, house::Deed::ChangeRoomRole, &subject.user, &detail).await?;
        if self.user != charge.actor {
            let what = match self.role {
                RoomRole::Owner => " made you an owner of ",
                RoomRole::Moderator => " made you a moderator of ",
                RoomRole::Member => " made you a member without a say in ",
            };
            let text = [what, &room.name, "."].concat();
            let alert = NewAlert { kind: AlertKind::RoleChanged, text, author: charge.doer.id, room: Some(room.id) };
            transaction.alert(self.user, alert).await?;
        }
        let change = Change::MemberChanged { user: subject.user, role: self.role, muted_until: subject.muted_until };
        transaction.record(room.id, charge.actor, change).await?;
        Ok(room)
    }
}
