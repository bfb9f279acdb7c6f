//! PostgreSQL restarted, frozen, and its connections ended in the middle of commits (G1, G2, G7).

use std::time::Duration;

use protocol::{ClientId, Retry};
use testkit::Line;
use tokio::time::{Instant, sleep};

use crate::{
    crowd::{Crowd, Plan},
    load_time,
    services::{Services, by, start},
    support::{
        audit::Audit,
        person::Program,
        socket::{Socket, message},
    },
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_whose_answer_is_lost_is_found_by_the_retry() {
    let services = Services::start().await;
    let line = Line::to(services.postgres_addr()).await;
    let url = by(&services.database_url, services.postgres_addr(), line.addr());
    let mut nodes = [services.node("one").set("DATABASE_URL", &url), services.node("two")];
    start(&mut nodes).await;
    let [mut here, mut there] =
        [Program::at(nodes[0].addr()).socket("ada").await, Program::at(nodes[1].addr()).socket("ada").await];
    let mut reader = Socket::guest(nodes[0].addr()).await;
    let seq = reader.subscribe("lobby", None).await.0.next();

    let client_id = ClientId::generate();
    let send = message("lobby", client_id, "am I stored?");
    line.lose_answers_to("COMMIT");
    here.send(&send).await;
    assert_eq!(here.refusal(client_id).await.code.retry(), Retry::Later);
    line.restore();
    assert_eq!(Audit::of(&services.database_url, "lobby").await.messages.get(&client_id), Some(&vec![seq]));
    // Nobody published it. The node looks, and finds it.
    assert_eq!(reader.event().await.seq, seq);

    for socket in [&mut here, &mut there] {
        socket.send(&send).await;
        assert_eq!(socket.ack(client_id).await.seq, seq);
    }
    let stored = Audit::of(&services.database_url, "lobby").await;
    stored.assert_no_gaps();
    assert_eq!((stored.messages.get(&client_id), stored.last_seq), (Some(&vec![seq]), seq.0));
    println!("a commit whose answer was lost: found at {seq} by the retry, on both nodes");
}
