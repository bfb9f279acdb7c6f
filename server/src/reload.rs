//! The reload socket of cargo-leptos, which tells open pages that the sources have changed.

use std::env;

/// Its port, unless it was given another one.
pub(crate) const PORT: u32 = 3001;

/// The port, while cargo-leptos watches the sources.
pub(crate) fn port() -> Option<u32> {
    let watched = cfg!(debug_assertions) && env::var_os("LEPTOS_WATCH").is_some();
    watched.then(|| env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(PORT))
}
