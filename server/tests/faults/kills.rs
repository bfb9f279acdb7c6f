//! `kill -9`, again and again (G1, G2, G3, G4).

use std::{sync::Arc, time::Duration};

use testkit::sqlite_url;

use crate::{
    crowd::{Crowd, Plan},
    load_time,
    node::Node,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn kill_9_again_and_again_loses_and_doubles_nothing() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut node = Node::new("node", &folder);
    node.start().await;
    node.furnish().await;
    let crowd = Crowd::gather(&[node.addr()], Plan::default()).await;
    let kills = 6;
    for _ in 0..kills {
        crowd.work(load_time() / 4, 100).await;
        node.kill();
        // Long enough that everybody notices, short enough that most resume without a reset.
        tokio::time::sleep(Duration::from_millis(100)).await;
        node.start().await;
    }
    crowd.work(load_time() / 4, 100).await;
    let tally = crowd.settle("kill -9 six times, SQLite", &sqlite_url(node.folder())).await;
    assert!(tally.resumes > kills, "nobody resumed");
}
