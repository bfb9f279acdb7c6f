//! Databases that are not to be touched.

use super::{Fault, Result, file};
use crate::db::{schema::Steps, urls};

/// Refuses somebody else's file before anything in it is changed: to open it for writing changes its kind of journal. What cannot be read
/// now is told by whoever opens it to use it.
pub(super) async fn refuse_foreign_file(database_url: &str) -> Result<()> {
    let Some(path) = urls::sqlite_file(database_url) else { return Ok(()) };
    let Ok(db) = file::open(&path, true).await else { return Ok(()) };
    let steps = Steps::of(&db).await;
    db.close().await?;
    steps.map_or(Ok(()), |steps| refuse_foreign(&steps, &path.display().to_string()))
}

/// Refuses somebody else's database.
pub(super) fn refuse_foreign(steps: &Steps, what: &str) -> Result<()> {
    match &steps.foreign {
        Some(table) => Err(Fault::Foreign(what.to_owned(), table.clone())),
        None => Ok(()),
    }
}

/// Refuses what only a newer version understands.
pub(super) fn refuse_newer(steps: &Steps, what: impl Into<String>) -> Result<()> {
    match steps.unknown.first() {
        Some(step) => Err(Fault::Newer { what: what.into(), step: step.clone() }),
        None => Ok(()),
    }
}
