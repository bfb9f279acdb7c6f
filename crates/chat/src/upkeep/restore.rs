//! The way back from a backup, into an empty database of either kind: this is also how a server moves from SQLite to PostgreSQL.

use std::{fs::File, io, path::Path};

use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, TransactionTrait,
};
use tempfile::NamedTempFile;

use super::{Fault, Result, copy::copy, file};
use crate::{
    db::{
        connect,
        entity::{message, room, user},
        schema::{self, Steps},
    },
    rooms::LOBBY,
};

/// What is in the database after a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// How many accounts.
    pub accounts: u64,
    /// How many rooms.
    pub rooms: u64,
    /// How many messages.
    pub messages: u64,
}

/// Fills an empty database from a backup: all of it or, after an error, nothing. A backup of an older version is brought up to date on
/// the way; the file itself is only read.
///
/// # Errors
/// The file is no sound backup, or of a newer version; the database is not empty, or does not take it.
pub async fn restore(database_url: &str, backup: &Path) -> Result<Restored> {
    let source = open_sound(backup).await?;
    let steps = Steps::of(&source).await?;
    super::refuse_newer(&steps, backup.display().to_string())?;
    // Lives until the rows are read from it.
    let renewed = (!steps.pending.is_empty()).then(|| copy_of(backup)).transpose()?;
    let source = match &renewed {
        Some(renewed) => bring_up_to_date(renewed.path()).await?,
        None => source,
    };

    let target = connect::writer(database_url).await?;
    let steps = Steps::of(&target).await?;
    super::refuse_newer(&steps, "the database")?;
    // Somebody's data may be in it, and what changes those takes a backup first.
    if !steps.taken.is_empty() && !steps.pending.is_empty() {
        return Err(Fault::Older);
    }
    schema::migrate(&target).await?;
    let (from, to) = (source.begin().await?, connect::begin(&target).await?);
    make_room(&to).await?;
    copy(&from, &to).await?;
    let restored = Restored {
        accounts: user::Entity::find().count(&to).await?,
        rooms: room::Entity::find().count(&to).await?,
        messages: message::Entity::find().count(&to).await?,
    };
    to.commit().await?;
    target.close().await?;
    Ok(restored)
}

async fn open_sound(backup: &Path) -> Result<DatabaseConnection> {
    let source = file::open(backup, true).await.map_err(|fault| match fault {
        Fault::Database(_) => Fault::NotABackup(backup.to_owned()),
        fault => fault,
    })?;
    if Steps::of(&source).await?.taken.is_empty() {
        return Err(Fault::NotABackup(backup.to_owned()));
    }
    match file::damage(&source).await? {
        Some(damage) => Err(Fault::Damaged(backup.to_owned(), damage)),
        None => Ok(source),
    }
}

fn copy_of(backup: &Path) -> Result<NamedTempFile> {
    let copied = || {
        let copy = NamedTempFile::with_prefix("snug-restore-")?;
        io::copy(&mut File::open(backup)?, &mut copy.as_file())?;
        Ok(copy)
    };
    copied().map_err(|error| Fault::File(backup.to_owned(), error))
}

async fn bring_up_to_date(path: &Path) -> Result<DatabaseConnection> {
    let copy = file::open(path, false).await?;
    schema::migrate(&copy).await?;
    Ok(copy)
}

/// Nothing may be there but the lobby of a server that was started once; the backup brings its own.
async fn make_room(target: &DatabaseTransaction) -> Result<()> {
    let in_use = Condition::any().add(room::Column::Slug.ne(LOBBY)).add(room::Column::LastSeq.gt(0));
    let accounts = user::Entity::find().count(target).await?;
    let rooms = room::Entity::find().filter(in_use).count(target).await?;
    if accounts > 0 || rooms > 0 {
        return Err(Fault::NotEmpty { accounts, rooms });
    }
    room::Entity::delete_many().exec(target).await?;
    Ok(())
}
