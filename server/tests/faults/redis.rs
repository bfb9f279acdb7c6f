//! The broker gone, frozen, cut off: that costs latency and no message (G5).

use std::time::Duration;

use testkit::Line;
use tokio::time::{Instant, sleep};

use crate::{
    crowd::{Crowd, Plan, heads},
    load_time,
    node::Node,
    services::{Services, by, start},
};

/// Longer than any patience of the nodes with Redis.
const CUT: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_redis_the_nodes_tell_their_rooms_by_the_database() {
    let services = Services::with_a_quick_database().await;
    let line = Line::to(services.redis_addr()).await;
    let url = by(&services.redis.url(), services.redis_addr(), line.addr());
    let mut nodes = [services.node("one").set("REDIS_URL", &url), services.node("two").set("REDIS_URL", &url)];
    start(&mut nodes).await;
    let crowd = Crowd::gather(&[nodes[0].addr(), nodes[1].addr()], Plan::unhurried()).await;
    crowd.work(load_time() / 4, 50).await;

    services.redis.kill();
    crowd.work(load_time() / 2, 50).await;
    crowd.catch_up(&services.database_url).await;
    services.redis.start_again().await;
    crowd.work(load_time() / 4, 50).await;

    services.redis.freeze();
    crowd.work(load_time() / 2, 50).await;
    crowd.catch_up(&services.database_url).await;
    services.redis.thaw();
    crowd.work(load_time() / 4, 50).await;

    let before = heads(&services.database_url).await;
    let acks_at = |node: &Node| crowd.at(node.addr()).iter().map(|journal| journal.tally.acks).sum::<usize>();
    let acks = nodes.each_ref().map(acks_at);
    line.cut();
    let end = Instant::now() + CUT.max(load_time());
    while Instant::now() < end {
        // Everybody hears everything while the nodes do not hear each other.
        crowd.catch_up(&services.database_url).await;
        sleep(Duration::from_secs(1)).await;
    }
    assert!(nodes.each_ref().map(acks_at).iter().zip(acks).all(|(now, before)| *now > before), "a node took nothing meanwhile");
    line.restore();
    crowd.work(load_time() / 4, 50).await;

    crowd.calm_down(&services.database_url).await;
    let rooms = nodes.each_ref().map(|node| {
        let seen: Vec<_> = crowd.at(node.addr()).iter().map(|journal| journal.seen_after(&before)).collect();
        assert!(!seen.is_empty() && seen.iter().all(|rooms| *rooms == seen[0]), "clients of one node differ");
        seen[0].clone()
    });
    assert!(rooms[0] == rooms[1], "the rooms on both nodes differ");
    let tally = crowd.settle("Redis killed, frozen, cut off", &services.database_url).await;
    assert!(tally.refusals.is_empty(), "a send does not need the broker: {:?}", tally.refusals);
    assert!(tally.closes.is_empty(), "a socket does not need the broker: {:?}", tally.closes);
}
