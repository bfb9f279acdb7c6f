//! What systemd is told, where it has started this process (`Type=notify`, `WatchdogSec=`). Elsewhere all of it does nothing.

use sd_notify::NotifyState;

/// It serves.
pub(crate) fn ready() {
    tell(&NotifyState::Ready);
}

/// It takes its leave.
pub(crate) fn stopping() {
    tell(&NotifyState::Stopping);
}

/// Gives a sign of life in time, as long as this process gets to its tasks. Without a watchdog it ends at once.
pub(crate) async fn show_life() {
    let Some(patience) = sd_notify::watchdog_enabled() else { return };
    // Half of it, as sd_watchdog_enabled(3) advises.
    let mut ticks = tokio::time::interval((patience / 2).max(std::time::Duration::from_millis(1)));
    loop {
        ticks.tick().await;
        tell(&NotifyState::Watchdog);
    }
}

fn tell(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!(%error, "systemd is not told");
    }
}
