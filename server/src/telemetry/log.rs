//! The log of this process, on stderr.

use std::{
    io::{self, IsTerminal},
    panic,
};

use tracing_subscriber::{Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use super::Repeats;
use crate::config::{LogFormat, Store};

/// Starts the log. Who keeps the process up has to say now and then what was said again.
pub(crate) fn start_log(options: &Store) -> Repeats {
    let repeats = Repeats::default();
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let lines = match options.log_format() {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry().with(options.log_filter()).with(lines).with(repeats.clone()).init();
    // A panic is a log line like any other.
    panic::set_hook(Box::new(|panic| tracing::error!(%panic, "panicked")));
    repeats
}
