//! The database as a way to write and a way to read.

use std::sync::Arc;

use sea_orm::DbErr;

use super::{
    connect,
    reader::{Reader, Readers},
    schema,
    transaction::{Transaction, Writing},
    urls::is_sqlite,
};

/// Connections that read SQLite at the same time: more than this on two cores only adds memory.
const SQLITE_READERS: u32 = 4;

/// The database; cheap to clone.
#[derive(Clone)]
pub(crate) struct Db {
    write: Writing,
    read: Reader,
}

impl Db {
    /// Connects, creates the SQLite file when there is none, and brings the schema up to date. `snug serve` has done that before, by
    /// `upkeep::migrate`, which takes a backup first; to look once more takes a millisecond or two on SQLite, and whoever opens a chat
    /// without it has the right tables too.
    pub(crate) async fn open(url: &str) -> Result<Self, DbErr> {
        if !is_sqlite(url) {
            let pool = connect::postgres(url).await?;
            schema::migrate(&pool).await?;
            return Ok(Self { write: Writing::Postgres(pool.clone()), read: Reader::Postgres(pool) });
        }
        let writer = connect::writer(url).await?;
        schema::migrate(&writer).await?;
        let readers = Readers::new(connect::readers(url, SQLITE_READERS).await?, SQLITE_READERS as usize);
        Ok(Self { write: Writing::sqlite(writer), read: Reader::Sqlite(Arc::new(readers)) })
    }

    /// For reading.
    pub(crate) fn read(&self) -> &Reader {
        &self.read
    }

    /// Starts a transaction that will write.
    pub(crate) async fn begin(&self) -> Result<Transaction, DbErr> {
        self.write.begin().await
    }

    /// Closes the connections after the statements that run; SQLite writes its log back into the file.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }
}
