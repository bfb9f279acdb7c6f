//! `snug migrate`, which is also the first thing that `snug serve` does.

use super::output::say;
use crate::{
    config::Store,
    failure::Failure,
    store::{bring_up_to_date, data_dir},
};

pub(super) async fn run(options: &Store) -> Result<(), Failure> {
    let steps = bring_up_to_date(options, &data_dir(options)?).await?;
    match steps {
        0 => say("The database is up to date."),
        steps => say(format_args!("The database is up to date now. Steps taken: {steps}")),
    }
    Ok(())
}
