//! An older backup in the place of the database, grown past the places that clients have by the time they come back (G4): what they
//! have is of another epoch, and they must begin anew instead of taking other events for those that they have.

use std::{fs, sync::Arc};

use testkit::{Redis, sqlite_url};

use crate::{
    crowd::{Crowd, Plan, audit, heads},
    load_time,
    node::{Node, ROOMS},
    services::Services,
    support::{
        binary::{output, snug},
        person::Program,
    },
};

/// Runs a command that needs a data folder and a file, to its end.
async fn command(name: &'static str, node: &Node, settings: &[(&'static str, String)]) {
    let mut command = snug(&[name, &node.folder().join("backup.db").display().to_string(), "--data-dir"]);
    command.arg(node.folder()).envs(settings.iter().map(|(name, value)| (*name, value.clone())));
    let outcome = tokio::task::spawn_blocking(move || output(&mut command)).await.unwrap();
    assert!(outcome.status.success(), "{outcome:?}");
}

/// Takes a backup in the middle of the work. After it more is said, which everybody has in the end.
async fn work_around_a_backup(crowd: &Crowd, node: &Node, settings: &[(&'static str, String)], database_url: &str) {
    crowd.work(load_time() / 4, 100).await;
    command("backup", node, settings).await;
    crowd.work(load_time() / 4, 100).await;
    crowd.calm_down(database_url).await;
}

/// Writes through another node, until the rooms are longer than they were.
async fn outgrow(node: &mut Node, database_url: &str, lengths: &[protocol::Seq]) {
    node.start().await;
    let before = heads(database_url).await;
    let mut ada = Program::at(node.addr()).socket("ada").await;
    for ((slug, before), length) in ROOMS.into_iter().zip(before).zip(lengths) {
        assert!(before < *length, "nothing was taken back");
        ada.say_many(slug, "after the restore", length.0.abs_diff(before.0) + 10).await;
    }
    drop(ada);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_older_backup_on_sqlite_is_another_epoch() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut node = Node::new("node", &folder);
    node.start().await;
    node.furnish().await;
    let url = sqlite_url(node.folder());
    let crowd = Crowd::gather(&[node.addr()], Plan::default()).await;
    work_around_a_backup(&crowd, &node, &[], &url).await;
    let before = crowd.audit(&url).await;
    let lengths = heads(&url).await;

    node.kill();
    for file in ["snug.db", "snug.db-wal", "snug.db-shm"] {
        let _ = fs::remove_file(node.folder().join(file));
    }
    command("restore", &node, &[]).await;
    outgrow(&mut Node::new("other", &folder), &url, &lengths).await;
    let clients = crowd.begin_anew(&before, &audit(&url).await);
    node.start().await;
    crowd.go_on();
    crowd.work(load_time() / 4, 100).await;
    let tally = crowd.settle("an older backup, SQLite", &url).await;
    assert!(tally.resets >= clients * ROOMS.len(), "somebody went on with other places: {tally}");
}

/// While the nodes run.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_older_backup_under_nodes_on_postgresql_is_another_epoch() {
    let services = Services::start().await;
    let nodes = services.two_nodes().await;
    let crowd = Crowd::gather(&[nodes[0].addr(), nodes[1].addr()], Plan::default()).await;
    let url = services.database_url.clone();
    work_around_a_backup(&crowd, &nodes[0], &[("DATABASE_URL", url.clone())], &url).await;
    let before = crowd.audit(&url).await;
    let lengths = heads(&url).await;

    let restored = services.postgres.database().await;
    command("restore", &nodes[0], &[("DATABASE_URL", restored.clone())]).await;
    // What it tells people by way of a broker of its own reaches nobody here.
    let broker = Redis::start().await;
    let mut other = services.node("other").set("DATABASE_URL", &restored).set("REDIS_URL", &broker.url());
    outgrow(&mut other, &restored, &lengths).await;
    let clients = crowd.begin_anew(&before, &audit(&restored).await);
    services.postgres.replace(&url, &restored).await;
    crowd.go_on();
    crowd.work(load_time() / 4, 100).await;
    let tally = crowd.settle("an older backup under two nodes, PostgreSQL", &url).await;
    assert!(tally.resets >= clients * ROOMS.len(), "somebody went on with other places: {tally}");
}
