//! Clients that were away: for less than a resume replays, and for more, after which they read the room anew and scroll up.

use std::{sync::Arc, time::Duration};

use protocol::limits;
use testkit::{Line, sqlite_url};

use crate::{
    client::Profile,
    crowd::{Crowd, Plan, heads},
    load_time,
    node::{Node, ROOMS},
    support::eventually,
};

/// Clients on this line, guests and people.
const AWAY: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_was_away_shows_what_was_done_meanwhile() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut node = Node::new("node", &folder);
    node.start().await;
    node.furnish().await;
    let url = sqlite_url(node.folder());
    let line = Line::to(node.addr()).await;
    let plan = Plan { sends_per_second: 500, ..Plan::default() };
    let mut crowd = Crowd::gather(&[node.addr()], plan).await;
    for number in 0..AWAY {
        let account = crowd.account(number).filter(|_| number % 2 == 0);
        let pace = Duration::from_millis(50);
        let (outbox, padding) = (plan.outbox, plan.padding);
        crowd.add(Profile { account, nodes: vec![line.addr()], pace, outbox, padding, receive_buffer: None, by_events: false });
    }
    crowd.subscribed().await;
    for events in [50, limits::REPLAY_MAX + 50] {
        crowd.work(load_time() / 8, 50).await;
        line.cut();
        line.reset_all();
        let before = heads(&url).await;
        eventually("enough has happened", async || {
            let heads = heads(&url).await;
            heads.iter().zip(&before).all(|(head, before)| head.0.abs_diff(before.0) >= events).then_some(())
        })
        .await;
        line.restore();
    }
    // Time to come back, and to scroll up while more is done to what is shown.
    crowd.work(load_time() / 4, 50).await;
    let tally = crowd.settle("away for less and for more than is replayed", &url).await;
    assert!(tally.resumes > 0, "nobody resumed");
    assert_eq!(tally.resets, AWAY * ROOMS.len(), "who was away for long is to read anew");
}
