//! Giving a member another role.

use protocol::{AlertKind, Change, ErrorCode, Field, FieldError, Problem, Room, RoomRef, RoomRole, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::subject::{self, is_last_owner, lock, may_set_role};
use crate::{
    Chat, Result,
    account_log::NewAlert,
    db::entity::membership::{self, Role},
    policy::{Action, Actor},
    rooms::load::load,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Makes a member an owner, a moderator or a plain member: `owner`, `moderator` or `member`.
///
/// # Errors
/// `last_owner` when nobody would own the room; `not_allowed` for whom the actor has no say over; `not_found` also for what this actor
/// may not know of, and who is no member; `invalid`, `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn set_role(chat: &Chat, actor: Actor, room: &RoomRef, user: UserId, role: &str) -> Result<Room> {
    let owner = actor.user()?;
    let role = parse(role)?;
    chat.deeds().by(owner, Deed::Moderate)?;
    chat.writer().run(SetRole { owner, room: room.clone(), user, role }).await
}

fn parse(word: &str) -> std::result::Result<RoomRole, FieldError> {
    match word {
        "owner" => Ok(RoomRole::Owner),
        "moderator" => Ok(RoomRole::Moderator),
        "member" => Ok(RoomRole::Member),
        _ => Err(FieldError { field: Field::Role, problem: Problem::NotAChoice }),
    }
}

struct SetRole {
    owner: UserId,
    room: RoomRef,
    user: UserId,
    role: RoomRole,
}

impl Work for SetRole {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let found = load(&**transaction, Actor::User(self.owner), &self.room).await?;
        found.access.permit(Action::Manage)?;
        let room = found.room;
        lock(&**transaction, room.id).await?;
        let subject = subject::subject(&**transaction, room.id, self.user).await?;
        let role = subject.role.ok_or(ErrorCode::NotFound)?;
        may_set_role(found.access, self.user == self.owner, role)?;
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
        if self.user != self.owner {
            let what = match self.role {
                RoomRole::Owner => " made you an owner of ",
                RoomRole::Moderator => " made you a moderator of ",
                RoomRole::Member => " made you a member without a say in ",
            };
            let text = [&subject::name(&**transaction, self.owner).await?, what, &room.name, "."].concat();
            let alert = NewAlert { kind: AlertKind::RoleChanged, text, author: Some(self.owner), room: Some(room.id) };
            transaction.alert(self.user, alert).await?;
        }
        let change = Change::MemberChanged { user: subject.user, role: self.role, muted_until: subject.muted_until };
        transaction.record(room.id, self.owner, change).await?;
        Ok(room)
    }
}
