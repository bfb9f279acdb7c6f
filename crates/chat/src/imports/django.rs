//! A database of a Django project.

use super::{
    found::Found,
    ids::Ids,
    messages, people,
    report::{Fault, Report},
    rooms,
    source::Source,
};
use crate::{
    Chat, Result,
    house::{self, By, Deed, Doer, Subject},
};

/// Brings along what the database of a Django project has of people, rooms and messages. What is there already stays as it is, so it may be
/// done again. The other database is only read.
///
/// # Errors
/// It cannot be read, or has no people; ours does not take it.
pub async fn django(chat: &Chat, database_url: &str) -> std::result::Result<Report, Fault> {
    let source = Source::open(database_url).await?;
    let found = Found::of(&source.tables().await?).ok_or(Fault::NoPeople)?;
    let ids = Ids::of(&source).await?;
    let mut report = Report { tables: found.names(), ..Report::default() };
    let people = people::bring(chat, &source, &found.people, &ids, &mut report.people).await?;
    for table in &found.messages {
        let rooms = match &table.room {
            Some((column, room)) => Some((
                column.as_str(),
                rooms::bring(chat, &source, (&found, table, room), (&ids, &people), &mut report.rooms).await?,
            )),
            None => None,
        };
        messages::bring(chat, &source, table, (&ids, &people, rooms), &mut report.messages).await?;
    }
    chat.renew().await;
    note(chat, &report).await?;
    Ok(report)
}

/// Enters it in the audit log.
async fn note(chat: &Chat, report: &Report) -> Result<()> {
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, By::CommandLine).await?;
    let Report { people, rooms, messages, .. } = report;
    let detail = format!("accounts: {}, rooms: {}, messages: {}", people.came, rooms.came, messages.came);
    house::enter(&transaction, &doer, Deed::Import, Subject::default(), detail).await?;
    Ok(transaction.commit().await?)
}
