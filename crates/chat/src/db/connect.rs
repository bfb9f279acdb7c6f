//! Connecting: what is asked of SQLite and of PostgreSQL.

use std::time::Duration;

use futures::{FutureExt, future::ready};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
    sqlx::{self, Connection, Executor, PgConnection},
};
use tokio::time::{Instant, sleep, timeout};

use super::urls::{self, is_sqlite};

/// How long a request waits for a connection. Below the 5 s after which a send has failed (G7).
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);
/// How long an idle connection to PostgreSQL may take to answer before it counts as dead.
const PING_MAX: Duration = Duration::from_secs(1);
/// SQLite's code for a file that is locked.
const SQLITE_BUSY: &str = "5";
/// Pause before a locked file is tried again.
const LOCKED_PAUSE: Duration = Duration::from_millis(20);
/// Rows that SQLite may be ahead of whoever reads them.
const ROW_BUFFER: usize = 512;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;

/// A connection that writes; creates the SQLite file when there is none.
pub(crate) async fn writer(url: &str) -> Result<DatabaseConnection, DbErr> {
    if !is_sqlite(url) {
        return connect(options(url, 1)).await;
    }
    let deadline = Instant::now() + ACQUIRE_TIMEOUT;
    loop {
        match Database::connect(sqlite(url, 1, false)).await {
            // A new file that another process makes at the same time: to switch it to WAL, SQLite waits for nobody by itself.
            Err(error) if is_locked(&error) && Instant::now() < deadline => sleep(LOCKED_PAUSE).await,
            connected => return connected.map_err(|error| at(url, &error)),
        }
    }
}

/// A connection that only reads and makes no file.
pub(crate) async fn reader(url: &str) -> Result<DatabaseConnection, DbErr> {
    readers(url, 1).await
}

/// Connections that only read and make no file.
pub(super) async fn readers(url: &str, count: u32) -> Result<DatabaseConnection, DbErr> {
    connect(if is_sqlite(url) { sqlite(url, count, true) } else { options(url, count) }).await
}

/// A connection to a database that is not ours: nothing is settled about it.
pub(crate) async fn foreign(url: &str) -> Result<DatabaseConnection, DbErr> {
    connect(options(url, 1)).await
}

/// The connections of a node to PostgreSQL.
pub(super) async fn postgres(url: &str) -> Result<DatabaseConnection, DbErr> {
    connect(postgres_options(url)).await
}

/// Starts a transaction that takes the write lock of SQLite at once.
pub(crate) async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options =
        TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    connection.begin_with_options(options).await
}

/// Whether another connection to the SQLite file is in the way.
fn is_locked(error: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = error else { return false };
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == SQLITE_BUSY)
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let url = options.get_url().to_owned();
    Database::connect(options).await.map_err(|error| at(&url, &error))
}

/// An error of connecting, with the place where that was tried: the operator may have meant another one.
fn at(url: &str, error: &DbErr) -> DbErr {
    let cause = match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause)) => match &**cause {
            // What it says when nobody listens: it goes on trying for so long.
            sqlx::Error::PoolTimedOut => format!("no connection within {} s", ACQUIRE_TIMEOUT.as_secs()),
            cause => cause.to_string(),
        },
        error => error.to_string(),
    };
    DbErr::Conn(RuntimeErr::Internal(format!("{}: {cause}", urls::place(url))))
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        // Statements carry what people wrote.
        .record_stmt_in_spans(false);
    options
}

/// A network can forget a connection without telling either side (a firewall that was restarted); the kernels would find out after a
/// quarter of an hour or two hours.
fn postgres_options(url: &str) -> ConnectOptions {
    let mut options = options(url, POSTGRES_CONNECTIONS);
    options
        // It would wait for an answer as long as it takes.
        .test_before_acquire(false)
        .map_sqlx_postgres_before_acquire(|connection, _| answers(connection).boxed())
        .map_sqlx_postgres_pool_opts(|pool| {
            pool.after_connect(|connection, _| end_abandoned(connection).boxed())
                .after_release(|connection, _| answers(connection).boxed())
        });
    options
}

/// Whether the other side is there. A connection where it is not is closed.
async fn answers(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    timeout(PING_MAX, connection.ping()).await.map_err(|_| sqlx::Error::PoolTimedOut)?.map(|()| true)
}

/// Makes PostgreSQL end a transaction that nobody goes on with. It has locked the rooms that it writes to, for all nodes.
async fn end_abandoned(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute("SET idle_in_transaction_session_timeout = '5s'").await.map(|_| ())
}

fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = options(url, connections);
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>).test_before_acquire(false);
    // When a write fails (a full disk), SQLite rolls back by itself. sqlx does not notice: it would make the next transaction a
    // savepoint in one that it believes to be open, and report as committed what is only released (G1).
    options.map_sqlx_sqlite_before_acquire(|connection, _| ready(Ok(!connection.is_in_transaction())).boxed());
    options.map_sqlx_sqlite_opts(move |sqlite| {
        // FULL: a commit is on the disk before it is acknowledged, also when the power goes (G1).
        sqlite
            .create_if_missing(!read_only)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            // Of many rows in one statement SQLite keeps a journal, by default in a file that it makes and deletes at each commit.
            .pragma("temp_store", "MEMORY")
            .pragma("query_only", if read_only { "ON" } else { "OFF" })
            // A page of messages is one more than the default, and SQLite's thread would wait for the first to be taken.
            .row_buffer_size(ROW_BUFFER)
    });
    options
}
