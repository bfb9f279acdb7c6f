//! The real binary, with TLS between it and what it needs.

use std::path::Path;

use reqwest::StatusCode;
use testkit::{Postgres, Redis};

use crate::support::{
    binary::{Binary, SIGNING_KEY, output, snug},
    eventually,
};

/// What `snug doctor` says, and whether it found all well.
fn doctor(folder: &Path, settings: &[(&str, &str)]) -> (bool, String) {
    let outcome = output(snug(&["doctor", "--data-dir"]).arg(folder).envs(settings.iter().copied()));
    (outcome.status.success(), String::from_utf8(outcome.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_speaks_tls_with_whom_the_system_trusts() {
    let (redis, certificate) = Redis::start_tls().await;
    let postgres = Postgres::start_tls().await;
    let database_url = postgres.database().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        ("DATABASE_URL", database_url.as_str()),
        ("REDIS_URL", &redis.url()),
        ("SNUG_SIGNING_KEY", SIGNING_KEY),
        ("SSL_CERT_FILE", certificate.to_str().unwrap()),
    ];
    let server = Binary::start(folder.path(), &settings);
    let ada = server.stranger();
    ada.register("ada").await;
    ada.write("lobby", "under lock and key").await;
    ada.get("/r/lobby").await.assert_has("under lock and key");
    eventually("Redis takes what the node says", async || {
        ada.get("/metrics").await.text.contains("snug_broker_up 1\n").then_some(())
    })
    .await;
    let (well, findings) = doctor(folder.path(), &settings);
    assert!(well && findings.contains("passes on what is published"), "{findings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_goes_on_without_a_redis_that_it_does_not_trust() {
    let (redis, _) = Redis::start_tls().await;
    let database_url = Postgres::shared().await.database().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = [("DATABASE_URL", database_url.as_str()), ("REDIS_URL", &redis.url()), ("SNUG_SIGNING_KEY", SIGNING_KEY)];
    let server = Binary::start(folder.path(), &settings);
    for told in ["cannot listen to Redis", "the other nodes are not told"] {
        eventually(told, async || {
            server.log().lines().any(|line| line.contains(told) && line.contains("certificate")).then_some(())
        })
        .await;
    }
    assert!(!server.log().contains("panicked"), "{}", server.log());
    let ada = server.stranger();
    ada.register("ada").await;
    ada.write("lobby", "nobody else is told").await;
    assert_eq!(ada.get("/readyz").await.status, StatusCode::OK);

    let (well, findings) = doctor(folder.path(), &settings);
    let finding = findings.lines().find(|line| line.starts_with("FAIL  Redis")).unwrap_or_else(|| panic!("{findings}"));
    assert!(!well && finding.contains("certificate"), "{finding}");
}
