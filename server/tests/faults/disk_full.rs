//! A full disk (G7). A limit on the size of files stands in for it: it fails the same writes, and takes nothing from others.

use std::{fs, process::Command, sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, Database, Statement};
use testkit::sqlite_url;

use crate::{
    crowd::{Crowd, Plan},
    load_time,
    node::Node,
    support::{eventually, person::Person},
};

/// The guarantee says 5 s; the machine may be busy.
const SOON: Duration = Duration::from_secs(10);

/// Sets how large a file the process may write. util-linux brings the command.
fn limit_files(node: &Node, bytes: &str) {
    let limit = format!("--fsize={bytes}:unlimited");
    let status = Command::new("prlimit").args(["--pid", &node.pid().to_string(), &limit]).status();
    assert!(status.expect("prlimit is installed").success());
}

fn size(node: &Node, name: &str) -> u64 {
    fs::metadata(node.folder().join(name)).unwrap().len()
}

async fn integrity(url: &str) -> String {
    let db = Database::connect(url).await.unwrap();
    let check = Statement::from_string(db.get_database_backend(), "PRAGMA integrity_check");
    let row = db.query_one_raw(check).await.unwrap().unwrap();
    db.close().await.unwrap();
    row.try_get("", "integrity_check").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_refuses_sends_for_a_while_and_harms_nothing() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    // The signal that goes with the limit would end the process; a full disk sends none.
    let mut node = Node::new("node", &folder).through(&["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    node.start().await;
    node.furnish().await;
    let (pid, url) = (node.pid(), sqlite_url(node.folder()));
    let plan = Plan { padding: 1_000, readers: 6, ..Plan::default() };
    let crowd = Crowd::gather(&[node.addr()], plan).await;
    for _ in 0..2 {
        crowd.work(load_time() / 4, 100).await;
        let largest = size(&node, "snug.db").max(size(&node, "snug.db-wal"));
        limit_files(&node, &(largest + 64 * 1024).to_string());
        let before = crowd.tally().refusals.values().sum::<usize>();
        eventually("sends are refused", async || (crowd.tally().refusals.values().sum::<usize>() >= before + 100).then_some(()))
            .await;
        eventually("it is not ready", async || (Person::at(node.addr()).get("/readyz").await.status == 503).then_some(())).await;
        // Who only reads notices nothing.
        assert_eq!(Person::at(node.addr()).get("/r/lobby").await.status, 200);
        limit_files(&node, "unlimited");
        eventually("it is ready", async || (Person::at(node.addr()).get("/readyz").await.status == 200).then_some(())).await;
    }
    crowd.work(load_time() / 4, 100).await;
    let tally = crowd.settle("disk full twice, SQLite", &url).await;
    assert!(tally.refusals.keys().eq(["Unavailable"]), "{:?}", tally.refusals);
    assert!(tally.slowest_answer < SOON, "{:?}", tally.slowest_answer);
    assert!(tally.closes.is_empty(), "{:?}", tally.closes);
    assert!(node.is_running() && node.pid() == pid);
    assert_eq!(integrity(&url).await, "ok");
}
