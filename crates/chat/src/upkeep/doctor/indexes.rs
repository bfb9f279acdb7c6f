//! The unique indexes: without them an account, a message or a place could be there twice, and nothing else would notice (G2, G3).

use std::collections::BTreeSet;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

use super::Finding;
use crate::db::schema;

/// A table, and the columns that make its rows unique, in the order of the alphabet.
type Key = (String, String);

const SQLITE: &str = "SELECT t.name, (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY name)) \
    FROM sqlite_master t, pragma_index_list(t.name) i WHERE t.type = 'table' AND i.\"unique\" = 1 AND i.partial = 0";

/// An index that could not be built (CONCURRENTLY) is there and keeps nothing apart.
const POSTGRES: &str = "SELECT t.relname::text, (SELECT string_agg(a.attname::text, ', ' ORDER BY a.attname::text COLLATE \"C\") \
    FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey::int2[])) \
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
    WHERE t.relnamespace = current_schema()::regnamespace AND i.indisunique AND i.indisvalid AND i.indpred IS NULL";

/// Compares them with those of a database that was just made.
pub(super) async fn indexes(db: &DatabaseConnection) -> Result<Finding, DbErr> {
    let fresh =
        Database::connect(ConnectOptions::new("sqlite::memory:").max_connections(1).sqlx_logging(false).to_owned()).await?;
    schema::migrate(&fresh).await?;
    let (wanted, there) = (keys(&fresh).await?, keys(db).await?);
    fresh.close().await?;
    let missing: Vec<_> = wanted.difference(&there).map(|(table, columns)| format!("{table} ({columns})")).collect();
    Ok(if missing.is_empty() {
        Finding::ok("indexes", format!("{} unique ones, as they should be", wanted.len()))
    } else {
        let missing = missing.join(", ");
        Finding::fail("indexes", format!("not unique any more: {missing}. Stop the server and restore the last backup"))
    })
}

async fn keys(db: &DatabaseConnection) -> Result<BTreeSet<Key>, DbErr> {
    let backend = db.get_database_backend();
    let sql = if backend == DbBackend::Sqlite { SQLITE } else { POSTGRES };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await?;
    rows.iter().map(|row| row.try_get_many_by_index()).collect()
}
