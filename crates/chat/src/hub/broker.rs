//! What carries signals from the node that committed to the hubs of all nodes.

use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::sync::mpsc;

use super::Signal;

/// Signals that may wait for the hub. A full queue makes the writer wait, which is right: it must not run away from delivery.
const QUEUE: usize = 1024;

/// Carries signals to the hub of every node, this one included: in order per room, at most once. It is only a wake-up (G5): what
/// it loses is in the database.
pub(crate) trait Broker: Send + Sync + 'static {
    /// Hands signals over, in this order.
    fn publish(&self, signals: Vec<Signal>) -> BoxFuture<'_, ()>;
}

/// The broker of a single node: a queue to its own hub.
struct InProcess {
    queue: mpsc::Sender<Signal>,
}

impl Broker for InProcess {
    fn publish(&self, signals: Vec<Signal>) -> BoxFuture<'_, ()> {
        async move {
            for signal in signals {
                // The hub is gone only when the server shuts down; clients find the event when they resume.
                let _ = self.queue.send(signal).await;
            }
        }
        .boxed()
    }
}

/// A broker within this process, and what comes out of it.
pub(crate) fn in_process() -> (impl Broker, BoxStream<'static, Signal>) {
    let (queue, mut signals) = mpsc::channel(QUEUE);
    (InProcess { queue }, stream::poll_fn(move |context| signals.poll_recv(context)).boxed())
}
