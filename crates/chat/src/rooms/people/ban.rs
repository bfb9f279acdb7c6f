//! Keeping somebody out of a room, and letting them in again.

use protocol::{Field, FieldError, Problem, Room, RoomId, RoomRef, User, UserId, Username, single_line};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, TryGetableMany,
    prelude::Uuid,
};

use super::{
    remove::expel,
    span::{self, FOR_GOOD},
    subject::{self, lock, may_moderate},
};
use crate::{
    Chat, Result,
    db::{Sql, entity::room_ban, now, users},
    house,
    policy::{Action, Actor},
    rooms::{load::load, steward::Steward},
    throttle::Deed,
    writer::{Transaction, Work},
};

/// Longest reason, in characters.
const REASON_MAX: usize = 200;
/// Bans that are listed, the newest first.
const LISTED: u64 = 200;

/// What somebody chose who keeps a person out.
#[derive(Clone, Copy)]
pub struct Ban<'a> {
    /// Why; may be empty.
    pub reason: &'a str,
    /// For how long: a `day`, a `week`, `always`.
    pub time: &'a str,
}

/// Somebody who is kept out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banned {
    /// Who.
    pub user: User,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when; for good without it.
    pub until: Option<i64>,
}

/// Keeps somebody out of a room: a member is removed, and nobody who is kept out joins or is added. A second ban takes the place of the
/// first.
///
/// # Errors
/// `invalid` with what is wrong; `not_allowed` for whom the actor has no say over; `not_found` also for what this actor may not know of;
/// `not_a_member`, `archived`, `not_authenticated`, `throttled`, `unavailable`.
pub async fn ban(chat: &Chat, actor: Actor, room: &RoomRef, user: UserId, ban: Ban<'_>) -> Result<Room> {
    actor.user()?;
    let reason = single_line(Field::Reason, ban.reason, 0, REASON_MAX)?;
    let span = span::until(ban.time)?;
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    chat.writer().run(KeepOut { steward, user, reason, span }).await
}

/// The same for whoever has this user name, a member or not.
///
/// # Errors
/// As [`ban`], and `invalid` where nobody has the name.
pub async fn ban_named(chat: &Chat, actor: Actor, room: &RoomRef, username: &str, terms: Ban<'_>) -> Result<Room> {
    let db = chat.db().read();
    load(db, actor, room).await?.access.permit(Action::Moderate)?;
    let username = Username::parse(username.trim().trim_start_matches('@'))?;
    let account = users::by_name(db, &username).await?.filter(|account| account.deleted_at.is_none());
    let account = account.ok_or(FieldError { field: Field::Username, problem: Problem::Unknown })?;
    ban(chat, actor, room, UserId(account.id), terms).await
}

/// Lets somebody in again who was kept out. They are no member by that.
///
/// # Errors
/// As [`ban`].
pub async fn unban(chat: &Chat, actor: Actor, room: &RoomRef, user: UserId) -> Result<Room> {
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    chat.writer().run(LetIn { steward, user }).await
}

/// Who is kept out of a room: for those who keep order there, empty for others.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `unavailable`.
pub async fn banned(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Vec<Banned>> {
    let db = chat.db().read();
    let found = load(db, actor, room).await?;
    if !found.access.may(Action::Moderate) {
        return Ok(Vec::new());
    }
    let select = Sql::new(
        db.get_database_backend(),
        "SELECT u.id, u.username, u.name, u.ambiguous, u.picture, u.bot, by.name, b.reason, b.until ",
    )
    .text("FROM room_bans b JOIN users u ON u.id = b.user_id LEFT JOIN users by ON by.id = b.by_id WHERE b.room_id = ")
    .value(found.room.id.0)
    .text(" AND (b.until IS NULL OR b.until > ")
    .value(now())
    .text(") ORDER BY b.at DESC, u.id")
    .limit(LISTED);
    let rows = db.query_all_raw(select.done()).await?;
    rows.iter()
        .map(|row| {
            type Columns = (Uuid, String, String, bool, Option<String>, bool, Option<String>, String, Option<i64>);
            let (id, username, name, ambiguous, picture, bot, by, reason, until) =
                Columns::try_get_many_by_index(row).map_err(DbErr::from)?;
            let user = User { id: UserId(id), username, name, ambiguous, picture, bot };
            Ok(Banned { user, by: by.unwrap_or_default(), reason, until })
        })
        .collect()
}

/// Whether somebody is kept out of a room now.
pub(super) async fn is_banned(db: &impl ConnectionTrait, room: RoomId, user: UserId) -> Result<bool> {
    let ban = room_ban::Entity::find_by_id((room.0, user.0)).one(db).await?;
    Ok(ban.is_some_and(|ban| ban.until.is_none_or(|until| until > now())))
}

struct KeepOut {
    steward: Steward,
    user: UserId,
    reason: String,
    span: (&'static str, i64),
}

impl Work for KeepOut {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        let (room, (how_long, until)) = (charge.room.clone(), self.span);
        // Nobody is made an owner in between, who would be the last one perhaps.
        lock(&**transaction, room.id).await?;
        let subject = subject::subject(&**transaction, room.id, self.user).await?;
        may_moderate(charge.access, subject.role)?;
        forget(transaction, room.id, self.user).await?;
        let row = room_ban::ActiveModel {
            room_id: Set(room.id.0),
            user_id: Set(self.user.0),
            by_id: Set(charge.actor.0),
            reason: Set(self.reason.clone()),
            until: Set((until < FOR_GOOD).then_some(until)),
            at: Set(now()),
        };
        row.insert(&**transaction).await?;
        let detail = [how_long, " ", &self.reason].concat();
        charge.audit_person(&**transaction, house::Deed::BanFromRoom, &subject.user, &detail).await?;
        let text = [" keeps you out of ", &room.name, " ", how_long, "."].concat();
        expel(transaction, &charge, subject.user, text).await?;
        Ok(room)
    }
}

struct LetIn {
    steward: Steward,
    user: UserId,
}

impl Work for LetIn {
    type Answer = Room;

    async fn run(&self, transaction: &mut Transaction) -> Result<Room> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        if forget(transaction, charge.room.id, self.user).await? {
            let whom = subject::subject(&**transaction, charge.room.id, self.user).await?.user;
            charge.audit_person(&**transaction, house::Deed::LiftBan, &whom, "").await?;
        }
        Ok(charge.room)
    }
}

/// Whether there was one.
async fn forget(transaction: &Transaction, room: RoomId, user: UserId) -> Result<bool> {
    let gone = room_ban::Entity::delete_many()
        .filter(room_ban::Column::RoomId.eq(room.0))
        .filter(room_ban::Column::UserId.eq(user.0))
        .exec(&**transaction)
        .await?;
    Ok(gone.rows_affected > 0)
}
