//! `snug restore FILE`

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use chat::upkeep::{self, Progress};

use super::output::{say, say_aside};
use crate::{config::RestoreOptions, failure::Failure, store::data_dir};

/// Time between two words about how far it is.
const EVERY: Duration = Duration::from_secs(1);

pub(super) async fn run(options: &RestoreOptions) -> Result<(), Failure> {
    let database_url = options.store().database_url(&data_dir(options.store())?);
    let told = Mutex::new(Instant::now());
    let restored = upkeep::restore(&database_url, options.file(), &|progress| tell(progress, &told)).await;
    let restored = restored.map_err(Failure::Upkeep)?;
    let upkeep::Restored { accounts, rooms, messages } = restored;
    say(format_args!("Restored. Accounts: {accounts}, rooms: {rooms}, messages: {messages}"));
    Ok(())
}

/// Says how far it is, once a second.
fn tell(Progress { done, rows }: Progress, told: &Mutex<Instant>) {
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    if told.elapsed() >= EVERY {
        *told = Instant::now();
        say_aside(format_args!("{done} of {rows} rows: {} %", done * 100 / rows.max(1)));
    }
}
