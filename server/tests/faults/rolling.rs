//! A rolling restart of two nodes, as at a deploy (G8).

use protocol::CloseCode;

use crate::{
    crowd::{Crowd, Plan},
    load_time,
    services::Services,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rolling_restart_under_hundreds_of_sockets_loses_nothing() {
    let services = Services::start().await;
    let mut nodes = services.two_nodes().await;
    let plan = Plan { senders: 12, readers: 240, sends_per_second: 40, ..Plan::default() };
    let crowd = Crowd::gather(&[nodes[0].addr(), nodes[1].addr()], plan).await;
    for _ in 0..2 {
        for node in &mut nodes {
            crowd.work(load_time() / 4, 20).await;
            node.stop().await;
            node.start().await;
        }
    }
    crowd.work(load_time() / 4, 20).await;
    let tally = crowd.settle("rolling restart, twice", &services.database_url).await;
    assert!(tally.refusals.keys().all(|code| code == "Unavailable"), "{:?}", tally.refusals);
    // Everybody is told to come back; a connection that was just being made may end without a word.
    let told = tally.closes.get(&CloseCode::Restart.number()).copied().unwrap_or_default();
    let untold = tally.closes.values().sum::<usize>() - told;
    assert!(told >= 200 && untold * 20 < told, "{:?}", tally.closes);
}
