//! What is different while cargo-leptos watches the sources.

use std::env;

const RELOAD_PORT: u32 = 3001;

/// The port of its reload socket.
pub(crate) fn reload_port() -> Option<u32> {
    let watched = cfg!(debug_assertions) && env::var_os("LEPTOS_WATCH").is_some();
    watched.then(|| env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(RELOAD_PORT))
}
