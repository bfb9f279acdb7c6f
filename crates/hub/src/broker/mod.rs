//! What carries signals from the node that committed to the hubs of all nodes.

mod in_process;
mod redis;
mod wire;

use futures::future::BoxFuture;

use crate::Signal;
pub use in_process::{InProcess, in_process};
pub use redis::{RedisBroker, probe as probe_redis};

/// Carries signals to the hub of every node, this one included: in order per room and node, at most once. It is only a wake-up
/// (G5): of what it loses, all that lasts is in the database.
pub trait Broker: Send + Sync + 'static {
    /// Hands over what was committed together, in this order.
    fn publish(&self, signals: Vec<Signal>) -> BoxFuture<'_, ()>;
}

#[cfg(test)]
mod tests;
