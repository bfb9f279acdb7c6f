//! Reading the database.

use std::sync::Arc;

use parking_lot::Mutex;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    prelude::async_trait,
    sqlx::{Connection, SqliteConnection},
};
use tokio::{sync::Semaphore, time::timeout};

use super::{
    connect::ACQUIRE_TIMEOUT,
    script::{self, Outcome, Script},
};

/// Connections that read; cheap to clone.
#[derive(Clone)]
pub(crate) enum Reader {
    /// SQLite's.
    Sqlite(Arc<Readers>),
    /// PostgreSQL's.
    Postgres(DatabaseConnection),
}

/// Connections to a SQLite file that only read. Not sqlx's own pool: that one asks a connection, at each return, whether it is
/// still there, which takes as long as a small query.
pub(crate) struct Readers {
    pool: DatabaseConnection,
    turns: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    /// As many as `count` at a time, opened by this pool.
    pub(super) fn new(pool: DatabaseConnection, count: usize) -> Self {
        Self { pool, turns: Semaphore::new(count), idle: Mutex::default() }
    }

    /// Runs statements on one connection. It is kept for the next ones unless something went wrong.
    async fn run(&self, script: Script) -> Result<Vec<Outcome>, DbErr> {
        let turn = timeout(ACQUIRE_TIMEOUT, self.turns.acquire()).await.map_err(|_| busy())?;
        let _turn = turn.map_err(|_| busy())?;
        let idle = self.idle.lock().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => open(&self.pool).await?,
        };
        let outcomes = script.run(&mut connection).await?;
        self.idle.lock().push(connection);
        Ok(outcomes)
    }

    async fn close(&self) -> Result<(), DbErr> {
        self.turns.close();
        let idle = std::mem::take(&mut *self.idle.lock());
        for connection in idle {
            close(connection).await?;
        }
        self.pool.close_by_ref().await
    }
}

/// A connection of its own, as the pool would open it.
pub(super) async fn open(pool: &DatabaseConnection) -> Result<SqliteConnection, DbErr> {
    let connection = pool.get_sqlite_connection_pool().acquire().await;
    Ok(connection.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?.detach())
}

/// Ends a connection; SQLite writes its log back into the file when it was the last one.
pub(super) async fn close(connection: SqliteConnection) -> Result<(), DbErr> {
    connection.close().await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

/// Runs queries where each is a trip of its own, and gives the rows of each.
pub(super) async fn one_by_one(db: &impl ConnectionTrait, statements: Vec<Statement>) -> Result<Vec<Vec<QueryResult>>, DbErr> {
    let mut results = Vec::with_capacity(statements.len());
    for statement in statements {
        results.push(db.query_all_raw(statement).await?);
    }
    Ok(results)
}

/// Nobody was done in time.
pub(super) fn busy() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(format!("no connection was free within {} s", ACQUIRE_TIMEOUT.as_secs())))
}

impl Reader {
    /// Runs queries, on SQLite in one go, and gives the rows of each.
    pub(crate) async fn query_each(&self, statements: Vec<Statement>) -> Result<Vec<Vec<QueryResult>>, DbErr> {
        match self {
            Self::Sqlite(readers) => {
                let outcomes = readers.run(statements.into_iter().collect()).await?;
                Ok(outcomes.into_iter().map(|outcome| outcome.rows).collect())
            }
            Self::Postgres(pool) => one_by_one(pool, statements).await,
        }
    }

    /// Ends the connections after the statements that run.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(readers) => readers.close().await,
            Self::Postgres(pool) => pool.close_by_ref().await,
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(_) => DbBackend::Sqlite,
            Self::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(readers) => Ok(script::last(readers.run(statement.into()).await?)?.into()),
            Self::Postgres(pool) => pool.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.get_database_backend(), sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(_) => Ok(self.query_all_raw(statement).await?.into_iter().next()),
            Self::Postgres(pool) => pool.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(readers) => Ok(script::last(readers.run(statement.into()).await?)?.rows),
            Self::Postgres(pool) => pool.query_all_raw(statement).await,
        }
    }
}
