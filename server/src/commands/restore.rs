//! `snug restore FILE`

use chat::upkeep;

use super::output::say;
use crate::{config::FileOptions, failure::Failure, store::data_dir};

pub(super) async fn run(options: &FileOptions) -> Result<(), Failure> {
    let database_url = options.store().database_url(&data_dir(options.store())?);
    let restored = upkeep::restore(&database_url, options.file()).await.map_err(Failure::Upkeep)?;
    let upkeep::Restored { accounts, rooms, messages } = restored;
    say(format_args!("Restored. Accounts: {accounts}, rooms: {rooms}, messages: {messages}"));
    Ok(())
}
