//! The way back from a backup, into an empty database of either kind: this is also how a server moves from SQLite to PostgreSQL.

use std::{fs::File, io, path::Path};

use sea_orm::{ColumnTrait, Condition, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use tempfile::NamedTempFile;

use super::{
    Fault, Result,
    doctor::{self, Verdict},
    file,
    fill::{self, Progress},
    pooler, refuse,
};
use crate::{
    db::{
        connect,
        entity::{message, room, user},
        epoch,
        schema::{self, Steps},
        urls,
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
/// the way; the file itself is only read. How far it is, is told now and then.
///
/// # Errors
/// The file is no sound backup, or of a newer version; the database is not empty, or does not take it.
pub async fn restore(database_url: &str, backup: &Path, progress: &(dyn Fn(Progress) + Sync)) -> Result<Restored> {
    // A copy lives until the rows are read from it.
    let (source, copy) = open_up_to_date(backup).await?;
    pooler::refuse(database_url).await?;
    refuse::refuse_foreign_file(database_url).await?;
    let target = connect::writer(database_url).await?;
    let steps = Steps::of(&target).await?;
    refuse::refuse_foreign(&steps, &urls::place(database_url))?;
    refuse::refuse_newer(&steps, "the database")?;
    // Somebody's data may be in it, and what changes those takes a backup first.
    if !steps.taken.is_empty() && !steps.pending.is_empty() {
        return Err(Fault::Older);
    }
    schema::migrate(&target).await?;
    fill::prepare(&target, copy.as_ref().map_or(backup, NamedTempFile::path)).await?;
    let to = connect::begin(&target).await?;
    make_room(&to).await?;
    fill::fill(&source, &to, backup, progress).await?;
    // Places were taken back, or may have been.
    epoch::forget(&to).await?;
    let restored = Restored {
        accounts: user::Entity::find().count(&to).await?,
        rooms: room::Entity::find().count(&to).await?,
        messages: message::Entity::find().count(&to).await?,
    };
    to.commit().await?;
    target.close().await?;
    Ok(restored)
}

/// Opens a backup that is whole; of one of an older version a copy that was brought up to date, which goes with the second value. What is
/// wrong is told of the backup: the database may be fine.
pub(super) async fn open_up_to_date(backup: &Path) -> Result<(DatabaseConnection, Option<NamedTempFile>)> {
    let is_damaged = |error: DbErr| Fault::Damaged(backup.to_owned(), error.to_string());
    let mut source = open_sound(backup).await?;
    let steps = Steps::of(&source).await.map_err(is_damaged)?;
    refuse::refuse_newer(&steps, backup.display().to_string())?;
    let copy = if steps.pending.is_empty() { None } else { Some(copy_of(backup)?) };
    if let Some(copy) = &copy {
        source = file::open(copy.path(), false).await?;
        schema::migrate(&source).await.map_err(is_damaged)?;
    }
    let findings = doctor::rooms(&source).await.map_err(is_damaged)?;
    match findings.into_iter().find(|finding| finding.verdict == Verdict::Fail) {
        Some(finding) => Err(Fault::Damaged(backup.to_owned(), finding.detail)),
        None => Ok((source, copy)),
    }
}

async fn open_sound(backup: &Path) -> Result<DatabaseConnection> {
    let is_none = || Fault::NotABackup(backup.to_owned());
    let is_damaged = |error: DbErr| Fault::Damaged(backup.to_owned(), error.to_string());
    let source = file::open(backup, true).await.map_err(|fault| match fault {
        Fault::Database(error) if file::is_sqlite(backup) => Fault::Damaged(backup.to_owned(), error.to_string()),
        Fault::Database(_) => is_none(),
        fault => fault,
    })?;
    let steps = Steps::of(&source).await.map_err(is_damaged)?;
    if steps.taken.is_empty() || steps.foreign.is_some() {
        return Err(is_none());
    }
    match file::damage(&source).await.map_err(is_damaged)? {
        Some(damage) => Err(Fault::Damaged(backup.to_owned(), damage)),
        None => Ok(source),
    }
}

fn copy_of(backup: &Path) -> Result<NamedTempFile> {
    let copied = || {
        let copy = file::temporary()?;
        io::copy(&mut File::open(backup)?, &mut copy.as_file())?;
        Ok(copy)
    };
    copied().map_err(|error| Fault::File(backup.to_owned(), error))
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
