//! TLS to the database and to Redis, whose certificates only those trust who are told to.
//!
//! Nothing here says whose cryptography rustls is to take, which the binary does first of all: so a dependency that brings a second one
//! makes these tests panic.

use chat::{
    Chat, Options, SigningKey, messages,
    upkeep::doctor::{self, Finding, Verdict},
};
use protocol::Window;
use testkit::{Postgres, Redis};

use crate::scene::{Scene, limits};

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_reaches_postgresql_over_tls() {
    let postgres = Postgres::start_tls().await;
    let scene = Scene::on(&postgres.database().await).await;
    let ada = scene.person("ada").await;
    let garden = ada.room("garden", "open").await;
    let sent = ada.say(garden.id, "under lock and key").await;
    let scene = scene.restart().await;
    let page = messages::page(&scene.chat, ada.actor(), &garden.id.into(), Window::Latest).await.unwrap();
    let stored: Vec<_> = page.messages.iter().map(|message| (message.seq, message.body.as_str())).collect();
    assert_eq!(stored, [(sent.seq, "under lock and key")]);
}

fn assert_untrusted(finding: &Finding) {
    assert!(finding.verdict == Verdict::Fail && finding.detail.contains("certificate"), "{finding}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_nobody_trusts_is_told() {
    let postgres = Postgres::start_tls().await;
    let url = postgres.database().await;
    let untrusted = url.split("&sslrootcert").next().unwrap();
    let findings = doctor::database(untrusted).await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_untrusted(&findings[0]);

    let folder = tempfile::tempdir().unwrap();
    let signing_key = SigningKey::load_or_create(&folder.path().join("signing.key")).unwrap();
    let options = Options { database_url: untrusted.to_owned(), redis_url: None, signing_key, limits: limits() };
    let error = Chat::open(options).await.err().map(|error| error.to_string());
    assert!(error.as_ref().is_some_and(|error| error.contains("certificate")), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_nobody_trusts_is_told() {
    let (redis, _) = Redis::start_tls().await;
    assert_untrusted(&doctor::redis(&redis.url()).await);
}
