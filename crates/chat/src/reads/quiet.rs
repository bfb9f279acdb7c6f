//! Do not disturb: hours of the day in which somebody is not called, on their own clock, and a moment until which they said so besides.

use protocol::{ErrorCode, Field, FieldError, Problem, Quiet, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryResult, sea_query::Expr};

use crate::{
    Chat, Result, account_log, clocks,
    db::{Sql, entity::user},
    sessions::Session,
};

const DAY: i64 = 24 * 60;
const MINUTE_MS: i64 = 60 * 1_000;

/// From when to when, in minutes of the day. Where it ends before it begins, it goes over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// Its first minute.
    pub from: u16,
    /// The first minute after it.
    pub to: u16,
}

impl QuietHours {
    /// Reads `22:00` and `07:00`; nothing where both are empty.
    pub(crate) fn parse(from: &str, to: &str) -> std::result::Result<Option<Self>, FieldError> {
        if from.trim().is_empty() && to.trim().is_empty() {
            return Ok(None);
        }
        let fault = FieldError { field: Field::Until, problem: Problem::NotAChoice };
        let hours = minutes(from).zip(minutes(to)).map(|(from, to)| Self { from, to });
        hours.filter(|hours| hours.from != hours.to).map(Some).ok_or(fault)
    }

    /// Whether a minute of the day is one of them.
    fn has(self, minute: i64) -> bool {
        let (from, to) = (i64::from(self.from), i64::from(self.to));
        if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
    }

    /// Whether they hold at a moment (unix milliseconds) in a zone; where that is not known, in UTC.
    #[must_use]
    pub fn hold(self, zone: &str, at: i64) -> bool {
        let east = i64::from(clocks::minutes_east(zone, at).unwrap_or_default());
        self.has((at.div_euclid(MINUTE_MS) + east).rem_euclid(DAY))
    }

    /// From and to in UTC, as the clocks of the zone stand at a moment.
    pub(super) fn in_utc(self, zone: &str, at: i64) -> (u16, u16) {
        let east = i64::from(clocks::minutes_east(zone, at).unwrap_or_default());
        let utc = |minute: u16| u16::try_from((i64::from(minute) - east).rem_euclid(DAY)).unwrap_or_default();
        (utc(self.from), utc(self.to))
    }
}

fn minutes(time: &str) -> Option<u16> {
    let (hours, minutes) = time.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// What somebody has settled.
pub(crate) struct Settled {
    hours: Option<QuietHours>,
    /// Until when they are not to be disturbed besides, whether that is over or not.
    until: Option<i64>,
    zone: String,
}

impl Settled {
    /// From four columns, of which this is the first.
    pub(super) fn of_row(row: &QueryResult, first: usize) -> std::result::Result<Self, DbErr> {
        let minute =
            |column| Ok::<_, DbErr>(row.try_get_by_index::<Option<i64>>(column)?.and_then(|minute| u16::try_from(minute).ok()));
        let hours = minute(first)?.zip(minute(first + 1)?).map(|(from, to)| QuietHours { from, to });
        Ok(Self { hours, until: row.try_get_by_index(first + 2)?, zone: row.try_get_by_index(first + 3)? })
    }

    /// As somebody's page knows it from a moment on.
    pub(super) fn at(&self, now: i64) -> Quiet {
        let (from, to) = self.hours.map(|hours| hours.in_utc(&self.zone, now)).unwrap_or_default();
        Quiet { from, to, until: self.until.filter(|until| *until > now).unwrap_or_default() }
    }
}

/// What somebody has settled.
async fn of(db: &impl ConnectionTrait, user: UserId) -> Result<Settled> {
    let columns = "SELECT u.quiet_from, u.quiet_to, u.quiet_until, u.time_zone FROM users u WHERE u.id = ";
    let row = db.query_one_raw(Sql::new(db.get_database_backend(), columns).value(user.0).done()).await?;
    Ok(Settled::of_row(&row.ok_or(ErrorCode::NotFound)?, 0)?)
}

/// The hours of somebody.
///
/// # Errors
/// `unavailable`.
pub async fn quiet_hours(chat: &Chat, session: &Session) -> Result<Option<QuietHours>> {
    Ok(of(chat.db().read(), session.user.id).await?.hours)
}

/// Settles the hours of somebody, as `22:00` and `07:00`; none where both are empty.
///
/// # Errors
/// `invalid` for what is no time; `unavailable`.
pub async fn set_quiet_hours(chat: &Chat, session: &Session, from: &str, to: &str) -> Result<()> {
    let (hours, user) = (QuietHours::parse(from, to)?, session.user.id);
    let transaction = chat.db().begin().await?;
    user::Entity::update_many()
        .col_expr(user::Column::QuietFrom, Expr::value(hours.map(|hours| i64::from(hours.from))))
        .col_expr(user::Column::QuietTo, Expr::value(hours.map(|hours| i64::from(hours.to))))
        .filter(user::Column::Id.eq(user.0))
        .exec(&transaction)
        .await?;
    let signal = account_log::list_changed(&transaction, user).await?;
    transaction.commit().await?;
    chat.signal(signal).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 1 July 2026, this minute of the day in UTC.
    fn at(minute: i64) -> i64 {
        1_782_864_000_000 + minute * MINUTE_MS
    }

    #[test]
    fn a_page_knows_of_hours_and_of_a_moment_that_is_still_to_come() {
        let hours = QuietHours::parse("22:00", "07:30").unwrap();
        let settled = Settled { hours, until: Some(at(10)), zone: "Europe/Berlin".to_owned() };
        assert_eq!(settled.at(at(9)).to_string(), format!("1200 330 {}", at(10)));
        assert_eq!(settled.at(at(10)).to_string(), "1200 330 0");
        let until = Settled { hours: None, ..settled };
        assert_eq!(until.at(at(9)), Quiet { until: at(10), ..Quiet::default() });
    }

    #[test]
    fn they_hold_on_the_clock_of_their_person_and_over_midnight() {
        let night = QuietHours::parse("22:00", " 07:30 ").unwrap().unwrap();
        assert_eq!(night, QuietHours { from: 22 * 60, to: 7 * 60 + 30 });
        let held = |minute| night.hold("UTC", at(minute));
        assert_eq!([22 * 60 - 1, 22 * 60, 0, 7 * 60 + 29, 7 * 60 + 30].map(held), [false, true, true, true, false]);
        // In Berlin it is two hours later in summer.
        assert!(night.hold("Europe/Berlin", at(20 * 60)) && !night.hold("Europe/Berlin", at(6 * 60)));
        assert_eq!(night.in_utc("Europe/Berlin", at(0)), (20 * 60, 5 * 60 + 30));
        let noon = QuietHours::parse("12:00", "13:00").unwrap().unwrap();
        assert!(noon.hold("", at(12 * 60)) && !noon.hold("", at(13 * 60)));
        assert_eq!(QuietHours::parse("", " ").unwrap(), None);
        for (from, to) in [("22:00", ""), ("24:00", "07:00"), ("22", "7"), ("22:60", "07:00"), ("07:00", "07:00")] {
            assert!(QuietHours::parse(from, to).is_err(), "{from} {to}");
        }
    }
}
