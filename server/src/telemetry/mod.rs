//! Logs and metrics.

mod log;
mod metrics;
mod repeats;
mod requests;

pub(crate) use log::start_log;
pub use metrics::start_metrics;
pub(crate) use metrics::{keep_up, measure};
pub(crate) use repeats::Repeats;
pub(crate) use requests::observe;
