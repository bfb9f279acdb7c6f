//! Redis, for several nodes: does it answer, and does it carry their wake-ups.

use hub::probe_redis;

use super::Finding;

/// Tries what a node does with it: PING, subscribe, publish, hear. Takes some seconds at most.
pub async fn redis(url: &str) -> Finding {
    match probe_redis(url).await {
        Ok(place) => Finding::ok("Redis", format!("{place} answers and passes on what is published")),
        Err(fault) => Finding::fail(
            "Redis",
            format!(
                "{fault}. Is it there and running, and is REDIS_URL right? Without it nothing is lost; \
                 messages reach the other nodes some seconds later"
            ),
        ),
    }
}
