//! Transactions that write.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    prelude::async_trait, sqlx::SqliteConnection,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

use super::{
    connect::{self, ACQUIRE_TIMEOUT},
    reader::{busy, close, one_by_one, open},
    script::{self, Outcome, Script},
};

/// A connection that has not undone a transaction by then never will: the thread of SQLite, on which it would be done, may have ended with the
/// question still in its queue (sqlx 0.9 panics there when a prepared statement no longer fits the schema), and then nobody answers.
const UNDO_MAX: Duration = Duration::from_secs(1);

/// Where transactions come from; cheap to clone.
///
/// SQLite takes one writer at a time. A single connection for writing makes that queue ours, in the order of arrival, instead of a
/// race for the lock; WAL lets the readers go on meanwhile.
#[derive(Clone)]
pub(super) enum Writing {
    Sqlite { pool: DatabaseConnection, connection: Arc<Mutex<Option<SqliteConnection>>> },
    Postgres(DatabaseConnection),
}

impl Writing {
    /// The connection that this pool opens.
    pub(super) fn sqlite(pool: DatabaseConnection) -> Self {
        Self::Sqlite { pool, connection: Arc::default() }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbErr> {
        let inner = match self {
            Self::Postgres(pool) => Inner::Postgres { transaction: connect::begin(pool).await?, waiting: Mutex::default() },
            Self::Sqlite { pool, connection } => {
                let waits = timeout(ACQUIRE_TIMEOUT, connection.clone().lock_owned());
                let mut connection = waits.await.map_err(|_| busy())?;
                if connection.is_none() {
                    *connection = Some(open(pool).await?);
                }
                Inner::Sqlite(Mutex::new(Lease { connection: Some(connection), is_begun: false, waiting: Vec::new() }))
            }
        };
        Ok(Transaction { inner })
    }

    /// Ends the connection; SQLite writes its log back into the file.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite { pool, connection } => {
                if let Some(connection) = connection.lock().await.take() {
                    close(connection).await?;
                }
                pool.close_by_ref().await
            }
            Self::Postgres(pool) => pool.close_by_ref().await,
        }
    }
}

/// A transaction that writes. One that is dropped before it was committed is undone.
///
/// On SQLite it takes the write lock with its first statement: one that read first and then wanted to write would fail with
/// "database is locked" whatever the timeout.
pub(crate) struct Transaction {
    inner: Inner,
}

enum Inner {
    Sqlite(Mutex<Lease>),
    Postgres { transaction: DatabaseTransaction, waiting: Mutex<Vec<Statement>> },
}

impl Transaction {
    /// Adds a statement whose outcome nobody has to know: it is run, after those added before it, with the next one that is
    /// awaited, and with the commit at the latest.
    pub(crate) fn add(&mut self, statement: Statement) {
        match &mut self.inner {
            Inner::Sqlite(lease) => lease.get_mut().waiting.push(statement),
            Inner::Postgres { waiting, .. } => waiting.get_mut().push(statement),
        }
    }

    /// Runs queries, on SQLite in one go, and gives the rows of each.
    pub(crate) async fn query_each(&self, statements: Vec<Statement>) -> Result<Vec<Vec<QueryResult>>, DbErr> {
        match &self.inner {
            Inner::Sqlite(lease) => {
                let outcomes = lease.lock().await.run(statements, false).await?;
                Ok(outcomes.into_iter().map(|outcome| outcome.rows).collect())
            }
            Inner::Postgres { transaction, .. } => {
                self.catch_up().await?;
                one_by_one(transaction, statements).await
            }
        }
    }

    /// Makes it last. When this fails, whether it did is not known.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.catch_up().await?;
        match self.inner {
            Inner::Sqlite(lease) => lease.into_inner().commit().await,
            Inner::Postgres { transaction, .. } => transaction.commit().await,
        }
    }

    /// Runs what waits. (SQLite does that by itself, together with what comes.)
    async fn catch_up(&self) -> Result<(), DbErr> {
        if let Inner::Postgres { transaction, waiting } = &self.inner {
            for statement in std::mem::take(&mut *waiting.lock().await) {
                transaction.execute_raw(statement).await?;
            }
        }
        Ok(())
    }
}

/// SQLite's connection, as long as a transaction has it.
struct Lease {
    connection: Option<OwnedMutexGuard<Option<SqliteConnection>>>,
    is_begun: bool,
    waiting: Vec<Statement>,
}

impl Lease {
    /// Runs what waits and then these, in one go; gives the outcomes of these.
    async fn run(&mut self, statements: impl IntoIterator<Item = Statement>, ends: bool) -> Result<Vec<Outcome>, DbErr> {
        let connection = self.connection.as_mut().and_then(|connection| connection.as_mut()).ok_or_else(busy)?;
        let mut script = Script::default();
        let begins = !std::mem::replace(&mut self.is_begun, true);
        if begins {
            script.word("BEGIN IMMEDIATE");
        }
        let before = usize::from(begins) + self.waiting.len();
        self.waiting.drain(..).chain(statements).for_each(|statement| script.add(statement));
        if ends {
            script.word("COMMIT");
        }
        let mut outcomes = script.run(connection).await?;
        Ok(outcomes.split_off(before.min(outcomes.len())))
    }

    async fn commit(mut self) -> Result<(), DbErr> {
        if self.is_begun || !self.waiting.is_empty() {
            self.run([], true).await?;
        }
        self.is_begun = false;
        Ok(())
    }
}

impl Drop for Lease {
    /// Undoes what was not committed. The next transaction waits for that. A connection that does not do it is closed: when a write
    /// fails (a full disk), SQLite has rolled back by itself, and nothing may be taken for a part of a transaction that is not there
    /// any more (G1).
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take().filter(|_| self.is_begun) else { return };
        let Ok(runtime) = Handle::try_current() else {
            *connection = None;
            return;
        };
        runtime.spawn(async move {
            let mut undo = Script::default();
            undo.word("ROLLBACK");
            let undone = match connection.as_mut() {
                Some(connection) => timeout(UNDO_MAX, undo.run(connection)).await.is_ok_and(|undone| undone.is_ok()),
                None => false,
            };
            if !undone {
                *connection = None;
            }
        });
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        match &self.inner {
            Inner::Sqlite(_) => DbBackend::Sqlite,
            Inner::Postgres { .. } => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.inner {
            Inner::Sqlite(lease) => Ok(script::last(lease.lock().await.run([statement], false).await?)?.into()),
            Inner::Postgres { transaction, .. } => {
                self.catch_up().await?;
                transaction.execute_raw(statement).await
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.get_database_backend(), sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.inner {
            Inner::Sqlite(lease) => Ok(script::last(lease.lock().await.run([statement], false).await?)?.rows),
            Inner::Postgres { transaction, .. } => {
                self.catch_up().await?;
                transaction.query_all_raw(statement).await
            }
        }
    }
}
