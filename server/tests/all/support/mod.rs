//! What every test needs: a server, people, sockets, a look into the database. Shared by two test binaries.

#![allow(dead_code, unused_imports, reason = "each of the two needs its own part")]

pub(crate) mod api;
pub(crate) mod app;
pub(crate) mod audit;
pub(crate) mod binary;
pub(crate) mod elsewhere;
pub(crate) mod events;
pub(crate) mod person;
pub(crate) mod raw;
pub(crate) mod socket;

use std::time::Duration;

pub(crate) use app::{TestApp, limits};
pub(crate) use person::{PASSWORD, Person};
pub(crate) use socket::{Received, Socket};

/// No test measures time; after this long a test that waits in vain fails instead of hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again until the condition holds.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let asked = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}
