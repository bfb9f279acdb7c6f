//! One value that a database is asked for.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement, TryGetable};

pub(super) async fn value<T: TryGetable>(db: &DatabaseConnection, sql: &'static str) -> Result<T, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?.try_get_by_index(0)
}
