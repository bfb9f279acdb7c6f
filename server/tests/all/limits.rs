//! What comes too often, or too many of something: how the doors say it.

use std::time::Duration;

use chat::{Limits, Rate};
use protocol::{ClientFrame, ClientId, CloseCode, ErrorCode, ServerFrame, limits as bounds};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use crate::support::{
    Socket, TestApp,
    api::Api,
    app::rate,
    eventually, limits,
    person::{Answer, Program},
    socket::{message, request, with_header},
};

const NEVER: Duration = Duration::from_secs(86_400);

/// Whether that is when a day has passed, of which a busy machine has used a little up.
fn is_tomorrow(seconds: u64) -> bool {
    (NEVER.as_secs() - 60..=NEVER.as_secs()).contains(&seconds)
}

async fn app(limits: Limits) -> TestApp {
    TestApp::builder().limits(limits).start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_comes_too_soon_is_refused_with_its_id_and_the_seconds_and_the_socket_goes_on() {
    let app = app(Limits { sends: rate(2, NEVER), ..limits() }).await;
    app.ada().await;
    app.bob().await;
    let program = Program::at(app.addr);
    let (mut ada, mut bob) = (program.socket("ada").await, program.socket("bob").await);
    let ids = [(); 4].map(|()| ClientId::generate());
    for id in ids {
        ada.send(&message("lobby", id, "hello")).await;
    }
    for id in &ids[..2] {
        ada.ack(*id).await;
    }
    for id in &ids[2..] {
        let refused = ada.refusal(*id).await;
        assert_eq!(refused.code, ErrorCode::Throttled);
        assert!(refused.retry_after.is_some_and(is_tomorrow), "{refused:?}");
    }
    ada.send(&ClientFrame::Ping).await;
    ada.until(|frame| matches!(frame, ServerFrame::Pong).then_some(())).await;
    bob.say("lobby", "and I am heard").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_waited_goes_through() {
    let app = app(Limits { sends: Rate::new(1, Duration::from_millis(300)), ..limits() }).await;
    app.ada().await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    ada.say("lobby", "one").await;
    eventually("the second one is taken", async || {
        let id = ClientId::generate();
        ada.send(&message("lobby", id, "two")).await;
        ada.until(|frame| match frame {
            ServerFrame::Ack { client_id, .. } if client_id == id => Some(Some(())),
            ServerFrame::Error { client_id, .. } if client_id == Some(id) => Some(None),
            _ => None,
        })
        .await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_sends_so_much_by_whichever_account_and_door() {
    let app = app(Limits { sends_per_address: rate(2, NEVER), ..limits() }).await;
    let (_, bob) = (app.ada().await, app.bob().await);
    let program = Program::at(app.addr);
    let (mut ada, mut bobs) = (program.socket("ada").await, program.socket("bob").await);
    ada.say("lobby", "one").await;
    bobs.say("lobby", "two").await;
    let id = ClientId::generate();
    ada.send(&message("lobby", id, "three")).await;
    assert_eq!(ada.refusal(id).await.code, ErrorCode::Throttled);
    let page = bob.send("lobby", &ClientId::generate().to_string(), "four").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_opens_sockets_too_often_is_refused_before_it_has_one() {
    let app = app(Limits { connects_per_address: rate(2, NEVER), ..limits() }).await;
    let open = async |from: &str| Socket::connect(app.addr, with_header(request(app.addr, ""), "x-forwarded-for", from)).await;
    let _held = [open("203.0.113.1").await.unwrap(), open("203.0.113.1").await.unwrap()];
    let Err(Error::Http(refused)) = open("203.0.113.1").await else { panic!("not refused") };
    assert_eq!(refused.status().as_u16(), 429);
    assert!(is_tomorrow(refused.headers()["retry-after"].to_str().unwrap().parse().unwrap()), "{refused:?}");
    open("203.0.113.2").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_opens_sockets_too_often_is_told_and_closed() {
    let app = app(Limits { connects: rate(1, NEVER), ..limits() }).await;
    app.ada().await;
    let token = Program::at(app.addr).sign_in("ada").await.access_token;
    let _held = Socket::open(app.addr, &token).await;
    let (mut socket, _) = Socket::connect(app.addr, request(app.addr, &format!("?token={token}"))).await.unwrap();
    let (frames, code) = socket.closed().await;
    assert!(
        matches!(&frames[..], [ServerFrame::Error { client_id: None, room: None, error }] if error.code == ErrorCode::Throttled)
    );
    assert_eq!(code, CloseCode::Full.number());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_and_an_account_have_so_many_sockets_and_one_that_closes_makes_room() {
    let sockets = server::ws::Limits { per_address: 3, per_account: 2, ..Default::default() };
    let app = TestApp::builder().sockets(sockets).start().await;
    app.ada().await;
    let token = Program::at(app.addr).sign_in("ada").await.access_token;
    let query = format!("?token={token}");
    let open = async |query: &str, from: &str| {
        let request = with_header(request(app.addr, query), "x-forwarded-for", from);
        Socket::connect(app.addr, request).await.unwrap().0
    };
    let mut held = vec![open(&query, "203.0.113.1").await, open(&query, "203.0.113.1").await];
    for socket in &mut held {
        assert!(matches!(socket.frame().await, ServerFrame::Hello { .. }));
    }
    assert_eq!(open(&query, "203.0.113.2").await.closed().await.1, CloseCode::Full.number(), "the account");
    held.push(open("", "203.0.113.1").await);
    assert!(matches!(held[2].frame().await, ServerFrame::Hello { .. }));
    assert_eq!(open("", "203.0.113.1").await.closed().await.1, CloseCode::Full.number(), "the address");
    drop(held);
    eventually("there is room again", async || {
        matches!(open(&query, "203.0.113.1").await.receive().await, crate::support::Received::Frame(_)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn renewals_that_come_too_often_are_refused_at_both_doors() {
    let app = app(Limits { renewals: rate(1, NEVER), ..limits() }).await;
    let ada = app.ada().await;
    let program = Program::at(app.addr);
    let tokens = program.sign_in("ada").await;
    let refresh = async || program.auth("refresh", json!({ "refresh_token": tokens.refresh_token })).await;
    assert_eq!(refresh().await.status, StatusCode::OK);
    let refused = refresh().await;
    refused.assert_refused(ErrorCode::Throttled);
    assert!(is_tomorrow(refused.header("retry-after").parse().unwrap()), "{refused:?}");
    // One account, whichever session.
    let answer = ada.request(Method::POST, "/api/fn/renew_token").header("accept", "application/json").form(&[("", ""); 0]);
    assert_eq!(Answer::to(answer).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_refused_for_a_limit_says_so_and_keeps_what_was_typed() {
    let app = app(Limits { rooms_made: 1, ..limits() }).await;
    let ada = app.ada().await;
    ada.create_room("one", "public").await;
    let fields = [("name", "Another one"), ("topic", ""), ("visibility", "public")];
    let page = ada.get(ada.submit("/rooms/new", "create_room", &fields).await.leads_to()).await;
    page.assert_has("There are as many of these as this Snug allows.");
    page.assert_has("value=\"Another one\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_known_again_by_a_cookie_of_its_own() {
    let app = app(Limits { per_account: rate(3, NEVER), ..limits() }).await;
    let ada = app.stranger();
    let fields = [("username", "ada"), ("display_name", ""), ("password", crate::support::PASSWORD)];
    let registered = ada.submit("/register", "register", &fields).await;
    let cookies: Vec<_> = registered.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    let device = cookies.iter().find(|cookie| cookie.starts_with("snug_device=")).unwrap();
    assert!(device.contains("; HttpOnly") && device.contains("Max-Age=31536000"), "{device}");

    let program = Program::at(app.addr);
    let guess = json!({ "username": "ada", "password": "a guess" });
    for n in 1..=4 {
        let from = format!("203.0.113.{n}");
        Answer::to(program.post("/api/v1/auth/token").header("x-forwarded-for", from).json(&guess)).await;
    }
    let login = async |person: &crate::support::Person| {
        let fields = [("username", "ada"), ("password", crate::support::PASSWORD)];
        let form = person.request(Method::POST, "/api/fn/login").header("accept", "application/json");
        Answer::to(form.header("x-forwarded-for", "203.0.113.100").form(&fields)).await.status
    };
    assert_eq!(login(&app.stranger()).await, StatusCode::TOO_MANY_REQUESTS);
    assert!(!login(&ada).await.is_client_error(), "from a new address, and signed out or not");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_of_many_rooms_has_small_pages_and_all_rooms_are_found_without_a_script() {
    let many = 150;
    let app = app(Limits { rooms_made: 1_000, ..limits() }).await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    for n in 0..many {
        ada.create_room(&format!("room-{n:03}"), "public").await;
    }
    // Bob's pages carry his own rooms, in the list and in the data for the script.
    let page = bob.get("/r/lobby").await;
    page.assert_has_not("room-000");
    let rooms = bob.request(Method::POST, "/api/fn/rooms").header("accept", "application/json").form(&[("", ""); 0]);
    assert_eq!(Answer::to(rooms).await.json().as_array().unwrap().len(), 1);
    // Links in cards; those in the list beside the page are of another class.
    let names = |page: &Answer| page.text.matches("class=\"card-name\"").count();
    for person in [&bob, &app.stranger()] {
        let (mut path, mut seen) = ("/".to_owned(), Vec::new());
        loop {
            let page = person.get(&path).await;
            seen.push(names(&page));
            let Some(start) = page.text.find("href=\"/?after=") else { break };
            path = page.text[start + 6..].split('"').next().unwrap().to_owned();
        }
        assert_eq!(seen, [bounds::ROOMS_PAGE, bounds::ROOMS_PAGE, bounds::ROOMS_PAGE, 1]);
        let found = person.get("/?q=ROOM-14").await;
        assert_eq!(names(&found), 10);
        found.assert_has("value=\"ROOM-14\"");
        person.get("/?q=%22%3E%3Cb%3E").await.assert_has_not("\"><b>");
    }
    // The next page of a search goes on with it.
    let page = bob.get("/?q=room").await;
    page.assert_has("href=\"/?q=room&amp;after=");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_names_streams_that_are_not_there_is_not_asked_about_on_all_nodes_for_ever() {
    let app = app(Limits { connects_per_address: rate(2, NEVER), ..limits() }).await;
    let guest = Api::guest(app.addr);
    let frame = json!({ "stream": "01a21c13-a785-7229-a40a-3532e1bec604", "frame": { "type": "subscribe", "room": "lobby" } });
    for _ in 0..2 {
        guest.post("/api/v1/frame", &frame).await.assert_refused(ErrorCode::NotFound);
    }
    guest.post("/api/v1/frame", &frame).await.assert_refused(ErrorCode::Throttled);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_about_one_is_not_put_together_without_end() {
    let app = app(Limits { edits_per_address: rate(2, NEVER), ..limits() }).await;
    app.ada().await;
    let ada = Api::of(app.addr, "ada").await;
    for _ in 0..2 {
        assert_eq!(ada.get("/api/v1/me/export").await.status, StatusCode::OK);
    }
    ada.get("/api/v1/me/export").await.assert_refused(ErrorCode::Throttled);
}
