//! `/api/v1/rooms`

use protocol::{ErrorCode, Field};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, api::Api, person::Answer};

async fn api(app: &TestApp, username: &str) -> Api {
    app.person(username).await;
    Api::of(app.addr, username).await
}

async fn room(api: &Api, name: &str, visibility: &str) -> String {
    let made = api.post("/api/v1/rooms", &json!({ "name": name, "visibility": visibility })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let rooms = answer.json()["rooms"].as_array().unwrap().clone();
    rooms.iter().map(|summary| summary["room"]["name"].as_str().unwrap().to_owned()).collect()
}

/// The address of the next page.
fn next(answer: &Answer) -> Option<&str> {
    answer.header("link").strip_prefix('<')?.strip_suffix(">; rel=\"next\"")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_made_read_changed_and_deleted() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let made = ada.post("/api/v1/rooms", &json!({ "name": "Garden", "topic": "Roses", "visibility": "open" })).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let at = format!("/api/v1/rooms/{id}");
    assert_eq!((made.status, made.header("location")), (StatusCode::CREATED, at.as_str()));
    guest
        .post("/api/v1/rooms", &json!({ "name": "Cellar", "visibility": "open" }))
        .await
        .assert_refused(ErrorCode::NotAuthenticated);

    let read = ada.get("/api/v1/rooms/garden").await;
    assert_eq!((&read.json()["room"], &read.json()["standing"]), (&made.json(), &json!("member")));
    assert_eq!(bob.get(&at).await.json()["standing"], "may_join");
    guest.get(&at).await.assert_refused(ErrorCode::NotFound);

    let change =
        json!({ "name": "Rose garden", "visibility": "public", "address": "roses", "slow_seconds": 30, "archived": true });
    bob.patch(&at, &change).await.assert_refused(ErrorCode::NotAMember);
    let changed = ada.patch(&at, &change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    let mut expected = made.json();
    expected["name"] = json!("Rose garden");
    expected["visibility"] = json!("public");
    expected["slug"] = json!("roses");
    expected["slow_seconds"] = json!(30);
    expected["archived"] = json!(true);
    assert_eq!(changed.json(), expected);
    assert_eq!(guest.get("/api/v1/rooms/roses").await.json()["room"], expected);
    guest.patch(&at, &json!({})).await.assert_refused(ErrorCode::NotAuthenticated);

    // Whatever else is changed comes after it was brought back.
    let back = ada.patch(&at, &json!({ "topic": "", "archived": false, "slow_seconds": 0.0 })).await.json();
    assert_eq!((&back["topic"], &back["archived"], &back["slow_seconds"]), (&json!(""), &Value::Null, &Value::Null));
    let refused = ada.patch(&at, &json!({ "slow_seconds": 7 })).await;
    refused.assert_refused(ErrorCode::Invalid);
    assert_eq!(refused.error().fields[0].field, Field::SlowMode);
    ada.patch(&at, &json!({ "colour": "red" })).await.assert_refused(ErrorCode::BadRequest);

    bob.delete(&at).await.assert_refused(ErrorCode::NotAMember);
    assert_eq!(ada.delete(&at).await.status, StatusCode::NO_CONTENT);
    ada.get(&at).await.assert_refused(ErrorCode::NotFound);
    ada.delete(&at).await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_room_that_is_closed_to_them_strangers_hear_nothing() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let at = format!("/api/v1/rooms/{}", room(&ada, "Cellar", "private").await);
    for asker in [&bob, &guest] {
        asker.get(&at).await.assert_refused(ErrorCode::NotFound);
        assert!(!names(&asker.get("/api/v1/rooms?text=cellar").await).contains(&"Cellar".to_owned()));
    }
    bob.patch(&at, &json!({ "name": "Mine" })).await.assert_refused(ErrorCode::NotFound);
    bob.delete(&at).await.assert_refused(ErrorCode::NotFound);
    bob.post(&[&at, "/join"].concat(), &json!({})).await.assert_refused(ErrorCode::NotFound);
    bob.post(&[&at, "/leave"].concat(), &json!({})).await.assert_refused(ErrorCode::NotFound);
    bob.get("/api/v1/rooms/no-such-room").await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_join_and_leave() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let id = room(&ada, "Garden", "public").await;
    let [join, leave] = ["join", "leave"].map(|what| format!("/api/v1/rooms/{id}/{what}"));
    for _ in 0..2 {
        let joined = bob.post(&join, &json!({})).await;
        assert_eq!((joined.status, &joined.json()["id"]), (StatusCode::OK, &json!(id)));
    }
    assert_eq!(ada.get("/api/v1/rooms/garden").await.json()["members"], 2);
    for _ in 0..2 {
        assert_eq!(bob.post(&leave, &json!({})).await.status, StatusCode::NO_CONTENT);
    }
    ada.post(&leave, &json!({})).await.assert_refused(ErrorCode::LastOwner);
    guest.post(&join, &json!({})).await.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_listed_by_what_is_asked() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    for (name, visibility) in [("Attic", "private"), ("Barn", "open"), ("Court", "public")] {
        room(&ada, name, visibility).await;
    }
    ada.patch("/api/v1/rooms/court", &json!({ "archived": true })).await;
    let list = async |api: &Api, query: &str| names(&api.get(&["/api/v1/rooms?", query].concat()).await);
    assert_eq!(list(&ada, "").await, ["Attic", "Barn", "Lobby"]);
    assert_eq!(list(&bob, "").await, ["Barn", "Lobby"]);
    assert_eq!(list(&guest, "").await, ["Lobby"]);
    assert_eq!(list(&bob, "mine=true").await, ["Lobby"]);
    assert!(list(&guest, "mine=true").await.is_empty());
    assert_eq!(list(&guest, "archived=true").await, ["Court"]);
    assert_eq!(list(&ada, "visibility=private&cursor=").await, ["Attic"]);
    assert_eq!(list(&ada, "visibility=public").await, ["Lobby"]);
    assert_eq!(list(&ada, "text=cou").await, ["Court"]);
    assert!(list(&ada, "text=cou&archived=false").await.is_empty());
    for query in ["archived=perhaps", "visibility=secret", "cursor=x", "colour=red", "text=%00"] {
        ada.get(&["/api/v1/rooms?", query].concat()).await.assert_refused(ErrorCode::BadRequest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_pages_each_with_the_address_of_the_next() {
    let app = TestApp::start().await;
    let ada = api(&app, "ada").await;
    for n in 0..60 {
        room(&ada, &format!("Stall {n:02}"), "open").await;
    }
    let first = ada.get("/api/v1/rooms?visibility=open&text=stall").await;
    let second = ada.get(next(&first).unwrap()).await;
    assert_eq!(next(&second), None);
    let all = [names(&first), names(&second)].concat();
    assert_eq!((names(&first).len(), all), (50, (0..60).map(|n| format!("Stall {n:02}")).collect()));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_added_given_a_say_muted_and_removed() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let members = format!("/api/v1/rooms/{}/members", room(&ada, "Cellar", "private").await);
    let bobs = format!("{members}/{}", app.id_of("bob").await);
    for (asker, refusal) in [(&bob, ErrorCode::NotFound), (&guest, ErrorCode::NotAuthenticated)] {
        asker.get(&members).await.assert_refused(ErrorCode::NotFound);
        asker.post(&members, &json!({ "username": "bob" })).await.assert_refused(refusal);
    }
    ada.post(&members, &json!({ "username": "nobody" })).await.assert_refused(ErrorCode::Invalid);
    for _ in 0..2 {
        assert_eq!(ada.post(&members, &json!({ "username": "bob" })).await.status, StatusCode::NO_CONTENT);
    }
    let listed = bob.get(&members).await.json();
    let roles = |listed: &Value| {
        let members = listed["members"].as_array().unwrap().clone();
        let role = |member: &Value| format!("{} {}", member["user"]["username"], member["role"]).replace('"', "");
        members.iter().map(role).collect::<Vec<_>>()
    };
    assert_eq!((roles(&listed), &listed["total"]), (vec!["ada owner".to_owned(), "bob member".to_owned()], &json!(2)));
    assert_eq!(roles(&bob.get(&[&members, "?text=bo"].concat()).await.json()), ["bob member"]);
    bob.get(&[&members, "?text=%00"].concat()).await.assert_refused(ErrorCode::BadRequest);

    bob.patch(&bobs, &json!({ "role": "owner" })).await.assert_refused(ErrorCode::NotAllowed);
    ada.patch(&bobs, &json!({ "role": "king" })).await.assert_refused(ErrorCode::Invalid);
    assert_eq!(ada.patch(&bobs, &json!({ "role": "moderator" })).await.status, StatusCode::NO_CONTENT);
    assert_eq!(roles(&ada.get(&members).await.json())[1], "bob moderator");

    let mute = [&bobs, "/mute"].concat();
    ada.put(&mute, &json!({ "time": "" })).await.assert_refused(ErrorCode::BadRequest);
    ada.put(&mute, &json!({ "time": "soon" })).await.assert_refused(ErrorCode::Invalid);
    assert_eq!(ada.put(&mute, &json!({ "time": "day" })).await.status, StatusCode::NO_CONTENT);
    assert!(ada.get(&members).await.json()["members"][1]["muted_until"].is_i64());
    bob.delete(&mute).await.assert_refused(ErrorCode::NotAllowed);
    assert_eq!(ada.delete(&mute).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get(&members).await.json()["members"][1].get("muted_until"), None);

    let adas = format!("{members}/{}", app.id_of("ada").await);
    bob.delete(&adas).await.assert_refused(ErrorCode::NotAllowed);
    assert_eq!(ada.delete(&bobs).await.status, StatusCode::NO_CONTENT);
    bob.get(&members).await.assert_refused(ErrorCode::NotFound);
    ada.delete(&[&members, "/me"].concat()).await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_members_come_in_pages() {
    let app = TestApp::start().await;
    let ada = api(&app, "ada").await;
    for n in 0..55 {
        let insert = "INSERT INTO users (id, username, name, password_hash, role, created_at)";
        app.sql(&format!("{insert} VALUES ({0}, 'm{n}', 'm{n}', '', 'member', 1)", uuid(&app, n))).await;
        let enter = "INSERT INTO memberships (room_id, user_id, role, joined_at) SELECT id";
        app.sql(&format!("{enter}, {}, 'member', 1 FROM rooms WHERE slug = 'lobby'", uuid(&app, n))).await;
    }
    let first = ada.get("/api/v1/rooms/lobby/members").await;
    let second = ada.get(next(&first).unwrap()).await;
    let count = |page: &Answer| page.json()["members"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second), next(&second)), (50, 6, None));
    ada.get("/api/v1/rooms/lobby/members?cursor=x").await.assert_refused(ErrorCode::BadRequest);
}

/// An id as it is written in a statement.
fn uuid(app: &TestApp, n: u32) -> String {
    let id = format!("0190a5d2-1b7c-7f04-8a51-{n:012}");
    if app.database_url().starts_with("sqlite") { format!("X'{}'", id.replace('-', "")) } else { format!("'{id}'") }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_kept_out_and_let_in_again() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (api(&app, "ada").await, api(&app, "bob").await, Api::guest(app.addr));
    let garden = format!("/api/v1/rooms/{}", room(&ada, "Garden", "open").await);
    let [bans, join] = ["/bans", "/join"].map(|what| [&garden, what].concat());
    bob.post(&join, &json!({})).await;
    let ban = json!({ "username": "bob", "reason": "Shouting", "time": "day" });
    bob.post(&bans, &ban).await.assert_refused(ErrorCode::NotAllowed);
    guest.post(&bans, &ban).await.assert_refused(ErrorCode::NotAuthenticated);
    ada.post(&bans, &json!({ "username": "bob", "time": "soon" })).await.assert_refused(ErrorCode::Invalid);
    assert_eq!(ada.post(&bans, &ban).await.status, StatusCode::NO_CONTENT);
    let listed = ada.get(&bans).await.json();
    assert_eq!(listed["bans"].as_array().unwrap().len(), 1);
    let banned = &listed["bans"][0];
    assert_eq!(
        (&banned["user"]["username"], &banned["by"], &banned["reason"]),
        (&json!("bob"), &json!("ada"), &json!("Shouting"))
    );
    assert!(banned["until"].is_i64());
    assert_eq!(bob.get(&bans).await.json(), json!({ "bans": [] }));
    bob.post(&join, &json!({})).await.assert_refused(ErrorCode::Banned);
    let his = format!("{bans}/{}", app.id_of("bob").await);
    assert_eq!(ada.delete(&his).await.status, StatusCode::NO_CONTENT);
    assert_eq!(bob.post(&join, &json!({})).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_begun_found_again_and_hidden() {
    let app = TestApp::start().await;
    let (ada, bob, eve) = (api(&app, "ada").await, api(&app, "bob").await, api(&app, "eve").await);
    let begun = ada.post("/api/v1/direct", &json!({ "people": ["bob"] })).await;
    assert_eq!((begun.status, &begun.json()["visibility"]), (StatusCode::OK, &json!("direct")), "{}", begun.text);
    let id = begun.json()["id"].clone();
    assert_eq!(bob.post("/api/v1/direct", &json!({ "people": ["@Ada"] })).await.json()["id"], id);
    assert_ne!(ada.post("/api/v1/direct", &json!({ "people": ["bob", "eve"] })).await.json()["id"], id);
    for (people, problem) in [(json!([]), "empty"), (json!(["ada"]), "empty"), (json!(["nobody"]), "not_a_choice")] {
        let refused = ada.post("/api/v1/direct", &json!({ "people": people })).await;
        refused.assert_refused(ErrorCode::Invalid);
        refused.assert_has(problem);
    }
    let listed = async |api: &Api| {
        let listed = api.get("/api/v1/direct").await.json();
        listed["rooms"].as_array().unwrap().iter().map(|room| room["id"].clone()).collect::<Vec<_>>()
    };
    assert!(listed(&bob).await.contains(&id) && !listed(&eve).await.contains(&id));
    let at = format!("/api/v1/direct/{}", id.as_str().unwrap());
    eve.delete(&at).await.assert_refused(ErrorCode::NotFound);
    assert_eq!(bob.delete(&at).await.status, StatusCode::NO_CONTENT);
    assert!(!listed(&bob).await.contains(&id) && listed(&ada).await.contains(&id));
    bob.delete("/api/v1/direct/lobby").await.assert_refused(ErrorCode::NotAllowed);
    let guest = Api::guest(app.addr);
    guest.get("/api/v1/direct").await.assert_refused(ErrorCode::NotAuthenticated);
    guest.post("/api/v1/direct", &json!({ "people": ["bob"] })).await.assert_refused(ErrorCode::NotAuthenticated);
}
