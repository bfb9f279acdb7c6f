//! `snug config`

use super::output::say;
use crate::config::Options;

pub(super) fn run(options: &Options) {
    say(options);
}
