//! Of what somebody wants to hear in a room, and muting it for some time.

use protocol::{ErrorCode, Field, FieldError, Level, Problem, Room, RoomRef};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};

use crate::{
    Chat, Result, account_log,
    clocks::to_come,
    db::{entity::membership, now},
    policy::Actor,
    rooms,
};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const MINUTE_MS: i64 = 60 * 1_000;

/// For how long a room is muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Not, or no longer.
    Not,
    /// For an hour.
    Hour,
    /// Until the reader's day ends.
    Tomorrow,
    /// Until they say otherwise.
    Always,
}

impl Span {
    /// All of them, with the words that forms have for them.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Not, "not"), (Self::Hour, "hour"), (Self::Tomorrow, "tomorrow"), (Self::Always, "always")];

    /// When it ends that begins now, for somebody whose clocks are so many minutes ahead of UTC.
    fn until(self, now: i64, minutes_east: i32) -> Option<i64> {
        let shift = i64::from(minutes_east) * MINUTE_MS;
        match self {
            Self::Not => None,
            Self::Hour => Some(now + HOUR_MS),
            Self::Tomorrow => Some(((now + shift).div_euclid(DAY_MS) + 1) * DAY_MS - shift),
            Self::Always => Some(rooms::FOR_GOOD),
        }
    }
}

/// Of what somebody wants to hear in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notifications {
    /// The room.
    pub room: Room,
    /// How much.
    pub level: Level,
    /// Until when it is muted; for good with the last moment that there is.
    pub quiet_until: Option<i64>,
}

/// Of what the actor wants to hear in a room that they are in.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_a_member`, `not_authenticated`, `unavailable`.
pub async fn notifications(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<Notifications> {
    let (db, user) = (chat.db().read(), actor.user()?);
    let room = rooms::load(db, actor, room).await?.room;
    let row = membership::Entity::find_by_id((room.id.0, user.0)).one(db).await?.ok_or(ErrorCode::NotAMember)?;
    let quiet_until = row.quiet_until.filter(|until| *until > now());
    Ok(Notifications { room, level: Level::of_word(&row.level).unwrap_or_default(), quiet_until })
}

/// Chooses of what the actor hears in a room: `everything`, `mentions`, `nothing`.
///
/// # Errors
/// `invalid` for another word; otherwise as [`notifications`].
pub async fn set_level(chat: &Chat, actor: Actor, room: &RoomRef, level: &str) -> Result<Room> {
    let level = Level::of_word(level).ok_or(FieldError { field: Field::Until, problem: Problem::NotAChoice })?;
    let update = membership::Entity::update_many().col_expr(membership::Column::Level, Expr::value(level.word()));
    change(chat, actor, room, update).await
}

/// Mutes a room for the actor, or no longer: `hour`, `tomorrow`, `always`, `not`, for somebody whose clocks are so many minutes ahead of UTC.
///
/// # Errors
/// `invalid` for another word; otherwise as [`notifications`].
pub async fn mute(chat: &Chat, actor: Actor, room: &RoomRef, span: &str, minutes_east: i32) -> Result<Room> {
    let found = Span::ALL.into_iter().find(|(_, word)| *word == span);
    let (span, _) = found.ok_or(FieldError { field: Field::Until, problem: Problem::NotAChoice })?;
    let until = span.until(now(), minutes_east);
    let update = membership::Entity::update_many().col_expr(membership::Column::QuietUntil, Expr::value(until));
    change(chat, actor, room, update).await
}

/// Mutes a room for the actor until a moment (unix milliseconds), or no longer.
///
/// # Errors
/// `invalid` for a moment that has gone by; otherwise as [`notifications`].
pub async fn mute_until(chat: &Chat, actor: Actor, room: &RoomRef, until: Option<i64>) -> Result<Room> {
    let until = until.map(|until| to_come(until, now())).transpose()?;
    let update = membership::Entity::update_many().col_expr(membership::Column::QuietUntil, Expr::value(until));
    change(chat, actor, room, update).await
}

/// Writes it, at a place in the log of the account.
async fn change(chat: &Chat, actor: Actor, room: &RoomRef, update: UpdateMany<membership::Entity>) -> Result<Room> {
    let user = actor.user()?;
    let room = rooms::load(chat.db().read(), actor, room).await?.room;
    let transaction = chat.db().begin().await?;
    let update = update.filter(membership::Column::RoomId.eq(room.id.0)).filter(membership::Column::UserId.eq(user.0));
    if update.exec(&transaction).await?.rows_affected == 0 {
        return Err(ErrorCode::NotAMember.into());
    }
    let signal = account_log::list_changed(&transaction, user).await?;
    transaction.commit().await?;
    chat.signal(signal).await;
    Ok(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tomorrow_begins_where_the_reader_is() {
        // 1 July 2026, 23:30 UTC.
        let now = 1_782_948_600_000;
        let hours = |minutes_east| Span::Tomorrow.until(now, minutes_east).map(|until| until - now);
        assert_eq!(hours(0), Some(HOUR_MS / 2));
        assert_eq!(hours(120), Some(DAY_MS - 3 * HOUR_MS / 2));
        assert_eq!(hours(-60), Some(3 * HOUR_MS / 2));
        assert_eq!((Span::Not.until(now, 0), Span::Hour.until(now, 0)), (None, Some(now + HOUR_MS)));
    }
}
