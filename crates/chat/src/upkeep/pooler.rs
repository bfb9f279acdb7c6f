//! Poolers between Snug and PostgreSQL that give each transaction another connection. Nothing tells them from PostgreSQL itself, except that
//! two clients are served by the same process there.

use sea_orm::{
    DatabaseConnection, DbErr, RuntimeErr,
    sqlx::{self, PgPool, Row},
};

use super::{Fault, Result};
use crate::db::{connect, urls};

/// Refuses a pooler in transaction mode.
pub(super) async fn refuse(database_url: &str) -> Result<()> {
    if urls::is_sqlite(database_url) {
        return Ok(());
    }
    let (one, other) = (connect::reader(database_url).await?, connect::reader(database_url).await?);
    let is_shared = share_a_process(one.get_postgres_connection_pool(), other.get_postgres_connection_pool()).await;
    close(one).await?;
    close(other).await?;
    match is_shared.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))? {
        true => Err(Fault::Pooler(urls::place(database_url))),
        false => Ok(()),
    }
}

/// Whether what the first client was served by serves the other one next, while both are connected. Statements that are prepared might fail.
async fn share_a_process(one: &PgPool, other: &PgPool) -> std::result::Result<bool, sqlx::Error> {
    let mut one = one.acquire().await?;
    let mut other = other.acquire().await?;
    let mut pids = Vec::new();
    for connection in [&mut one, &mut other] {
        let row = sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(&mut **connection).await?;
        pids.push(row.try_get::<i32, _>(0)?);
    }
    Ok(pids[0] == pids[1])
}

async fn close(db: DatabaseConnection) -> Result<()> {
    Ok(db.close().await?)
}
