//! What those who look after the database leave in it for each other. Backups and restores leave it behind: it is about this database, not
//! about what is in it.

use sea_orm::{ConnectionTrait, DbErr, TryGetable, Value};

use super::sql::Sql;

/// A thing that is noted.
#[derive(Clone, Copy)]
pub(crate) enum Note {
    /// The fingerprint of the key that the last node to start signs with.
    KeyFingerprint,
    /// When the last backup was taken, in unix milliseconds.
    BackupAt,
    /// When it was last tried to write, in unix milliseconds.
    TriedAt,
}

impl Note {
    fn column(self) -> &'static str {
        match self {
            Self::KeyFingerprint => "key_fingerprint",
            Self::BackupAt => "backup_at",
            Self::TriedAt => "tried_at",
        }
    }
}

/// Writes it down in place of what was noted before.
pub(crate) async fn note(db: &impl ConnectionTrait, note: Note, value: impl Into<Value>) -> Result<(), DbErr> {
    let column = note.column();
    let insert = Sql::new(db.get_database_backend(), &format!("INSERT INTO upkeep (id, {column}) VALUES "))
        .list([1.into(), value.into()])
        .text(&format!(" ON CONFLICT (id) DO UPDATE SET {column} = excluded.{column}"));
    db.execute_raw(insert.done()).await.map(|_| ())
}

/// What is noted, if anything is.
pub(crate) async fn noted<T: TryGetable>(db: &impl ConnectionTrait, note: Note) -> Result<Option<T>, DbErr> {
    let select = Sql::new(db.get_database_backend(), &format!("SELECT {} FROM upkeep WHERE id = ", note.column())).value(1);
    match db.query_one_raw(select.done()).await? {
        Some(row) => row.try_get_by_index(0),
        None => Ok(None),
    }
}
