//! How somebody wants to be seen: what they say of what they do, whether they may be disturbed, whether others see them at all.

use std::time::Duration;

use hub::{Seen, Signal};
use protocol::{Field, FieldError, Presence, Problem, Status, StatusEmoji, StatusText, UserId};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::{
    Chat, Result, account_log,
    clocks::{self, FOR_GOOD},
    db::{entity::user, now, users},
    reads::QuietHours,
    sessions::Session,
    throttle::Deed,
};

const MINUTE_MS: i64 = 60 * 1_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How often it is looked whether a status or a time without disturbance has ended or begun.
const LOOK: Duration = Duration::from_secs(30);
/// Accounts that one statement asks for.
const AT_ONCE: usize = 500;

/// How somebody wants to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Availability {
    /// What they say of what they do, as long as it lasts.
    pub status: Option<Status>,
    /// Until when they are not to be disturbed, if they said so.
    pub quiet_until: Option<i64>,
    /// Whether they do not want to be seen.
    pub invisible: bool,
}

impl Availability {
    /// Whether that has no end.
    #[must_use]
    pub fn is_quiet_for_good(&self) -> bool {
        self.quiet_until == Some(FOR_GOOD)
    }

    pub(super) fn of(row: &user::Model, at: i64) -> Self {
        let status = status(&row.status_emoji, &row.status_text, row.status_until, at);
        Self { status, quiet_until: row.quiet_until.filter(|until| *until > at), invisible: row.invisible }
    }
}

/// What somebody says of what they do, from the columns, as long as it lasts.
pub(crate) fn status(emoji: &str, text: &str, until: Option<i64>, at: i64) -> Option<Status> {
    let lasts = until.is_none_or(|until| until > at) && !(emoji.is_empty() && text.is_empty());
    lasts.then(|| Status { emoji: emoji.to_owned(), text: text.to_owned(), until })
}

/// Says what one does: an emoji, a text, and for how long, by the words that the form has. Both empty: nothing any more.
///
/// # Errors
/// `invalid` with every field that is wrong, `throttled`, `unavailable`.
pub async fn set_status(chat: &Chat, session: &Session, emoji: &str, text: &str, lasts: &str) -> Result<()> {
    let (id, at) = (session.user.id, now());
    let row = users::by_id(chat.db().read(), id).await?;
    let (emoji, text, until) = match (StatusEmoji::parse(emoji), StatusText::parse(text), end(lasts, at, east(&row, at))) {
        (Ok(emoji), Ok(text), Ok(until)) => (emoji, text, until),
        (emoji, text, until) => {
            let faults: Vec<_> = [emoji.err(), text.err(), until.err()].into_iter().flatten().collect();
            return Err(protocol::Error::from(faults).into());
        }
    };
    keep_status(chat, id, &emoji, &text, until).await
}

/// Keeps what somebody says of what they do.
pub(super) async fn keep_status(
    chat: &Chat,
    id: UserId,
    emoji: &StatusEmoji,
    text: &StatusText,
    until: Option<i64>,
) -> Result<()> {
    let until = until.filter(|_| !(emoji.as_str().is_empty() && text.as_str().is_empty()));
    chat.deeds().by(id, Deed::EditRoom)?;
    let transaction = chat.db().begin().await?;
    user::Entity::update_many()
        .col_expr(user::Column::StatusEmoji, Expr::value(emoji.as_str()))
        .col_expr(user::Column::StatusText, Expr::value(text.as_str()))
        .col_expr(user::Column::StatusUntil, Expr::value(until))
        .filter(user::Column::Id.eq(id.0))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    tell(chat, id).await
}

/// Settles for how long one is not to be disturbed, by the words that the form has, and whether others see that one is there.
///
/// # Errors
/// `invalid`, `throttled`, `unavailable`.
pub async fn set_availability(chat: &Chat, session: &Session, quiet: &str, invisible: bool) -> Result<()> {
    let (id, at) = (session.user.id, now());
    let row = users::by_id(chat.db().read(), id).await?;
    let until = match quiet {
        "off" => None,
        // As it was.
        "keep" => row.quiet_until,
        lasts => Some(end(lasts, at, east(&row, at)).map_err(protocol::Error::from)?.unwrap_or(FOR_GOOD)),
    };
    keep_availability(chat, id, until, invisible).await
}

/// Keeps until when somebody is not to be disturbed, and whether they are seen.
pub(super) async fn keep_availability(chat: &Chat, id: UserId, until: Option<i64>, invisible: bool) -> Result<()> {
    chat.deeds().by(id, Deed::EditRoom)?;
    let transaction = chat.db().begin().await?;
    user::Entity::update_many()
        .col_expr(user::Column::QuietUntil, Expr::value(until))
        .col_expr(user::Column::Invisible, Expr::value(invisible))
        .filter(user::Column::Id.eq(id.0))
        .exec(&transaction)
        .await?;
    // Title, icon and app are silent meanwhile: their own pages hear of it, too.
    let signal = account_log::list_changed(&transaction, id).await?;
    transaction.commit().await?;
    chat.signal(signal).await;
    tell(chat, id).await
}

/// Whether somebody is there, as others see it.
#[must_use]
pub fn presence(chat: &Chat, user: UserId) -> Presence {
    chat.hub().presence(user)
}

/// How somebody wants to be seen now.
pub(crate) async fn seen(db: &impl ConnectionTrait, user: UserId) -> Result<Seen> {
    Ok(seen_now(&users::by_id(db, user).await?))
}

/// Looks now and then, for those who have a socket on this node, whether they are to be seen otherwise: what has an end ends by itself,
/// and what was not heard from another node is found.
pub(crate) fn keep_seen(chat: &Chat) {
    let weak = chat.weak();
    chat.spawn(async move {
        let mut ticks = interval_at(Instant::now() + LOOK, LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let Some(chat) = weak.get() else { break };
            if let Err(error) = look_at_all(&chat).await {
                tracing::warn!(%error, "how people want to be seen is not known anew yet");
            }
        }
    });
}

/// Looks at once how those want to be seen who have a socket on this node.
///
/// # Errors
/// `unavailable`.
pub async fn look_at_all(chat: &Chat) -> Result<()> {
    for people in chat.hub().served().chunks(AT_ONCE) {
        let set = Condition::any()
            .add(user::Column::StatusText.ne(""))
            .add(user::Column::StatusEmoji.ne(""))
            .add(user::Column::QuietFrom.is_not_null())
            .add(user::Column::QuietUntil.is_not_null())
            .add(user::Column::Invisible.eq(true));
        let select = user::Entity::find().filter(user::Column::Id.is_in(people.iter().map(|user| user.0))).filter(set);
        let found = select.all(chat.db().read()).await?;
        for user in people {
            let row = found.iter().find(|row| row.id == user.0);
            chat.hub().see(*user, row.map(seen_now).unwrap_or_default());
        }
    }
    Ok(())
}

async fn tell(chat: &Chat, user: UserId) -> Result<()> {
    let seen = seen(chat.db().read(), user).await?;
    chat.signal(Signal::Seen { user, seen }).await;
    Ok(())
}

fn seen_now(row: &user::Model) -> Seen {
    let at = now();
    let Availability { status, quiet_until, invisible } = Availability::of(row, at);
    Seen { invisible, quiet: quiet_until.is_some() || is_quiet_hour(row, at), status }
}

/// Whether it is a time of their day at which they are not to be disturbed.
fn is_quiet_hour(row: &user::Model, at: i64) -> bool {
    let hour = |minute: Option<i64>| minute.and_then(|minute| u16::try_from(minute).ok());
    let hours = hour(row.quiet_from).zip(hour(row.quiet_to));
    hours.is_some_and(|(from, to)| QuietHours { from, to }.hold(&row.time_zone, at))
}

fn east(row: &user::Model, at: i64) -> i32 {
    clocks::minutes_east(&row.time_zone, at).unwrap_or(0)
}

/// When something ends that lasts so long, by the words that forms have; `None` for what has no end.
fn end(lasts: &str, at: i64, east: i32) -> std::result::Result<Option<i64>, FieldError> {
    let midnight = |days: i64| {
        let east = i64::from(east) * MINUTE_MS;
        ((at + east).div_euclid(DAY_MS) + days) * DAY_MS - east
    };
    match lasts {
        "always" => Ok(None),
        "half_hour" => Ok(Some(at + HOUR_MS / 2)),
        "hour" => Ok(Some(at + HOUR_MS)),
        "four_hours" => Ok(Some(at + 4 * HOUR_MS)),
        "today" => Ok(Some(midnight(1))),
        "week" => Ok(Some(midnight(7))),
        _ => Err(FieldError { field: Field::Until, problem: Problem::NotAChoice }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 1 July 2026, 12:00 in UTC.
    const NOON: i64 = 1_782_907_200_000;

    #[test]
    fn what_lasts_ends_by_the_clock_of_whoever_says_it() {
        let end = |lasts, east| end(lasts, NOON, east).unwrap().map(|at| (at - NOON) / MINUTE_MS);
        assert_eq!(end("always", 0), None);
        assert_eq!([end("half_hour", 0), end("hour", 120), end("four_hours", 0)], [Some(30), Some(60), Some(240)]);
        assert_eq!([end("today", 0), end("today", 120), end("today", -210)], [Some(720), Some(600), Some(930)]);
        assert_eq!(end("week", 0), Some(720 + 6 * 24 * 60));
        assert!(super::end("ever", NOON, 0).is_err());
    }

    #[test]
    fn a_status_is_there_as_long_as_it_lasts() {
        let lasting = |until| status("", "Lunch", until, NOON).is_some();
        assert!(lasting(None) && lasting(Some(NOON + 1)) && !lasting(Some(NOON)));
        assert_eq!(status("", "", None, NOON), None);
    }
}
