//! Statements that SQLite runs in one go.
//!
//! SQLite works on a thread of its own. Each time something is handed to it and comes back costs two switches between threads, which
//! is more than what most statements cost by themselves. So statements that can go together do.

use futures::TryStreamExt;
use sea_orm::{
    DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Either, Executor, SqliteConnection, sqlite::SqliteQueryResult},
};
use sea_query_sqlx::SqlxValues;

/// Longer scripts are those of large batches, of which hardly two are alike: they are not kept prepared.
const KEPT_MAX_BYTES: usize = 4 * 1024;

/// Statements, one after the other. Each one that is not the first to fail has an [`Outcome`].
#[derive(Default)]
pub(super) struct Script {
    sql: String,
    values: Vec<sea_orm::Value>,
}

/// What a statement did and gave.
pub(super) struct Outcome {
    pub(super) rows: Vec<QueryResult>,
    done: SqliteQueryResult,
}

impl From<Outcome> for ExecResult {
    fn from(outcome: Outcome) -> Self {
        outcome.done.into()
    }
}

impl Script {
    /// Adds a statement without values.
    pub(super) fn word(&mut self, sql: &str) {
        self.sql.push_str(sql);
        self.sql.push(';');
    }

    /// Adds a statement.
    pub(super) fn add(&mut self, statement: Statement) {
        self.word(&statement.sql);
        if let Some(Values(values)) = statement.values {
            self.values.extend(values);
        }
    }

    /// Runs it, up to the first statement that fails.
    pub(super) async fn run(self, connection: &mut SqliteConnection) -> Result<Vec<Outcome>, DbErr> {
        let kept = self.sql.len() <= KEPT_MAX_BYTES;
        // Made by SeaQuery, with a mark for each value.
        let query = sqlx::query_with(AssertSqlSafe(self.sql), SqlxValues(Values(self.values))).persistent(kept);
        let (mut outcomes, mut rows) = (Vec::new(), Vec::new());
        let mut steps = connection.fetch_many(query);
        while let Some(step) = steps.try_next().await.map_err(failed)? {
            match step {
                Either::Right(row) => rows.push(row.into()),
                Either::Left(done) => outcomes.push(Outcome { rows: std::mem::take(&mut rows), done }),
            }
        }
        Ok(outcomes)
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

/// The outcome of the last statement.
pub(super) fn last(outcomes: Vec<Outcome>) -> Result<Outcome, DbErr> {
    outcomes.into_iter().next_back().ok_or_else(|| DbErr::Custom("SQLite has run nothing".to_owned()))
}

impl From<Statement> for Script {
    fn from(statement: Statement) -> Self {
        [statement].into_iter().collect()
    }
}

impl FromIterator<Statement> for Script {
    fn from_iter<I: IntoIterator<Item = Statement>>(statements: I) -> Self {
        let mut script = Self::default();
        statements.into_iter().for_each(|statement| script.add(statement));
        script
    }
}
