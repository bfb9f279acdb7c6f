//! The other database: which tables there are, and their rows as text.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement};

use super::{found::Table, report::Fault};
use crate::db::connect;

/// A database that is only read.
pub(super) struct Source(DatabaseConnection);

/// A name, as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    ["\"", &name.replace('"', "\"\""), "\""].concat()
}

impl Source {
    pub(super) async fn open(url: &str) -> Result<Self, Fault> {
        Ok(Self(connect::foreign(url).await?))
    }

    /// All tables, their columns and what these refer to.
    pub(super) async fn tables(&self) -> Result<Vec<Table>, Fault> {
        let (columns, links) = match self.0.get_database_backend() {
            DbBackend::Sqlite => (
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid",
                "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
            ),
            _ => (
                "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema() \
                 ORDER BY table_name, ordinal_position",
                "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text FROM pg_constraint c \
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
                 WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace",
            ),
        };
        let mut tables: Vec<Table> = Vec::new();
        for row in self.rows(columns.to_owned()).await? {
            let (name, column): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            match tables.last_mut().filter(|table| table.name == name) {
                Some(table) => table.columns.push(column),
                None => tables.push(Table { name, columns: vec![column], links: Vec::new() }),
            }
        }
        for row in self.rows(links.to_owned()).await? {
            let [from, column, to] = [0, 1, 2].map(|n| row.try_get_by_index::<String>(n));
            // PostgreSQL quotes a name that is not plain.
            let plain = |name: String| name.trim_matches('"').to_owned();
            let (from, column, to) = (plain(from?), column?, plain(to?));
            if let Some(table) = tables.iter_mut().find(|table| table.name == from) {
                table.links.push((column, to));
            }
        }
        Ok(tables)
    }

    /// What tells this database from others.
    pub(super) async fn mark(&self) -> Result<String, Fault> {
        let select = "SELECT app || ' ' || name || ' ' || CAST(applied AS TEXT) FROM django_migrations ORDER BY id LIMIT 1";
        // Somebody may have taken only some of the tables along.
        let rows = self.rows(select.to_owned()).await.unwrap_or_default();
        Ok(rows.first().map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
    }

    /// A column as text.
    pub(super) fn text(column: &str) -> String {
        ["CAST(", &quoted(column), " AS TEXT)"].concat()
    }

    /// A column of times in unix milliseconds. Django keeps those of SQLite in UTC.
    pub(super) fn millis(&self, column: &str) -> String {
        let column = quoted(column);
        match self.0.get_database_backend() {
            DbBackend::Sqlite => {
                format!("CAST(strftime('%s', {column}) AS INTEGER) * 1000 + CAST(substr(strftime('%f', {column}), 4) AS INTEGER)")
            }
            _ => format!("CAST(FLOOR(EXTRACT(EPOCH FROM {column}) * 1000) AS BIGINT)"),
        }
    }

    /// Whether a column is true: numbers in SQLite.
    pub(super) fn truth(column: &str) -> String {
        ["CASE WHEN ", &quoted(column), " THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END"].concat()
    }

    /// Rows of a table.
    pub(super) async fn select(&self, columns: &[String], rest: &str) -> Result<Vec<QueryResult>, DbErr> {
        self.rows(format!("SELECT {} {rest}", columns.join(", "))).await
    }

    async fn rows(&self, sql: String) -> Result<Vec<QueryResult>, DbErr> {
        self.0.query_all_raw(Statement::from_string(self.0.get_database_backend(), sql)).await
    }
}
