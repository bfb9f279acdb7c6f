//! How many rooms there may be: of an account's making, with it in them, in the house.

use protocol::{ErrorCode, UserId};
use sea_orm::{ConnectionTrait, DbErr};

use crate::{Result, db::Sql};

/// Lets an account make one more room than it has.
pub(super) async fn may_make(db: &impl ConnectionTrait, founder: UserId, max: u32) -> Result<()> {
    fewer(db, |sql| sql.text("rooms WHERE founder_id = ").value(founder.0), max).await
}

/// Lets an account into one more room than it is in.
pub(super) async fn may_join(db: &impl ConnectionTrait, user: UserId, max: u32) -> Result<()> {
    // Conversations do not count: others begin them, too.
    let rooms =
        "memberships m JOIN rooms r ON r.id = m.room_id WHERE r.visibility <> 'direct' AND r.deleted_at IS NULL AND m.user_id = ";
    fewer(db, |sql| sql.text(rooms).value(user.0), max).await
}

/// Lets the house have one more room.
pub(super) async fn house_has_room(db: &impl ConnectionTrait, max: u32) -> Result<()> {
    fewer(db, |sql| sql.text("rooms"), max).await
}

/// Counts no further than to the limit.
async fn fewer(db: &impl ConnectionTrait, rows: impl FnOnce(Sql) -> Sql, max: u32) -> Result<()> {
    let sql = rows(Sql::new(db.get_database_backend(), "SELECT COUNT(*) FROM (SELECT 1 FROM "));
    let row = db.query_one_raw(sql.limit(max.into()).text(") AS counted").done()).await?;
    let count: i64 = row.ok_or(DbErr::RecordNotFound(String::new()))?.try_get_by_index(0)?;
    if count < i64::from(max) { Ok(()) } else { Err(ErrorCode::LimitReached.into()) }
}
