//! `/api/fn`: forms that are sent without JavaScript.

use protocol::ErrorCode;
use reqwest::{StatusCode, header};
use serde_json::json;

use crate::support::{
    PASSWORD, TestApp,
    person::{Answer, Program},
};

fn account(username: &str) -> [(&str, &str); 3] {
    [("username", username), ("display_name", "Ada Lovelace"), ("password", PASSWORD)]
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_signs_in() {
    let app = TestApp::start().await;
    let ada = app.stranger();
    let answer = ada.submit("/register", "register", &account("Ada")).await;
    // The first account of a server settles how the house is run.
    assert_eq!(ada.entered(&answer).await, "/welcome");

    let cookie = answer.header("set-cookie");
    for part in ["snug_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{part} is not in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    ada.get("/r/lobby").await.assert_has("Ada Lovelace");
    app.stranger().get("/r/lobby").await.assert_has_not("Ada Lovelace");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_the_cookie_is_bound_to_host_and_tls() {
    let app = TestApp::start().await;
    let form = app.stranger().request(reqwest::Method::POST, "/api/fn/register").form(&account("ada"));
    let answer = Answer::to(form.header("x-forwarded-proto", "https")).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-snug_session=") && cookie.contains("Secure"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_stand_beside_their_field_and_what_was_typed_stays() {
    let app = TestApp::start().await;
    let ada = app.stranger();
    let answer =
        ada.submit("/register", "register", &[("username", "ada"), ("display_name", "Countess A"), ("password", "short")]).await;
    let back = answer.leads_to();
    assert!(back.starts_with(&ada.url("/register?")), "{back}");
    assert!(!back.contains("short"), "a password in an address: {back}");
    let page = ada.get(back).await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_has("Password needs at least 8 characters.");
    page.assert_has("value=\"ada\"");
    page.assert_has("value=\"Countess A\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_refused_again_says_what_is_wrong_now() {
    let app = TestApp::start().await;
    let ada = app.stranger();
    let mut page = "/register?next=/r/kitchen".to_owned();
    for (username, fault) in [("a b", "Use only letters"), ("a", "needs at least 2"), ("a b", "Use only letters")] {
        page = ada.submit(&page, "register", &account(username)).await.leads_to().to_owned();
        assert_eq!(page.matches("__err=").count(), 1, "{page}");
        ada.get(&page).await.assert_has(fault);
    }
    // Where one goes on to afterwards is not lost on the way.
    ada.get(&page).await.assert_has("name=\"next\" value=\"/r/kitchen\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_name_is_taken_in_any_case() {
    let app = TestApp::start().await;
    app.ada().await;
    let second = app.stranger();
    let answer = second.submit("/register", "register", &account("ADA")).await;
    second.get(answer.leads_to()).await.assert_has("This one is taken.");
    // No session came of it.
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn common_passwords_are_refused() {
    let app = TestApp::start().await;
    let ada = app.stranger();
    for password in ["password1", "ada12345"] {
        let fields = [("username", "ada12345"), ("display_name", ""), ("password", password)];
        let answer = ada.submit("/register", "register", &fields).await;
        ada.get(answer.leads_to()).await.assert_has("one of the first that others would guess");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_goes_on_to_where_one_wanted_to_be_but_never_elsewhere() {
    let app = TestApp::start().await;
    app.ada().await;
    for (next, goes_to) in [
        ("/rooms/new", "/rooms/new"),
        ("/r/x/m/17?after=3#m4", "/r/x/m/17?after=3#m4"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
    ] {
        let fields = [("username", "ada"), ("password", PASSWORD), ("next", next)];
        let stranger = app.stranger();
        let answer = stranger.submit("/login", "login", &fields).await;
        assert_eq!(stranger.entered(&answer).await, goes_to);
        // A browser that has cookies is known to keep them.
        assert_eq!(stranger.submit("/login", "login", &fields).await.leads_to(), goes_to);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_name_lead_to_the_same_page() {
    let app = TestApp::start().await;
    app.person("somebody-real").await;
    let mut pages = Vec::new();
    // Names that are no part of any word on the page.
    for username in ["somebody-real", "somebody-else"] {
        let stranger = app.stranger();
        let answer = stranger.submit("/login", "login", &[("username", username), ("password", "a wrong one")]).await;
        let page = stranger.get(answer.leads_to()).await;
        page.assert_has(ErrorCode::WrongCredentials.message());
        pages.push(without_nonce(&page).replace(username, "NAME"));
    }
    assert_eq!(pages[0], pages[1]);
}

/// The page without what differs from answer to answer.
pub(crate) fn without_nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    assert!(nonce.len() >= 16, "{policy}");
    page.text.replace(nonce, "NONCE")
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session() {
    let app = TestApp::start().await;
    let ada = app.stranger();
    let answer = ada.submit("/register", "register", &account("ada")).await;
    let token = answer.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();

    let answer = ada.submit("/r/lobby", "logout", &[]).await;
    assert_eq!(answer.leads_to(), "/");
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    ada.get("/r/lobby").await.assert_has_not("Ada Lovelace");
    // What was in the cookie is worth nothing, should somebody have a copy.
    let copy = Program::at(app.addr).auth("refresh", json!({ "refresh_token": token })).await;
    copy.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_makes_one_message() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let client_id = protocol::ClientId::generate().to_string();
    let first = ada.send("lobby", &client_id, "only once, please").await;
    let second = ada.send("lobby", &client_id, "only once, please").await;
    assert_eq!(first.leads_to(), second.leads_to());
    assert_eq!(ada.get("/r/lobby").await.text.matches("<p>only once, please</p>").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_get_errors_as_json() {
    let app = TestApp::start().await;
    let call = |name: &str| Program::at(app.addr).post(&format!("/api/fn/{name}"));
    let answer = Answer::to(call("register").form(&[("username", "!"), ("display_name", ""), ("password", PASSWORD)])).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (ErrorCode::Invalid.status(), &json!("invalid")));
    let large = Answer::to(call("create_room").form(&[("name", "x".repeat(70_000))])).await;
    assert_eq!((large.status.as_u16(), &large.json()["code"]), (ErrorCode::TooLarge.status(), &json!("too_large")));
    let foreign = Answer::to(call("logout").header(header::ORIGIN, "https://evil.example")).await;
    assert_eq!((foreign.status.as_u16(), &foreign.json()["code"]), (ErrorCode::ForeignOrigin.status(), &json!("foreign_origin")));
}
