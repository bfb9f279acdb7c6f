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
    order["extra"] = json!({ "order": 7, "lines": [{ "price": 2.5, "note": "ü" }] });
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

#[tokio::test(flavor = "multi_thread")]
async fn people_react_and_take_it_back() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let reactions = [&say(&ada, "lobby", &new("Tea?")).await, "/reactions"].concat();
    let (rose, tea) = ([&reactions, "/%F0%9F%8C%B9"].concat(), [&reactions, "/%F0%9F%8D%B5"].concat());
    for at in [&rose, &tea, &rose] {
        assert_eq!(bob.put(at, &json!({})).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(ada.put(&tea, &json!({})).await.status, StatusCode::NO_CONTENT);
    let listed = ada.get(&[&reactions, "?emoji=%F0%9F%8D%B5"].concat()).await.json();
    let counts: Vec<_> = listed["reactions"].as_array().unwrap().iter().map(|one| (&one["emoji"], &one["count"])).collect();
    assert_eq!(counts, [(&json!("🌹"), &json!(1)), (&json!("🍵"), &json!(2))]);
    let names: Vec<_> = listed["people"].as_array().unwrap().iter().map(|user| &user["username"]).collect();
    assert_eq!((&listed["emoji"], &listed["own"], names), (&json!("🍵"), &json!(["🍵"]), vec![&json!("bob"), &json!("ada")]));
    for _ in 0..2 {
        assert_eq!(bob.delete(&rose).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(ada.get(&reactions).await.json()["reactions"].as_array().unwrap().len(), 1);
    ada.put(&[&reactions, "/x"].concat(), &json!({})).await.assert_refused(ErrorCode::Invalid);
    guest.put(&rose, &json!({})).await.assert_refused(ErrorCode::NotAuthenticated);
    guest.get(&reactions).await.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pinned_is_listed() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    ada.post("/api/v1/rooms", &json!({ "name": "Garden", "visibility": "public" })).await;
    bob.post("/api/v1/rooms/garden/join", &json!({})).await;
    let at = say(&bob, "garden", &new("Roses on the left")).await;
    let pin = [&at, "/pin"].concat();
    bob.put(&pin, &json!({})).await.assert_refused(ErrorCode::NotAllowed);
    assert_eq!(ada.put(&pin, &json!({})).await.status, StatusCode::NO_CONTENT);
    let pins = guest.get("/api/v1/rooms/garden/pins").await.json();
    let pinned = &pins["pins"][0];
    assert_eq!(at, format!("/api/v1/messages/{}", pinned["id"].as_str().unwrap()));
    assert_eq!((&pinned["author"]["username"], &pinned["by"]["username"]), (&json!("bob"), &json!("ada")));
    assert_eq!(ada.delete(&pin).await.status, StatusCode::NO_CONTENT);
    assert_eq!(guest.get("/api/v1/rooms/garden/pins").await.json(), json!({ "pins": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_are_read_followed_and_listed() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let root = say(&ada, "lobby", &new("Tea?")).await;
    let seq = ada.get(&root).await.json()["seq"].clone();
    let mut answer = new("With milk");
    (answer["thread_of"], answer["only_in_thread"]) = (seq.clone(), json!(true));
    let answered = say(&bob, "lobby", &answer).await;
    let last = bob.get(&answered).await.json()["seq"].clone();

    let thread = [&root, "/thread"].concat();
    let page = guest.get(&thread).await;
    assert_eq!((bodies(&page), &page.json()["root"]["body"]), (vec!["With milk".to_owned()], &json!("Tea?")));
    assert!(page.header("etag").starts_with('"'));
    guest.get(&[&answered, "/thread"].concat()).await.assert_refused(ErrorCode::NotFound);

    let listed = ada.get("/api/v1/threads").await.json();
    let followed = &listed["threads"][0];
    assert_eq!(root, format!("/api/v1/messages/{}", followed["id"].as_str().unwrap()));
    assert_eq!((&followed["root"], &followed["unread"], &followed["line"]), (&seq, &json!(1), &json!("Tea?")));
    assert_eq!(ada.put(&[&thread, "/read"].concat(), &json!({ "seq": last })).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get("/api/v1/threads").await.json()["threads"][0]["unread"], 0);
    let follow = [&thread, "/follow"].concat();
    assert_eq!(ada.delete(&follow).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get("/api/v1/threads").await.json(), json!({ "threads": [] }));
    assert_eq!(ada.put(&follow, &json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get("/api/v1/threads").await.json()["threads"].as_array().unwrap().len(), 1);
    guest.put(&follow, &json!({})).await.assert_refused(ErrorCode::NotAuthenticated);
    guest.get("/api/v1/threads").await.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_marked_as_read_and_as_unread() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let first = say(&ada, "lobby", &new("one")).await;
    say(&ada, "lobby", &new("two")).await;
    let seq = bob.get(&first).await.json()["seq"].clone();
    let unread = bob.put("/api/v1/rooms/lobby/unread", &json!({ "seq": seq })).await;
    assert_eq!((unread.status, &unread.json()["unread"]), (StatusCode::OK, &json!(2)), "{}", unread.text);
    assert_eq!(bob.put("/api/v1/rooms/lobby/read", &json!({ "seq": seq })).await.status, StatusCode::NO_CONTENT);
    let read = chat::reads::list(&app.chat, chat::Actor::User(app.id_of("bob").await.parse().unwrap())).await.unwrap();
    assert_eq!(read.rooms[0].unread, 1);
    let nowhere = format!("/api/v1/rooms/{}/read", ClientId::generate());
    bob.put(&nowhere, &json!({ "seq": 1 })).await.assert_refused(ErrorCode::NotFound);
    bob.put("/api/v1/rooms/lobby/read", &json!({ "seq": -1 })).await.assert_refused(ErrorCode::BadRequest);
    for what in ["read", "unread"] {
        guest.put(&format!("/api/v1/rooms/lobby/{what}"), &json!({ "seq": 1 })).await.assert_refused(ErrorCode::NotAuthenticated);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reported_is_seen_to() {
    let app = TestApp::start().await;
    let (ada, bob, eve) = (api(&app, "ada").await, api(&app, "bob").await, api(&app, "eve").await);
    let guest = Api::guest(app.addr);
    ada.post("/api/v1/rooms", &json!({ "name": "Garden", "visibility": "public" })).await;
    for api in [&bob, &eve] {
        api.post("/api/v1/rooms/garden/join", &json!({})).await;
    }
    let at = say(&bob, "garden", &new("Weeds!")).await;
    let report = [&at, "/report"].concat();
    eve.post(&report, &json!({ "reason": "" })).await.assert_refused(ErrorCode::Invalid);
    for _ in 0..2 {
        assert_eq!(eve.post(&report, &json!({ "reason": "Rude" })).await.status, StatusCode::NO_CONTENT);
    }
    guest.post(&report, &json!({ "reason": "Rude" })).await.assert_refused(ErrorCode::NotAuthenticated);
    let reports = "/api/v1/rooms/garden/reports";
    bob.get(reports).await.assert_refused(ErrorCode::NotAllowed);
    guest.get(reports).await.assert_refused(ErrorCode::NotAuthenticated);
    let listed = ada.get(reports).await.json();
    assert_eq!(listed["reports"].as_array().unwrap().len(), 1);
    let brought = &listed["reports"][0];
    assert_eq!(at, format!("/api/v1/messages/{}", brought["message"].as_str().unwrap()));
    assert_eq!(
        (&brought["by"]["username"], &brought["reason"], &brought["body"]),
        (&json!("eve"), &json!("Rude"), &json!("Weeds!"))
    );
    let close = format!("{reports}/{}", brought["id"].as_str().unwrap());
    bob.delete(&close).await.assert_refused(ErrorCode::NotAllowed);
    assert_eq!(ada.delete(&close).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get(reports).await.json(), json!({ "reports": [] }));
    ada.delete(&[reports, "/x"].concat()).await.assert_refused(ErrorCode::NotFound);
}
