//! How often one may try.

use std::time::Duration;

use chat::Limits;
use protocol::ErrorCode;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{
    PASSWORD, TestApp,
    app::rate,
    eventually, limits,
    person::{Answer, Program},
};

const NEVER: Duration = Duration::from_secs(86_400);

async fn sign_in(program: &Program, username: &str, password: &str, from: &str) -> Answer {
    let body = json!({ "username": username, "password": password });
    Answer::to(program.post("/api/v1/auth/token").header("x-forwarded-for", from).json(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_only_so_many_tries() {
    // One of the tries is the registration, which comes from 127.0.0.1.
    let app = TestApp::builder().limits(Limits { per_address: rate(3, NEVER), ..limits() }).start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    for username in ["ann", "ben", "cid"] {
        sign_in(&program, username, "a wrong one", "203.0.113.1").await.assert_refused(ErrorCode::WrongCredentials);
    }
    let refused = sign_in(&program, "ada", PASSWORD, "203.0.113.1").await;
    refused.assert_refused(ErrorCode::Throttled);
    let seconds = refused.error().retry_after.unwrap();
    assert!(seconds > 0);
    assert_eq!(refused.header("retry-after"), seconds.to_string());
    assert_eq!(sign_in(&program, "ada", PASSWORD, "203.0.113.2").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_only_so_many_tries_but_its_owner_gets_in_from_a_known_address() {
    let app = TestApp::builder().limits(Limits { per_account: rate(3, NEVER), ..limits() }).start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    for last in 1..=3 {
        let from = format!("203.0.113.{last}");
        sign_in(&program, "ada", "a wrong one", &from).await.assert_refused(ErrorCode::WrongCredentials);
    }
    // The right password does not help a stranger either: what a guess is worth must not show.
    sign_in(&program, "ada", PASSWORD, "203.0.113.9").await.assert_refused(ErrorCode::Throttled);
    assert_eq!(sign_in(&program, "ada", PASSWORD, "127.0.0.1").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_gets_in_after_waiting() {
    let app = TestApp::builder().limits(Limits { per_account: rate(1, Duration::from_millis(200)), ..limits() }).start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    let from = "203.0.113.1";
    eventually("the bucket is empty", async || {
        let answer = sign_in(&program, "ada", "a wrong one", from).await;
        (answer.status == StatusCode::TOO_MANY_REQUESTS).then_some(())
    })
    .await;
    eventually("the owner gets in", async || {
        let answer = sign_in(&program, "ada", PASSWORD, from).await;
        (answer.status == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_says_how_long_to_wait() {
    let app = TestApp::builder().limits(Limits { per_address: rate(1, NEVER), ..limits() }).start().await;
    let ada = app.ada().await;
    // From here Ada is known by now.
    let answer = ada.submit("/login", "login", &[("username", "bob"), ("password", PASSWORD)]).await;
    let page = ada.get(answer.leads_to()).await;
    page.assert_has("Too many tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_says_when_to_come_back() {
    let app = TestApp::builder().limits(Limits { per_address: rate(1, NEVER), ..limits() }).start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    // From here Ada is known by now.
    let form = [("username", "bob"), ("password", PASSWORD), ("display_name", "")];
    for path in ["/api/fn/login", "/api/fn/register"] {
        let refused = Answer::to(program.post(path).form(&form)).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.text);
        assert_eq!(refused.header("retry-after"), refused.json()["retry_after"].to_string());
    }
}
