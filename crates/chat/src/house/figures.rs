//! The house in figures.

use sea_orm::ConnectionTrait;
use serde::Serialize;

use super::doer::{By, Doer};
use crate::{
    Chat, Result,
    db::{Sql, entity::room::Visibility, first_id, now},
    policy::HouseAction,
    upkeep,
};

const MINUTE_MS: i64 = 60_000;
/// Minutes that a point of the plot stands for.
const STEP: i64 = 10;
/// Points of a day.
const POINTS: usize = 144;

/// The house in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Accounts.
    pub people: i64,
    /// Rooms; conversations are not counted.
    pub rooms: i64,
    /// Messages.
    pub messages: i64,
    /// Size of the database.
    pub bytes: i64,
    /// Sockets that are open on this node.
    pub connections: usize,
    /// Messages a minute over the last day, in steps of ten minutes, the oldest first.
    pub sends: Vec<f64>,
}

/// Counts.
///
/// # Errors
/// `not_allowed`, `unavailable`.
pub async fn figures(chat: &Chat, by: impl Into<By>) -> Result<Figures> {
    let db = chat.db().read();
    Doer::of(db, by.into()).await?.permit(HouseAction::Administer, &chat.settings())?;
    let counts = "SELECT (SELECT COUNT(*) FROM users WHERE deleted_at IS NULL), (SELECT COUNT(*) FROM messages), \
        (SELECT COUNT(*) FROM rooms WHERE deleted_at IS NULL AND visibility <> ";
    let counts = Sql::new(db.get_database_backend(), counts).value(Visibility::Direct).text(")");
    let row = db.query_one_raw(counts.done()).await?;
    let (people, messages, rooms) = row.map(|row| row.try_get_many_by_index()).transpose()?.unwrap_or_default();
    let (bytes, sends) = (upkeep::database_bytes(chat).await?, sends(db, now()).await?);
    Ok(Figures { people, rooms, messages, bytes, connections: chat.hub().sockets(), sends })
}

/// Ids of messages tell when they were made, so a day is a range of them.
async fn sends(db: &impl ConnectionTrait, now: i64) -> Result<Vec<f64>> {
    let end = now.div_euclid(STEP * MINUTE_MS) + 1;
    let start = end - POINTS as i64;
    let select = Sql::new(
        db.get_database_backend(),
        &format!("SELECT created_at / {}, COUNT(*) FROM messages WHERE id >= ", STEP * MINUTE_MS),
    )
    .value(first_id(start * STEP * MINUTE_MS))
    .text(" GROUP BY 1");
    let mut sends = vec![0.0; POINTS];
    for row in db.query_all_raw(select.done()).await? {
        let (step, count): (i64, i64) = row.try_get_many_by_index()?;
        if let Some(point) = usize::try_from(step - start).ok().and_then(|point| sends.get_mut(point)) {
            *point = count as f64 / STEP as f64;
        }
    }
    Ok(sends)
}
