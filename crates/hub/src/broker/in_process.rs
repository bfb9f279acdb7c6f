//! The broker of a single node: a queue to its own hub.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures::{FutureExt, future::BoxFuture};
use tokio::sync::mpsc;

use super::Broker;
use crate::Signal;

/// Commits and hints that may wait for the hub. A full queue makes the writer wait, which is right: it must not run away from the
/// mailboxes, which close those who cannot follow.
const QUEUE: usize = 64;

/// A queue to the hub of this process; cheap to clone.
#[derive(Clone)]
pub struct InProcess {
    queue: mpsc::Sender<Vec<Signal>>,
    commits: Arc<AtomicU64>,
}

impl InProcess {
    /// Counts the commits that pass here: every one of this node before it is answered, and those of other nodes as they are heard
    /// of.
    #[must_use]
    pub fn commits(&self) -> Arc<AtomicU64> {
        self.commits.clone()
    }
}

impl Broker for InProcess {
    fn publish(&self, signals: Vec<Signal>) -> BoxFuture<'_, ()> {
        if signals.iter().any(|signal| matches!(signal, Signal::Event(_))) {
            self.commits.fetch_add(1, Ordering::Release);
        }
        async move {
            // The hub is gone only when the server shuts down; clients find the event when they resume.
            let _ = self.queue.send(signals).await;
        }
        .boxed()
    }
}

/// A broker within this process, and what comes out of it.
#[must_use]
pub fn in_process() -> (InProcess, mpsc::Receiver<Vec<Signal>>) {
    let (queue, signals) = mpsc::channel(QUEUE);
    (InProcess { queue, commits: Arc::default() }, signals)
}
