//! `snug backup FILE`

use chat::upkeep;

use super::output::say;
use crate::{config::BackupOptions, failure::Failure, store::data_dir_as_it_is};

pub(super) async fn run(options: &BackupOptions) -> Result<(), Failure> {
    if options.check() { check(options).await } else { take(options).await }.map_err(Failure::Upkeep)
}

async fn check(options: &BackupOptions) -> Result<(), upkeep::Fault> {
    let upkeep::Restored { accounts, rooms, messages } = upkeep::check(options.file()).await?;
    let file = options.file().display();
    say(format_args!("{file} is a sound backup. Accounts: {accounts}, rooms: {rooms}, messages: {messages}"));
    Ok(())
}

async fn take(options: &BackupOptions) -> Result<(), upkeep::Fault> {
    let database_url = options.store().database_url(&data_dir_as_it_is(options.store()));
    let file = match options.file() {
        folder if folder.is_dir() => upkeep::name_in(folder).await?,
        file => file.to_owned(),
    };
    upkeep::backup(&database_url, &file).await?;
    say(format_args!("The backup is in {}. Keep it safe: it holds everything but the signing key.", file.display()));
    // The backup is good all the same.
    if let Err(error) = upkeep::note_backup(&database_url).await {
        tracing::warn!(%error, "the database takes no note of the backup");
    }
    if let Some(keep) = options.keep() {
        for removed in upkeep::keep_newest(&file, keep).await? {
            say(format_args!("Removed {}", removed.display()));
        }
    }
    Ok(())
}
