//! Rights that are taken away reach live sockets (G9).

use protocol::CloseCode;
use serde_json::json;

use crate::support::{PASSWORD, TestApp, person::Program, socket::Socket};

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_cuts_the_sockets_of_that_session_only() {
    let app = TestApp::start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    let (one, other) = (program.sign_in("ada").await, program.sign_in("ada").await);
    let mut cut = [Socket::open(app.addr, &one.access_token).await, Socket::open(app.addr, &one.access_token).await];
    let mut stays = Socket::open(app.addr, &other.access_token).await;

    program.auth("revoke", json!({ "refresh_token": one.refresh_token })).await;
    for socket in &mut cut {
        assert_eq!(socket.closed().await.1, CloseCode::SignIn.number());
    }
    stays.say("lobby", "still signed in").await;
    // The token has not expired, but its session has ended.
    let (mut again, _) = Socket::connect(
        app.addr,
        crate::support::socket::with_token(crate::support::socket::request(app.addr, ""), &one.access_token),
    )
    .await
    .unwrap();
    assert_eq!(again.closed().await.1, CloseCode::SignIn.number());
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_by_the_form_cuts_the_sockets_of_the_page() {
    let app = TestApp::start().await;
    app.ada().await;
    let browser = app.stranger();
    browser.submit("/login", "login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let request = browser.request(reqwest::Method::POST, "/api/fn/renew_token").header("accept", "application/json");
    let grant: protocol::TokenGrant = request.send().await.unwrap().json().await.unwrap();
    let mut socket = Socket::open(app.addr, &grant.access_token).await;
    browser.submit("/r/lobby", "logout", &[]).await;
    assert_eq!(socket.closed().await.1, CloseCode::SignIn.number());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_refresh_token_cuts_the_sockets_of_thief_and_owner() {
    let app = TestApp::start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    let tokens = program.sign_in("ada").await;
    let mut socket = Socket::open(app.addr, &tokens.access_token).await;
    let thief = program.auth("refresh", json!({ "refresh_token": tokens.refresh_token })).await.json();
    for token in [&thief["refresh_token"], &json!(tokens.refresh_token)] {
        program.auth("refresh", json!({ "refresh_token": token })).await;
    }
    assert_eq!(socket.closed().await.1, CloseCode::SignIn.number());
}
