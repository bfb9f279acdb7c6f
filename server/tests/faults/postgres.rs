//! PostgreSQL restarted, frozen, and its connections ended in the middle of commits (G1, G2, G7).

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::{
    crowd::{Crowd, Plan},
    load_time,
    services::Services,
};

const FROZEN: Duration = Duration::from_secs(20);
/// The guarantee says 5 s; the machine may be busy.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_restarted_frozen_and_cut_in_mid_commit_loses_nothing() {
    let services = Services::start().await;
    let nodes = services.two_nodes().await;
    let crowd = Crowd::gather(&[nodes[0].addr(), nodes[1].addr()], Plan::default()).await;

    for _ in 0..2 {
        crowd.work(load_time() / 8, 50).await;
        services.postgres.restart().await;
    }
    crowd.work(load_time() / 8, 50).await;

    services.postgres.freeze();
    sleep(FROZEN).await;
    services.postgres.thaw();
    crowd.work(load_time() / 8, 50).await;

    let end = Instant::now() + load_time();
    let mut ended = 0;
    while Instant::now() < end {
        services.postgres.terminate_connections().await;
        ended += 1;
        // The time of some commits, so that it hits them at different points.
        sleep(crate::jitter(Duration::from_millis(150))).await;
    }
    crowd.work(load_time() / 8, 100).await;

    let name = format!("PostgreSQL restarted twice, frozen for {FROZEN:?}, connections ended {ended} times");
    let tally = crowd.settle(&name, &services.database_url).await;
    assert!(tally.refusals.keys().eq(["Unavailable"]), "{:?}", tally.refusals);
    assert!(tally.slowest_answer < SOON, "{:?}", tally.slowest_answer);
}
