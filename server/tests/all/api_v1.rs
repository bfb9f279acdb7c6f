//! `/api/v1/auth`

use chat::Limits;
use protocol::ErrorCode;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{
    PASSWORD, TestApp, limits,
    person::{Answer, Program, Tokens},
};

fn tokens(answer: &Answer) -> Tokens {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

async fn refresh(program: &Program, refresh_token: &str) -> Answer {
    program.auth("refresh", json!({ "refresh_token": refresh_token })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_signs_in_and_out() {
    let app = TestApp::start().await;
    app.ada().await;
    let program = Program::at(app.addr);

    let signed_in = program.sign_in("ADA").await;
    assert_eq!((signed_in.user.username.as_str(), signed_in.expires_in), ("ada", limits().access_token_seconds));
    let verified = program.verify(&signed_in.access_token).await;
    assert_eq!((verified.status, &verified.json()["user"]["username"]), (StatusCode::OK, &json!("ada")));
    assert!((1..=limits().access_token_seconds).contains(&verified.json()["expires_in"].as_u64().unwrap()));
    assert_eq!(verified.header("cache-control"), "no-store");

    let renewed = tokens(&refresh(&program, &signed_in.refresh_token).await);
    assert_ne!(renewed.refresh_token, signed_in.refresh_token);
    assert_eq!(program.verify(&renewed.access_token).await.status, StatusCode::OK);

    for _ in 0..2 {
        let revoked = program.auth("revoke", json!({ "refresh_token": renewed.refresh_token })).await;
        assert_eq!((revoked.status, revoked.text.as_str()), (StatusCode::NO_CONTENT, ""));
    }
    program.verify(&renewed.access_token).await.assert_refused(ErrorCode::NotAuthenticated);
    refresh(&program, &renewed.refresh_token).await.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let app = TestApp::start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    let wrong = program.auth("token", json!({ "username": "ada", "password": "not her password" })).await;
    wrong.assert_refused(ErrorCode::WrongCredentials);
    for username in ["nobody", "!"] {
        let unknown = program.auth("token", json!({ "username": username, "password": PASSWORD })).await;
        assert_eq!((unknown.status, &unknown.text), (wrong.status, &wrong.text));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_is_used_after_its_successor_ends_the_whole_session() {
    let app = TestApp::start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    let first = program.sign_in("ada").await;
    let other = program.sign_in("ada").await;
    let second = tokens(&refresh(&program, &first.refresh_token).await);
    let third = tokens(&refresh(&program, &second.refresh_token).await);

    refresh(&program, &first.refresh_token).await.assert_refused(ErrorCode::NotAuthenticated);
    refresh(&program, &third.refresh_token).await.assert_refused(ErrorCode::NotAuthenticated);
    program.verify(&third.access_token).await.assert_refused(ErrorCode::NotAuthenticated);
    // Another sign-in of the same person is another family.
    assert_eq!(refresh(&program, &other.refresh_token).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_may_be_used_again_as_long_as_no_successor_was() {
    let app = TestApp::builder().limits(Limits { refresh_grace_ms: -1, ..limits() }).start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    let first = program.sign_in("ada").await;
    let lost = tokens(&refresh(&program, &first.refresh_token).await);
    let found = tokens(&refresh(&program, &first.refresh_token).await);
    assert_ne!(lost.refresh_token, found.refresh_token);
    let next = tokens(&refresh(&program, &found.refresh_token).await);
    refresh(&program, &lost.refresh_token).await.assert_refused(ErrorCode::NotAuthenticated);
    refresh(&program, &next.refresh_token).await.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_one_shape() {
    let app = TestApp::start().await;
    let program = Program::at(app.addr);
    let text =
        |path: &str, body: &'static str| Answer::to(program.post(path).header("content-type", "application/json").body(body));
    for body in ["", "{", "[]", "{}", r#"{"username":1,"password":"x"}"#] {
        text("/api/v1/auth/token", body).await.assert_refused(ErrorCode::BadRequest);
    }
    text("/api/v1/auth/nothing", "{}").await.assert_refused(ErrorCode::NotFound);
    text("/api/v2", "{}").await.assert_refused(ErrorCode::NotFound);
    program.auth("refresh", json!({ "refresh_token": "x" })).await.assert_refused(ErrorCode::NotAuthenticated);
    Answer::to(program.post("/api/v1/auth/verify")).await.assert_refused(ErrorCode::NotAuthenticated);
    program.verify("a.b.c").await.assert_refused(ErrorCode::NotAuthenticated);

    let wrong_method = app.stranger().get("/api/v1/auth/token").await;
    assert_eq!((wrong_method.status, wrong_method.error().code), (StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_refused_whether_its_length_is_announced_or_not() {
    let app = TestApp::start().await;
    let program = Program::at(app.addr);
    let large = json!({ "username": "a".repeat(70_000), "password": "x" }).to_string();
    let request = || program.post("/api/v1/auth/token").header("content-type", "application/json");
    Answer::to(request().body(large.clone())).await.assert_refused(ErrorCode::TooLarge);
    let chunks = futures::stream::iter(
        large.into_bytes().chunks(8_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>(),
    );
    Answer::to(request().body(reqwest::Body::wrap_stream(chunks))).await.assert_refused(ErrorCode::TooLarge);
}
