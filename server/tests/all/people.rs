//! Pages and forms of people about themselves, without JavaScript.

use protocol::CloseCode;
use reqwest::{Method, StatusCode, header::USER_AGENT};

use crate::support::{PASSWORD, TestApp, person::Person, socket::Socket};

const ALERTS: &str = "/alerts";
const PROFILE: &str = "/settings/profile";
const SECURITY: &str = "/settings/security";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Signs somebody in from another browser.
async fn sign_in(app: &TestApp, username: &str) -> Person {
    let browser = app.stranger();
    let request = browser.request(Method::POST, "/api/fn/login").header(USER_AGENT, FIREFOX);
    let answer = request.form(&[("username", username), ("password", PASSWORD)]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    browser
}

async fn socket(browser: &Person, app: &TestApp) -> Socket {
    let request = browser.request(Method::POST, "/api/fn/renew_token").header("accept", "application/json");
    let grant: protocol::TokenGrant = request.send().await.unwrap().json().await.unwrap();
    Socket::open(app.addr, &grant.access_token).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_led_to_the_sign_in_page_and_back() {
    let app = TestApp::start().await;
    for page in [SECURITY, PROFILE, ALERTS] {
        let answer = app.stranger().get(page).await;
        let way = format!("/login?next={page}");
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, way.as_str()));
    }
    let functions = ["change_password", "rename_account", "end_session", "end_other_sessions", "delete_account"];
    for function in [&functions[..], &["edit_profile", "remove_picture", "read_alerts", "dismiss_alerts"]].concat() {
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

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_changed_by_the_form_and_what_is_refused_stands_there_again() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    app.stranger().register("bob").await;
    let edit = async |name, bio, pronouns, zone| {
        let fields = [("display_name", name), ("bio", bio), ("pronouns", pronouns), ("time_zone", zone)];
        ada.submit(PROFILE, "edit_profile", &fields).await
    };
    let long = "x".repeat(41);
    let refused = edit("Ada \u{202e}ecalevoL", "Counts.", &long, "Europe/Atlantis").await;
    let page = ada.get(refused.leads_to()).await;
    page.assert_has("Display name has a character that cannot be used here.");
    page.assert_has("Pronouns can have at most 40 characters.");
    page.assert_has("Please choose one of the options.");
    page.assert_has("Counts.</textarea>");
    ada.get("/r/lobby").await.assert_has_not("ecalevoL");

    let done = edit("Ada Lovelace", "Counts on\nengines.", "she/her", "Europe/London").await;
    assert_eq!(done.leads_to(), "/settings/profile?done=profile");
    let page = ada.get(done.leads_to()).await;
    page.assert_has("Counts on engines.</textarea>");
    page.assert_has("value=\"she/her\"");
    assert!(page.tag_with("value=\"Europe/London\"").contains(" selected"));
    page.assert_has(">Ada Lovelace<");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_made_anew_shown_beside_what_one_writes_and_removed() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.write("lobby", "before").await;
    assert_eq!(app.stranger().get("/r/lobby").await.tag_with("message-avatar").split(' ').next(), Some("<span"));
    let done = ada.upload("/settings/picture", include_bytes!("support/red.png")).await;
    assert_eq!(done.leads_to(), "/settings/profile?done=picture");

    let page = app.stranger().get("/r/lobby").await;
    let address = page.tag_with("message-avatar").split("src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let shown = reqwest::get(ada.url(&address)).await.unwrap();
    let headers = shown.headers().clone();
    let header = |name| headers.get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!((shown.status(), header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("default-src 'none'"));
    let image = shown.bytes().await.unwrap();
    assert!(image.starts_with(b"\xff\xd8\xff") && !image.windows(5).any(|window| window == b"52.52"));
    // Those who are signed in keep it as well.
    assert_eq!(ada.get(&address).await.header("cache-control"), "public, max-age=31536000, immutable");

    let (start, etag) = address.rsplit_once('/').unwrap();
    for nothing in [format!("{start}/x"), format!("/u/nobody/picture/{etag}"), format!("{start}/")] {
        assert_eq!(ada.get(&nothing).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    ada.submit(PROFILE, "remove_picture", &[]).await;
    assert_eq!(ada.get(&address).await.status, StatusCode::NOT_FOUND);
    app.stranger().get("/r/lobby").await.assert_has_not("<img ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_and_a_guests_is_not_even_read() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    for file in [&b"hello"[..], b"", &vec![0; 8 * 1024 * 1024 + 1], &vec![0; 9 * 1024 * 1024]] {
        let refused = ada.upload("/settings/picture", file).await;
        assert_eq!(refused.leads_to(), "/settings/profile?refused=picture");
    }
    ada.get("/settings/profile?refused=picture").await.assert_has("This cannot be used.");
    let refused = app.stranger().upload("/settings/picture", include_bytes!("support/red.png")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_says_who_somebody_is_and_which_rooms_both_are_in() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.stranger());
    bob.register("bob").await;
    ada.create_room("kitchen", "open").await;
    bob.create_room("attic", "open").await;
    let fields = [("display_name", "Ada Lovelace"), ("bio", "Counts."), ("pronouns", "she/her"), ("time_zone", "UTC")];
    ada.submit(PROFILE, "edit_profile", &fields).await;
    ada.upload("/settings/picture", include_bytes!("support/red.png")).await;
    ada.write("lobby", "hello").await;
    let link = bob.get("/r/lobby").await.tag_with("message-author").to_owned();
    assert!(link.contains("href=\"/u/ada\""), "{link}");

    let card = bob.get("/u/Ada").await;
    for text in ["Ada Lovelace", "@ada", "Counts.", "she/her", "(UTC)"] {
        card.assert_has(text);
    }
    assert!(card.tag_with("avatar--large").starts_with("<img "));
    let main = card.text.split("<main").nth(1).unwrap();
    assert!(main.contains("href=\"/r/lobby\"") && !main.contains("kitchen") && !main.contains("attic"), "{main}");
    card.assert_has_not("Edit your profile");
    ada.get("/u/ada").await.assert_has("Edit your profile");
    assert_eq!(bob.get("/u/nobody").await.status, StatusCode::NOT_FOUND);
    let guest = app.stranger().get("/u/ada").await;
    assert_eq!((guest.status, guest.header("location")), (StatusCode::SEE_OTHER, "/login?next=/u/ada"));

    let cy = app.stranger();
    cy.register("cy").await;
    cy.write("lobby", "bye").await;
    cy.submit(SECURITY, "delete_account", &[("password", PASSWORD)]).await;
    let page = bob.get("/r/lobby").await.text;
    let link = page.rsplit("href=\"/u/-former-").next().unwrap().split('"').next().unwrap();
    let former = bob.get(&format!("/u/-former-{link}")).await;
    former.assert_has("This account was deleted.");
    former.assert_has_not("@-former");
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_listed_counted_read_and_dismissed_without_a_script() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.get(ALERTS).await.assert_has("Nothing to tell.");
    assert!(ada.get("/r/lobby").await.tag_with("icon-button bell").contains("aria-label=\"Alerts\""));
    app.sql("UPDATE users SET rev = 1").await;
    let alert = "INSERT INTO alerts (id, user_id, rev, kind, text, author_id, room_id, at) \
                 SELECT u.id, u.id, 1, 'added', '<b>Tea</b> is ready', u.id, r.id, 1732190700000 FROM users u JOIN rooms r ON r.slug = 'lobby'";
    app.sql(alert).await;

    // On a living page and on a document.
    for path in ["/r/lobby", "/", ALERTS] {
        let page = ada.get(path).await;
        assert!(page.tag_with("icon-button bell").contains("aria-label=\"Alerts, 1 unread\""), "{path}");
    }
    let page = ada.get(ALERTS).await;
    for text in
        ["&lt;b&gt;Tea&lt;/b&gt; is ready", "href=\"/u/ada\"", "21 November 2024, 12:05", "Mark all as read", "alert--unread"]
    {
        page.assert_has(text);
    }
    assert!(page.text.split("<main").nth(1).unwrap().contains("href=\"/r/lobby\""));
    let json = ada.request(Method::POST, "/api/fn/alerts").header("accept", "application/json").form(&[("after", "0")]);
    let changed: protocol::Alerts = json.send().await.unwrap().json().await.unwrap();
    assert_eq!((changed.rev, changed.unread, changed.reset, changed.alerts.len()), (1, 1, false, 1));

    let one = page.tag_with("name=\"alert\"").split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(ada.submit(ALERTS, "read_alerts", &[("alert", &one)]).await.leads_to(), ALERTS);
    let page = ada.get(ALERTS).await;
    page.assert_has_not("Mark all as read");
    page.assert_has_not("alert--unread");
    assert!(page.tag_with("icon-button bell").contains("aria-label=\"Alerts\""));
    assert_eq!(ada.submit(ALERTS, "dismiss_alerts", &[]).await.leads_to(), ALERTS);
    ada.get(ALERTS).await.assert_has("Nothing to tell.");
}
