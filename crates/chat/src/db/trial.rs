//! Whether the database takes writes. The only proof is to write.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, prelude::Uuid};

use super::{now, sql::Sql};

/// A table that may not be written to. (Of several rights in one text, PostgreSQL tells whether there is any.)
const CLOSED_TABLE: &str = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace \
    AND relname <> 'seaql_migrations' AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') \
    AND has_table_privilege(oid, 'UPDATE')) ORDER BY relname LIMIT 1";

/// Writes a row of its own, which nobody else waits for, and on PostgreSQL asks for the right to write to all tables. Whoever has begun the
/// transaction is to undo it.
pub(crate) async fn write(transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    // Never that of the notes, which is 1.
    let id = Uuid::now_v7().as_u128() as i32 | i32::MIN;
    let insert = Sql::new(backend, "INSERT INTO upkeep (id, tried_at) VALUES ").list([id.into(), now().into()]);
    transaction.execute_raw(insert.done()).await?;
    if backend == DbBackend::Postgres
        && let Some(row) = transaction.query_one_raw(Statement::from_string(backend, CLOSED_TABLE)).await?
    {
        let table: String = row.try_get_by_index(0)?;
        return Err(DbErr::Custom(format!(
            "the rights to the table {table} were taken away: SELECT, INSERT and UPDATE are needed"
        )));
    }
    Ok(())
}
