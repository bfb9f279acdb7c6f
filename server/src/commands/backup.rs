//! `snug backup FILE`

use chat::upkeep;

use super::output::say;
use crate::{config::FileOptions, failure::Failure, store::data_dir_as_it_is};

pub(super) async fn run(options: &FileOptions) -> Result<(), Failure> {
    let database_url = options.store().database_url(&data_dir_as_it_is(options.store()));
    upkeep::backup(&database_url, options.file()).await.map_err(Failure::Upkeep)?;
    say(format_args!("The backup is in {}. Keep it safe: it holds everything but the signing key.", options.file().display()));
    Ok(())
}
