//! `/api/v1/rooms/{room}/messages` and `/api/v1/messages`

use protocol::{ClientId, ErrorCode};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::support::{TestApp, api::Api, person::Answer};

const LOBBY: &str = "/api/v1/rooms/lobby/messages";

async fn api(app: &TestApp, username: &str) -> Api {
    app.person(username).await;
    Api::of(app.addr, username).await
}

fn new(body: &str) -> Value {
    json!({ "client_id": ClientId::generate(), "body": body })
}

/// Sends a message; gives its address.
async fn say(api: &Api, room: &str, new: &Value) -> String {
    let sent = api.post(&format!("/api/v1/rooms/{room}/messages"), new).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    sent.header("location").to_owned()
}

fn bodies(page: &Answer) -> Vec<String> {
    let page = page.json();
    page["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_once_read_edited_and_deleted() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let tea = new("Tea is ready");
    let sent = ada.post(LOBBY, &tea).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    assert_eq!(ada.post(LOBBY, &tea).await.text, sent.text, "a retry");
    let other = json!({ "client_id": tea["client_id"], "body": "Coffee is ready" });
    ada.post(LOBBY, &other).await.assert_refused(ErrorCode::Conflict);
    guest.post(LOBBY, &new("hello")).await.assert_refused(ErrorCode::NotAuthenticated);

    let at = sent.header("location").to_owned();
    let read = guest.get(&at).await.json();
    assert_eq!((&read["room"], &read["id"], &read["seq"]), (&sent.json()["room"], &sent.json()["id"], &sent.json()["seq"]));
    assert_eq!((&read["body"], &read["author"]["username"]), (&json!("Tea is ready"), &json!("ada")));
    assert_eq!((read.get("kind"), read.get("extra")), (None, None));

    bob.patch(&at, &json!({ "body": "Beer is ready" })).await.assert_refused(ErrorCode::NotAllowed);
    let edited = ada.patch(&at, &json!({ "body": "Tea is cold", "revision": 0 })).await;
    assert_eq!((&edited.json()["body"], &edited.json()["revision"]), (&json!("Tea is cold"), &json!(1)), "{}", edited.text);
    ada.patch(&at, &json!({ "body": "Tea is hot", "revision": 0 })).await.assert_refused(ErrorCode::Changed);
    let edited = ada.patch(&at, &json!({ "body": "Tea is hot" })).await;
    assert_eq!((&edited.json()["body"], &edited.json()["revision"]), (&json!("Tea is hot"), &json!(2)), "{}", edited.text);

    let texts = ada.get(&[&at, "/history"].concat()).await.json();
    let texts: Vec<_> = texts["texts"].as_array().unwrap().iter().map(|text| text["body"].clone()).collect();
    assert_eq!(texts, ["Tea is ready", "Tea is cold", "Tea is hot"]);
    bob.get(&[&at, "/history"].concat()).await.assert_refused(ErrorCode::NotFound);

    bob.delete(&at).await.assert_refused(ErrorCode::NotAllowed);
    for _ in 0..2 {
        assert_eq!(ada.delete(&at).await.status, StatusCode::NO_CONTENT);
    }
    let gone = guest.get(&at).await.json();
    assert_eq!((&gone["body"], &gone["deleted"]), (&json!(""), &json!(true)));
    ada.patch(&at, &json!({ "body": "Tea?" })).await.assert_refused(ErrorCode::NotFound);
    for nothing in [format!("/api/v1/messages/{}", ClientId::generate()), "/api/v1/messages/7".to_owned()] {
        ada.get(&nothing).await.assert_refused(ErrorCode::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_a_closed_room_is_not_there_for_strangers() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let cellar = ada.post("/api/v1/rooms", &json!({ "name": "Cellar", "visibility": "private" })).await.json();
    let cellar = cellar["id"].as_str().unwrap();
    let at = say(&ada, cellar, &new("wine")).await;
    for asker in [&bob, &guest] {
        asker.get(&at).await.assert_refused(ErrorCode::NotFound);
        asker.get(&format!("/api/v1/rooms/{cellar}/messages")).await.assert_refused(ErrorCode::NotFound);
    }
    bob.post(&format!("/api/v1/rooms/{cellar}/messages"), &new("hello")).await.assert_refused(ErrorCode::NotFound);
    bob.patch(&at, &json!({ "body": "water" })).await.assert_refused(ErrorCode::NotFound);
    bob.delete(&at).await.assert_refused(ErrorCode::NotFound);
    bob.post(&[&at, "/report"].concat(), &json!({ "reason": "Wine" })).await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn history_comes_in_pages_that_are_not_sent_twice() {
    let app = TestApp::start().await;
    let (ada, guest) = (api(&app, "ada").await, Api::guest(app.addr));
    for n in 0..60 {
        say(&ada, "lobby", &new(&n.to_string())).await;
    }
    let newest = guest.get(LOBBY).await;
    assert_eq!(bodies(&newest), (10..60).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!((&newest.json()["has_older"], &newest.json()["has_newer"]), (&json!(true), &json!(false)));
    let first = newest.json()["messages"][0]["seq"].as_i64().unwrap();
    let older = guest.get(&format!("{LOBBY}?before={first}")).await;
    assert_eq!(bodies(&older), (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!((&older.json()["has_older"], &older.json()["has_newer"]), (&json!(false), &json!(true)));
    let newer = guest.get(&format!("{LOBBY}?after={first}")).await;
    assert_eq!(bodies(&newer).first().unwrap(), "11");
    assert!(bodies(&guest.get(&format!("{LOBBY}?around={first}")).await).contains(&"10".to_owned()));
    guest.get(&format!("{LOBBY}?around={first}&after=2")).await.assert_refused(ErrorCode::BadRequest);
    guest.get(&format!("{LOBBY}?before=-1")).await.assert_refused(ErrorCode::BadRequest);

    let tag = newest.header("etag").to_owned();
    let again = |tag: &str| Answer::to(guest.request(Method::GET, LOBBY).header(header::IF_NONE_MATCH, tag));
    let same = again(&tag).await;
    assert_eq!((same.status, same.text.as_str(), same.header("etag")), (StatusCode::NOT_MODIFIED, "", tag.as_str()));
    assert!(tag.starts_with('"'), "a strong one: {tag}");
    say(&ada, "lobby", &new("one more")).await;
    let changed = again(&tag).await;
    assert_eq!((changed.status, changed.header("etag") == tag), (StatusCode::OK, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_keep_something_with_a_message_that_people_are_not_shown() {
    let app = TestApp::start().await;
    let person = app.ada().await;
    let ada = Api::of(app.addr, "ada").await;
    let mut order = new("An order");
    order["extra"] = json!({ "order": 7, "lines": [{ "price": 2.5, "note": "\u{0}ü" }] });
    let at = say(&ada, "lobby", &order).await;
    assert_eq!(ada.post(LOBBY, &order).await.status, StatusCode::CREATED, "a retry");
    let mut other = order.clone();
    other["extra"]["order"] = json!(8);
    ada.post(LOBBY, &other).await.assert_refused(ErrorCode::Conflict);

    assert_eq!(ada.get(&at).await.json()["extra"], order["extra"]);
    assert_eq!(ada.get(LOBBY).await.json()["messages"][0]["extra"], order["extra"]);
    person.get("/r/lobby").await.assert_has("An order");
    let edited = ada.patch(&at, &json!({ "body": "The order" })).await;
    assert_eq!(edited.json()["extra"], order["extra"]);
    ada.delete(&at).await;
    assert_eq!(ada.get(&at).await.json().get("extra"), None);

    for wrong in [json!([]), json!("x"), json!(7)] {
        let mut new = new("Wrong");
        new["extra"] = wrong;
        ada.post(LOBBY, &new).await.assert_refused(ErrorCode::BadRequest);
    }
    let mut large = new("Large");
    large["extra"] = json!({ "x": "y".repeat(4_096 - r#"{"x":""}"#.len()) });
    say(&ada, "lobby", &large).await;
    large["client_id"] = json!(ClientId::generate());
    large["extra"]["z"] = json!(1);
    ada.post(LOBBY, &large).await.assert_refused(ErrorCode::TooLarge);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_writes_says_so() {
    let app = TestApp::start().await;
    let (ada, bob) = (api(&app, "ada").await, api(&app, "bob").await);
    app.sql("UPDATE users SET bot = TRUE WHERE username = 'bob'").await;
    for (n, api) in [(0, &bob), (1, &ada), (2, &bob)] {
        say(api, "lobby", &new(&n.to_string())).await;
    }
    let page = ada.get(LOBBY).await.json();
    let kinds: Vec<_> = page["messages"].as_array().unwrap().iter().map(|message| message.get("kind")).collect();
    assert_eq!(kinds, [Some(&json!("bot")), None, Some(&json!("bot"))]);
}
