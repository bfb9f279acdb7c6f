//! Who is there, and telling it to those who want to know.
//!
//! Each node knows the people who have a socket on it. What changes there within a second it says once, to its own hub and to those of the
//! other nodes; and it says again, now and then, who is still there: people of a node that is not heard of any more have gone. Nothing of
//! it lasts, and what is lost is made good by the next word.
//!
//! A socket is told of the people that it watches, at most once in a second, of all of them together: so the work is bounded by the
//! number of sockets and of people that each may watch, however many come and go.

mod people;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::{Broker, Hub, Signal, hub::send};
pub(crate) use people::People;

/// Changes are told once in this time.
pub const BATCH: Duration = Duration::from_secs(1);
/// A node says in so many batches once who is still there, each time a part of them.
const TURNS: u64 = 10;

/// Tells who comes and goes, for as long as it is polled.
pub async fn keep(hub: Arc<Hub>, broker: Arc<dyn Broker>, many_nodes: bool) {
    let mut ticks = interval(BATCH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for turn in (0..TURNS).cycle() {
        ticks.tick().await;
        let (node, people) = hub.people.news(many_nodes.then_some((turn, TURNS)));
        if !people.is_empty() {
            broker.publish(vec![Signal::Presence { node, people }]).await;
        }
        send(hub.people.tell());
    }
}
