//! Pages and forms of people about themselves, without JavaScript.

use protocol::CloseCode;
use reqwest::{StatusCode, header::USER_AGENT};

use crate::support::{PASSWORD, TestApp, person::Person, socket::Socket};

const SECURITY: &str = "/settings/security";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Signs somebody in from another browser.
async fn sign_in(app: &TestApp, username: &str) -> Person {
    let browser = app.stranger();
    let request = browser.request(reqwest::Method::POST, "/api/fn/login").header(USER_AGENT, FIREFOX);
    let answer = request.form(&[("username", username), ("password", PASSWORD)]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    browser
}

async fn socket(browser: &Person, app: &TestApp) -> Socket {
    let request = browser.request(reqwest::Method::POST, "/api/fn/renew_token").header("accept", "application/json");
    let grant: protocol::TokenGrant = request.send().await.unwrap().json().await.unwrap();
    Socket::open(app.addr, &grant.access_token).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_led_to_the_sign_in_page_and_back() {
    let app = TestApp::start().await;
    let answer = app.stranger().get(SECURITY).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/login?next=/settings/security"));
    for function in ["change_password", "rename_account", "end_session", "end_other_sessions", "delete_account"] {
        let fields = [
            ("current_password", PASSWORD),
            ("new_password", "fern and cinder"),
            ("username", "eve"),
            ("session", "00000000-0000-7000-8000-000000000000"),
            ("password", PASSWORD),
        ];
        assert!(app.stranger().submit(SECURITY, function, &fields).await.leads_to().contains("__err="), "{function}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_changed_by_the_form_ends_the_other_browser() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let other = sign_in(&app, "ada").await;
    let mut socket = socket(&other, &app).await;
    let change = async |current, new| {
        ada.submit(SECURITY, "change_password", &[("current_password", current), ("new_password", new)]).await
    };
    let refused = change("a wrong one", "fern and cinder").await;
    ada.get(refused.leads_to()).await.assert_has("This is not your password.");
    let done = change(PASSWORD, "fern and cinder").await;
    assert_eq!(done.leads_to(), "/settings/security?done=password");
    ada.get(done.leads_to()).await.assert_has("Your password is changed.");
    assert_eq!(socket.closed().await.1, CloseCode::SignIn.number());
    assert_eq!(other.get(SECURITY).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_shown_by_their_devices_and_end_by_a_form() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let (one, two) = (sign_in(&app, "ada").await, sign_in(&app, "ada").await);
    let page = ada.get(SECURITY).await;
    page.assert_has("Firefox on Linux");
    page.assert_has(FIREFOX);
    page.assert_has("This one");
    page.assert_has("127.0.0.1");
    let field = page.tag_with("name=\"session\"");
    let id = field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let done = ada.submit(SECURITY, "end_session", &[("session", &id)]).await;
    ada.get(done.leads_to()).await.assert_has("That session has ended.");
    let alive = [one.get(SECURITY).await.status, two.get(SECURITY).await.status];
    assert_eq!(alive.iter().filter(|status| **status == StatusCode::OK).count(), 1);
    ada.submit(SECURITY, "end_other_sessions", &[]).await;
    for other in [one, two] {
        assert_eq!(other.get(SECURITY).await.status, StatusCode::SEE_OTHER);
    }
    ada.get(SECURITY).await.assert_has_not("Firefox on Linux");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_name_is_changed_and_refused_by_the_form() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    app.stranger().register("bob").await;
    let refused = ada.submit(SECURITY, "rename_account", &[("username", "bob")]).await;
    let page = ada.get(refused.leads_to()).await;
    page.assert_has("This one is taken.");
    page.assert_has("value=\"bob\"");
    let done = ada.submit(SECURITY, "rename_account", &[("username", "countess")]).await;
    ada.get(done.leads_to()).await.assert_has("@countess");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_deleted_by_the_form_unless_it_is_the_last_owner() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let page = ada.get(SECURITY).await;
    page.assert_has("You are the last owner here.");
    page.assert_has_not("Delete my account");
    ada.submit(SECURITY, "delete_account", &[("password", PASSWORD)]).await;
    ada.get(SECURITY).await.assert_has("@ada");

    let bob = app.stranger();
    bob.register("bob").await;
    bob.write("lobby", "I was here").await;
    bob.get(SECURITY).await.assert_has("Delete my account");
    let done = bob.submit(SECURITY, "delete_account", &[("password", PASSWORD)]).await;
    assert_eq!((done.leads_to(), done.header("clear-site-data")), ("/", "\"cache\", \"storage\""));
    let page = app.stranger().get("/r/lobby").await;
    page.assert_has("Former member");
    page.assert_has("I was here");
    page.assert_has_not("@bob");
}
