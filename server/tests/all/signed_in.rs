//! What a browser has of somebody who is signed in, and what is left of it afterwards.

use protocol::{CloseCode, ErrorCode, TokenGrant};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{
    PASSWORD, TestApp,
    binary::Binary,
    person::{Answer, Person, Program},
    socket::Socket,
};

const SIGN_IN: [(&str, &str); 2] = [("username", "ada"), ("password", PASSWORD)];

async fn sign_in(person: &Person) -> Answer {
    person.submit("/login", "login", &SIGN_IN).await
}

/// The refresh token that an answer puts into the cookie.
fn token(answer: &Answer) -> String {
    answer.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_people_who_are_signed_in_are_kept_nowhere() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("kitchen", "open").await;
    for path in ["/", "/r/lobby", "/r/kitchen", "/r/kitchen/edit", "/rooms/new", "/login", "/nothing"] {
        assert_eq!(ada.get(path).await.header("cache-control"), "no-store", "{path}");
    }
    for path in ["/", "/r/lobby", "/login", "/nothing"] {
        assert_eq!(app.stranger().get(path).await.header("cache-control"), "private, no-cache", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_has_the_browser_forget_what_it_was_shown_and_kept() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let answer = ada.submit("/r/lobby", "logout", &[]).await;
    assert_eq!(answer.leads_to(), "/");
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(ada.get("/").await.header("clear-site-data"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sign_in_in_one_browser_ends_the_first_session() {
    let app = TestApp::start().await;
    app.ada().await;
    let (browser, program) = (app.stranger(), Program::at(app.addr));
    let first = token(&sign_in(&browser).await);
    let request = browser.request(Method::POST, "/api/fn/renew_token").header("accept", "application/json");
    let grant: TokenGrant = request.send().await.unwrap().json().await.unwrap();
    let mut socket = Socket::open(app.addr, &grant.access_token).await;
    // A wrong password ends nothing.
    browser.submit("/login", "login", &[("username", "ada"), ("password", "a wrong one")]).await;
    program.verify(&grant.access_token).await.assert_has("ada");

    let second = token(&sign_in(&browser).await);
    assert_eq!(socket.closed().await.1, CloseCode::SignIn.number());
    program.auth("refresh", json!({ "refresh_token": first })).await.assert_refused(ErrorCode::NotAuthenticated);
    // Somebody else in the same browser, by registering.
    let fields = [("username", "bob"), ("display_name", ""), ("password", PASSWORD)];
    browser.submit("/register", "register", &fields).await;
    program.auth("refresh", json!({ "refresh_token": second })).await.assert_refused(ErrorCode::NotAuthenticated);
    browser.get("/r/lobby").await.assert_has("@bob");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_leaves_the_browser_signed_in() {
    let app = TestApp::start().await;
    app.ada().await;
    let browser = app.stranger();
    let kept = token(&sign_in(&browser).await);
    // The answer to this one never comes.
    Program::at(app.addr).auth("refresh", json!({ "refresh_token": kept })).await;
    browser.get("/r/lobby").await.assert_has("@ada");
    for _ in 0..2 {
        let renewal = browser.request(Method::POST, "/api/fn/renew_token").header("accept", "application/json");
        assert_eq!(Answer::to(renewal).await.status, StatusCode::OK);
    }
    browser.get("/r/lobby").await.assert_has("@ada");
}

/// Without a script nothing renews: the pages themselves keep somebody signed in who comes now and then.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_view_makes_the_browser_keep_its_cookie_for_longer() {
    let app = TestApp::start().await;
    app.ada().await;
    let browser = app.stranger();
    let kept = token(&sign_in(&browser).await);
    assert_eq!(browser.get("/").await.header("set-cookie"), "");
    app.sql("UPDATE sessions SET expires_at = expires_at - 86400000 * 20").await;
    let cookie = browser.get("/").await.header("set-cookie").to_owned();
    assert!(cookie.starts_with(&format!("snug_session={kept}; Path=/; Max-Age=2592000;")), "{cookie}");
    assert_eq!(browser.get("/").await.header("set-cookie"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_a_session_lasts_at_most_is_a_setting() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[("SNUG_SESSION_MAX_DAYS", "7")]);
    let fields = [("username", "ada"), ("display_name", ""), ("password", PASSWORD)];
    let registered = server.stranger().submit("/register", "register", &fields).await;
    assert!(registered.header("set-cookie").contains("; Max-Age=604800;"), "{registered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_keeps_no_cookies_is_told_so() {
    let app = TestApp::start().await;
    app.ada().await;
    let page = sign_in(&app.stranger()).await.leads_to().to_owned();
    // Without what came with the answer.
    let forgetful = app.stranger().get(&page).await;
    assert_eq!(forgetful.status, StatusCode::OK);
    forgetful.assert_has("keeps no cookies");
    forgetful.assert_has("name=\"next\" value=\"/r/lobby\"");
    app.stranger().get("/login").await.assert_has_not("cookies");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_elsewhere_is_named_where_one_signs_in() {
    let app = TestApp::start().await;
    app.ada().await;
    let browser = app.stranger();
    let kept = token(&sign_in(&browser).await);
    let ended = "Your session has ended";
    browser.get("/login").await.assert_has_not(ended);
    Program::at(app.addr).auth("revoke", json!({ "refresh_token": kept })).await;
    browser.get("/login?next=/r/lobby").await.assert_has(ended);
    // Where a page noticed it by itself.
    app.stranger().get("/login?next=/r/lobby&ended").await.assert_has(ended);
    app.stranger().get("/login?next=/r/lobby").await.assert_has_not(ended);
    // What is wrong with a try is newer than that.
    let refused = browser.submit("/login?next=/r/lobby&ended", "login", &[("username", "ada"), ("password", "wrong")]).await;
    let page = browser.get(refused.leads_to()).await;
    page.assert_has_not(ended);
    page.assert_has("name=\"next\" value=\"/r/lobby\"");
    sign_in(&browser).await;
    browser.get("/login").await.assert_has_not(ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_in_leads_back_to_where_one_stood() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("kitchen", "open").await;
    ada.write("lobby", "a public word").await;
    let places = [
        ("/r/kitchen/m/17", "/r/kitchen/m/17"),
        ("/r/kitchen?before=9&x=%C3%A9", "/r/kitchen%3Fbefore%3D9%26x%3D%25C3%25A9"),
        ("/r/lobby/m/2", "/r/lobby/m/2"),
        ("/nothing", "/nothing"),
        ("/rooms/new", "/rooms/new"),
    ];
    for (place, next) in places {
        let page = app.stranger().get(place).await;
        page.assert_has_not("href=\"/login\"");
        page.assert_has_not("href=\"/register\"");
        assert!(page.text.matches(&format!("href=\"/login?next={next}\"")).count() >= 2, "{place}: {}", page.text);
    }
    // From one form to the other, in the sidebar too.
    let page = app.stranger().get("/login?next=/r/kitchen/m/17").await;
    assert_eq!(page.text.matches("href=\"/register?next=/r/kitchen/m/17\"").count(), 2, "{}", page.text);
    // Whoever came from nowhere goes to the lobby.
    app.stranger().get("/").await.assert_has("href=\"/login\"");
    let fields = [("username", "ada"), ("password", PASSWORD), ("next", "/r/kitchen/m/1")];
    assert_eq!(ada.submit("/login?next=/r/kitchen/m/1", "login", &fields).await.leads_to(), "/r/kitchen/m/1");
}
