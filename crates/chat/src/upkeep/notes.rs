//! What a start and a backup leave word of in the database.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::Fault;
use crate::{
    Chat, Result, SigningKey,
    db::{
        connect,
        notes::{self, Note, noted},
        now,
        schema::Steps,
    },
};

/// Leaves word of the key that this node signs with. Returns the fingerprint of the one that the last node to start had, if it was another.
///
/// # Errors
/// The database cannot be written.
pub async fn note_key(chat: &Chat, key: &SigningKey) -> Result<Option<String>> {
    let (own, last) = (key.fingerprint(), noted::<String>(chat.db().read(), Note::KeyFingerprint).await?);
    if last.as_ref() == Some(&own) {
        return Ok(None);
    }
    let transaction = chat.db().begin().await?;
    notes::note(&transaction, Note::KeyFingerprint, own).await?;
    transaction.commit().await?;
    Ok(last)
}

/// Leaves word of a backup that was just taken. An older database has no place for it.
///
/// # Errors
/// The database cannot be written.
pub async fn note_backup(database_url: &str) -> std::result::Result<(), Fault> {
    let db = connect::writer(database_url).await?;
    if Steps::of(&db).await?.pending.is_empty() {
        notes::note(&db, Note::BackupAt, now()).await?;
    }
    Ok(db.close().await?)
}

/// How large the database is, in bytes.
///
/// # Errors
/// `unavailable`.
pub async fn database_bytes(chat: &Chat) -> Result<i64> {
    let db = chat.db().read();
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        _ => "SELECT pg_database_size(current_database())",
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}

/// When the last backup was taken by `snug backup`, in unix milliseconds.
///
/// # Errors
/// `unavailable`.
pub async fn last_backup(chat: &Chat) -> Result<Option<i64>> {
    Ok(noted(chat.db().read(), Note::BackupAt).await?)
}
