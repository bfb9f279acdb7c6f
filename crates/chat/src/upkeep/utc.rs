//! The time, in the names of files.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

/// The time as people read it in the name of a file; SQLite has the calendar.
pub(super) async fn utc(sqlite: &DatabaseConnection) -> Result<String, DbErr> {
    let now = Statement::from_string(sqlite.get_database_backend(), "SELECT strftime('%Y%m%dT%H%M%SZ', 'now')");
    let row = sqlite.query_one_raw(now).await?.ok_or_else(|| DbErr::RecordNotFound("the time".to_owned()))?;
    row.try_get_by_index(0)
}
