//! A rolling restart of two nodes, as at a deploy (G8).

use std::{collections::BTreeMap, time::Duration};

use protocol::CloseCode;

use crate::{
    crowd::{Crowd, Plan},
    journal::Comeback,
    load_time,
    services::Services,
};

/// A tenth of the time over which clients that lost the same server are to spread.
const SLOT: Duration = Duration::from_millis(50);

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
    assert_spread_out(&tally.comebacks);
}

/// Nobody came back before the pause they chose, and neither the pauses nor the comings crowd together. Of some hundred pauses that
/// are spread evenly a tenth falls into each slot, and more than a quarter into one of them never; the comings are crowded
/// further by a machine that is busy with the restart.
fn assert_spread_out(comebacks: &[Comeback]) {
    let busiest = |time: fn(&Comeback) -> Duration| {
        let mut slots = BTreeMap::<_, usize>::new();
        comebacks.iter().for_each(|comeback| *slots.entry(time(comeback).as_millis() / SLOT.as_millis()).or_default() += 1);
        slots.into_values().max().unwrap_or_default()
    };
    let (chosen, came) = (busiest(|comeback| comeback.pause), busiest(|comeback| comeback.waited));
    println!("rolling restart: {} came back, of 50 ms the busiest saw {came}, and was to see {chosen}", comebacks.len());
    assert!(comebacks.iter().all(|comeback| comeback.waited >= comeback.pause));
    assert!(chosen * 4 < comebacks.len(), "{chosen} chose the same moment");
    assert!(came * 2 < comebacks.len(), "{came} came in the same moment");
}
