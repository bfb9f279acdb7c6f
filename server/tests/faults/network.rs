//! A network that delays, cuts, resets, and delivers byte by byte.

use std::{sync::Arc, time::Duration};

use testkit::{Line, sqlite_url};
use tokio::time::sleep;

use crate::{
    crowd::{Crowd, Plan},
    load_time,
    node::Node,
    services::{Services, by, start},
};

/// Longer than the patience of a client, and than that of a send.
const CUT: Duration = Duration::from_secs(8);

/// Every kind of badness, with the line good again at the end.
async fn torment(line: &Line, crowd: &Crowd) {
    line.delay(Duration::from_millis(40));
    crowd.work(load_time() / 4, 20).await;
    line.byte_by_byte(true);
    crowd.work(load_time() / 4, 20).await;
    line.delay(Duration::ZERO);
    for _ in 0..4 {
        sleep(load_time() / 16).await;
        line.reset_all();
    }
    line.byte_by_byte(false);
    crowd.work(Duration::ZERO, 20).await;
    line.cut();
    sleep(CUT).await;
    line.restore();
    crowd.work(load_time() / 4, 20).await;
    line.cut();
    sleep(CUT / 4).await;
    // What was on its way is lost for good.
    line.reset_all();
    line.restore();
    crowd.work(load_time() / 4, 100).await;
    // So slow that something is in the middle of a transaction.
    line.delay(Duration::from_millis(40));
    sleep(Duration::from_secs(1)).await;
    line.forget_all();
    line.delay(Duration::ZERO);
    // More than the sends that other ways bring through before the dead connections are noticed.
    crowd.work(CUT, 100).await;
    crowd.work(load_time() / 4, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bad_network_between_clients_and_server_loses_nothing() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut node = Node::new("node", &folder);
    node.start().await;
    node.furnish().await;
    let line = Line::to(node.addr()).await;
    let plan = Plan { sends_per_second: 200, ..Plan::default() };
    let crowd = Crowd::gather(&[line.addr()], plan).await;
    torment(&line, &crowd).await;
    let tally = crowd.settle("bad network, client to server", &sqlite_url(node.folder())).await;
    assert!(tally.resumes > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bad_network_between_server_and_postgres_loses_nothing() {
    let services = Services::start().await;
    let line = Line::to(services.postgres_addr()).await;
    let url = by(&services.database_url, services.postgres_addr(), line.addr());
    let mut nodes = [services.node("one").set("DATABASE_URL", &url), services.node("two")];
    start(&mut nodes).await;
    let crowd = Crowd::gather(&[nodes[0].addr(), nodes[1].addr()], Plan::default()).await;
    torment(&line, &crowd).await;
    let tally = crowd.settle("bad network, server to PostgreSQL", &services.database_url).await;
    assert!(tally.refusals.keys().all(|code| code == "Unavailable"), "{:?}", tally.refusals);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bad_network_between_server_and_redis_loses_nothing() {
    let services = Services::with_a_quick_database().await;
    let line = Line::to(services.redis_addr()).await;
    let url = by(&services.redis.url(), services.redis_addr(), line.addr());
    let mut nodes = [services.node("one").set("REDIS_URL", &url), services.node("two")];
    start(&mut nodes).await;
    let crowd = Crowd::gather(&[nodes[0].addr(), nodes[1].addr()], Plan::unhurried()).await;
    torment(&line, &crowd).await;
    let tally = crowd.settle("bad network, server to Redis", &services.database_url).await;
    assert!(tally.refusals.is_empty(), "a send does not need the broker: {:?}", tally.refusals);
}
