//! Statements of the hot path, written out. SeaQuery puts together what all others need; for a lone send that takes longer than
//! SQLite takes to run it.

use sea_orm::{DbBackend, Statement, Value, sea_query::Values};

/// What most statements have.
const STATEMENT_BYTES: usize = 512;
const STATEMENT_VALUES: usize = 16;

/// A statement in the making, for either database.
pub(crate) struct Sql {
    backend: DbBackend,
    sql: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(backend: DbBackend, start: &str) -> Self {
        // Most statements fit; growing step by step is a fifth of the work.
        let (mut sql, values) = (String::with_capacity(STATEMENT_BYTES), Vec::with_capacity(STATEMENT_VALUES));
        sql.push_str(start);
        Self { backend, sql, values }
    }

    /// Goes on with these words.
    pub(crate) fn text(mut self, words: &str) -> Self {
        self.sql.push_str(words);
        self
    }

    /// Goes on with these words where they are PostgreSQL's alone.
    pub(crate) fn postgres(self, words: &str) -> Self {
        if self.backend == DbBackend::Postgres { self.text(words) } else { self }
    }

    /// Goes on with a value.
    pub(crate) fn value(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        if self.backend == DbBackend::Postgres {
            self.sql.push('$');
            self.sql.push_str(&self.values.len().to_string());
        } else {
            self.sql.push('?');
        }
        self
    }

    /// Goes on with values in brackets: `(?, ?, ?)`. Without any it is a list that holds nothing: `(NULL)`, since PostgreSQL knows no
    /// empty one.
    pub(crate) fn list(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.sql.push('(');
        for (n, value) in values.into_iter().enumerate() {
            if n > 0 {
                self.sql.push_str(", ");
            }
            self = self.value(value);
        }
        if self.sql.ends_with('(') {
            self.sql.push_str("NULL");
        }
        self.sql.push(')');
        self
    }

    /// Goes on with rows of values: `(?, ?), (?, ?)`.
    pub(crate) fn rows<const N: usize>(mut self, rows: impl IntoIterator<Item = [Value; N]>) -> Self {
        for (n, row) in rows.into_iter().enumerate() {
            if n > 0 {
                self.sql.push_str(", ");
            }
            self = self.list(row);
        }
        self
    }

    /// Goes on with alternatives, of which there is at least one, each in brackets: `(a = ?) OR (a = ?)`. SQLite searches for each by its
    /// index. One that is never true (`FALSE OR …`) would make it read the whole table.
    pub(crate) fn any<T>(mut self, alternatives: impl IntoIterator<Item = T>, mut one: impl FnMut(Self, T) -> Self) -> Self {
        for (n, alternative) in alternatives.into_iter().enumerate() {
            self = one(self.text(if n > 0 { " OR (" } else { "(" }), alternative).text(")");
        }
        self
    }

    /// Goes on with the most rows that are wanted, written out: SQLite prepares a statement anew when a value behind `LIMIT` is bound,
    /// since the number may change how it searches.
    pub(crate) fn limit(self, rows: u64) -> Self {
        self.text(" LIMIT ").text(&rows.to_string())
    }

    pub(crate) fn done(self) -> Statement {
        Statement { sql: self.sql, values: Some(Values(self.values)), db_backend: self.backend }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_gets_its_marks_and_both_the_same_values() {
        let statement = |backend| {
            let start = Sql::new(backend, "INSERT INTO t VALUES ");
            start.rows([[1.into(), 2.into()], [3.into(), 4.into()]]).postgres(" FOR UPDATE").done()
        };
        let (sqlite, postgres) = (statement(DbBackend::Sqlite), statement(DbBackend::Postgres));
        assert_eq!(sqlite.sql, "INSERT INTO t VALUES (?, ?), (?, ?)");
        assert_eq!(postgres.sql, "INSERT INTO t VALUES ($1, $2), ($3, $4) FOR UPDATE");
        assert_eq!(sqlite.values, postgres.values);
        assert_eq!(Sql::new(DbBackend::Sqlite, "x IN ").list([]).done().sql, "x IN (NULL)");
        let either = Sql::new(DbBackend::Sqlite, "WHERE ").any([1, 2], |sql, n| sql.text("a = ").value(n)).done();
        assert_eq!(either.sql, "WHERE (a = ?) OR (a = ?)");
    }
}
