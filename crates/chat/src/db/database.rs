//! The database as a way to write and a way to read.

use std::sync::Arc;

use parking_lot::Mutex;
use protocol::EpochId;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, prelude::Uuid};

use super::{
    connect, epoch,
    notes::{self, Note},
    now,
    origin::Origin,
    reader::{Reader, Readers},
    schema,
    serial::{Serial, serialize},
    transaction::{Transaction, Writing},
    trial,
    urls::is_sqlite,
};

/// Connections that read SQLite at the same time: more than this on two cores only adds memory.
const SQLITE_READERS: u32 = 4;

/// The database; cheap to clone.
#[derive(Clone)]
pub(crate) struct Db {
    write: Writing,
    read: Reader,
    origin: Arc<Origin>,
    /// The epoch as it was found last.
    known_epoch: Arc<Mutex<EpochId>>,
}

impl Db {
    /// Connects, creates the SQLite file when there is none, and brings the schema up to date. `snug serve` has done that before, by
    /// `upkeep::migrate`, which takes a backup first; to look once more takes a millisecond or two on SQLite, and whoever opens a chat
    /// without it has the right tables too.
    pub(crate) async fn open(url: &str) -> Result<Self, DbErr> {
        let (write, read, origin) = if is_sqlite(url) {
            let writer = connect::writer(url).await?;
            schema::migrate(&writer).await?;
            let readers = Readers::new(connect::readers(url, SQLITE_READERS).await?, SQLITE_READERS as usize);
            (Writing::sqlite(writer), Reader::Sqlite(Arc::new(readers)), Origin::file(url)?)
        } else {
            let pool = connect::postgres(url).await?;
            schema::migrate(&pool).await?;
            let origin = Origin::server(&pool).await;
            (Writing::Postgres(pool.clone()), Reader::Postgres(pool), origin)
        };
        let known_epoch = Arc::new(Mutex::new(EpochId(Uuid::nil())));
        let db = Self { write, read, origin: Arc::new(origin), known_epoch };
        if let Some(mark) = db.origin.mark() {
            let transaction = db.begin().await?;
            mark.check(&transaction).await?;
            transaction.commit().await?;
        }
        db.find_epoch().await?;
        db.renew_mark().await?;
        Ok(db)
    }

    /// For reading.
    pub(crate) fn read(&self) -> &Reader {
        &self.read
    }

    /// The database as other nodes have it too; none where it is a file of this one.
    pub(crate) fn shared(&self) -> Option<&DatabaseConnection> {
        match &self.read {
            Reader::Sqlite(_) => None,
            Reader::Postgres(pool) => Some(pool),
        }
    }

    /// Starts a transaction that will write.
    pub(crate) async fn begin(&self) -> Result<Transaction, DbErr> {
        self.origin.check()?;
        self.write.begin().await
    }

    /// The epoch of the logs, as it was found last.
    pub(crate) fn epoch(&self) -> EpochId {
        *self.known_epoch.lock()
    }

    /// Looks for the epoch of the logs. Begins one where there is none, or where the database came here from another place.
    pub(crate) async fn find_epoch(&self) -> Result<EpochId, DbErr> {
        let epoch = self.settle_epoch().await?;
        *self.known_epoch.lock() = epoch;
        Ok(epoch)
    }

    async fn settle_epoch(&self) -> Result<EpochId, DbErr> {
        let place = self.origin.place(&self.read).await?;
        if let Some(epoch) = epoch::of(&self.read, place.as_deref()).await? {
            return Ok(epoch);
        }
        let transaction = self.begin().await?;
        serialize(&transaction, Serial::Epoch).await?;
        // Another node may have been first.
        let epoch = match epoch::of(&transaction, place.as_deref()).await? {
            Some(epoch) => epoch,
            None => epoch::renew(&transaction, place).await?,
        };
        transaction.commit().await?;
        Ok(epoch)
    }

    /// Gives another mark to SQLite's file.
    async fn renew_mark(&self) -> Result<(), DbErr> {
        let Some(mark) = self.origin.mark() else { return Ok(()) };
        let transaction = self.begin().await?;
        let (old, new) = (epoch::made_at(&transaction).await?, Uuid::now_v7().to_string());
        // Until the commit both are good, so that a crash in between changes nothing.
        mark.write(&[old.as_deref().unwrap_or_default(), &new])?;
        epoch::move_to(&transaction, &new).await?;
        transaction.commit().await?;
        mark.write(&[&new])
    }

    /// Until SQLite's file is found to be another one than the one that was opened.
    pub(crate) async fn lost(&self) {
        self.origin.lost().await;
    }

    /// Tries to write, and leaves nothing behind but the time. SQLite goes to the disk with the commit alone, PostgreSQL with each row; a row
    /// that several nodes update would make them wait for each other.
    pub(crate) async fn try_to_write(&self) -> Result<(), DbErr> {
        self.read.execute_unprepared("SELECT 1").await?;
        let transaction = self.begin().await?;
        match transaction.get_database_backend() {
            DbBackend::Sqlite => {
                notes::note(&transaction, Note::TriedAt, now()).await?;
                transaction.commit().await
            }
            _ => trial::write(&transaction).await,
        }
    }

    /// Closes the connections after the statements that run; SQLite writes its log back into the file.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        let marked = self.renew_mark().await;
        self.read.close().await?;
        self.write.close().await?;
        marked
    }
}
