//! Bots: accounts of programs, for which somebody answers.

use protocol::{ClientId, ErrorCode};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    api::Api,
    person::{Program, large_picture},
    socket::Socket,
};

/// A bot of this person's, as the API has it.
async fn bot_of(owner: &Api, username: &str) -> Value {
    let made = owner.post("/api/v1/bots", &json!({ "username": username, "name": "Echo" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()
}

fn id_of(bot: &Value) -> String {
    bot["user"]["id"].as_str().unwrap().to_owned()
}

async fn token_of(owner: &Api, bot: &str) -> String {
    let made = owner.post(&format!("/api/v1/bots/{bot}/tokens"), &json!({ "name": "it", "scopes": ["read", "write"] })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["token"].as_str().unwrap().to_owned()
}

fn hello(body: &str) -> Value {
    json!({ "client_id": ClientId::generate(), "body": body })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_speaks_where_it_was_added_and_is_shown_as_one() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let garden = ada.create_private_room("garden").await;
    let messages = format!("/api/v1/rooms/{garden}/messages");
    let api = Api::of(app.addr, "ada").await;
    let bot = bot_of(&api, "echo").await;
    assert_eq!((&bot["user"]["bot"], &bot["owner"]["username"]), (&json!(true), &json!("ada")));
    assert_eq!(bot["owner"].get("bot"), None, "said of bots only");
    let id = id_of(&bot);
    let program = Api::with(app.addr, &token_of(&api, &id).await);
    program.post(&messages, &hello("too early")).await.assert_refused(ErrorCode::NotFound);
    assert_eq!(api.put(&format!("/api/v1/bots/{id}/rooms/{garden}"), &json!({})).await.status, StatusCode::NO_CONTENT);
    let rooms = api.get(&format!("/api/v1/bots/{id}/rooms")).await.json();
    assert_eq!(rooms["rooms"][0]["slug"], json!(garden));

    // It hears what a person in its place would hear, and others hear it, with its badge.
    let mut hears = Socket::open(app.addr, program.token.as_deref().unwrap()).await;
    hears.subscribe(&garden, None).await;
    let mut ada_hears = Program::at(app.addr).socket("ada").await;
    ada_hears.subscribe(&garden, None).await;
    ada.write(&garden, "ping").await;
    assert_eq!(hears.event().await.message().unwrap().body, "ping");
    ada_hears.event().await;
    hears.say(&garden, "pong").await;
    let pong = ada_hears.event().await;
    assert!(pong.actor.bot && pong.actor.username == "echo", "{:?}", pong.actor);
    let page = api.get(&messages).await.json();
    let last = page["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["body"], &last["author"]["bot"]), (&json!("pong"), &json!(true)));
    ada.get(&format!("/r/{garden}")).await.assert_has("<span class=\"bot-badge\">Bot<");
    ada.get(&format!("/r/{garden}/members")).await.assert_has("<span class=\"bot-badge\">Bot<");
    ada.get("/u/echo").await.assert_has("<span class=\"bot-badge\">Bot<");
    ada.get("/u/ada").await.assert_has_not("bot-badge");

    assert_eq!(api.delete(&format!("/api/v1/bots/{id}/rooms/{garden}")).await.status, StatusCode::NO_CONTENT);
    program.get(&messages).await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_make_bots_where_the_house_lets_them() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (ada, bob) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await);
    bob.post("/api/v1/bots", &json!({ "username": "echo" })).await.assert_refused(ErrorCode::NotAllowed);
    let settings = chat::Settings { members_make_bots: true, ..(*app.chat.settings()).clone() };
    chat::house::change(&app.chat, chat::house::By::CommandLine, settings).await.unwrap();
    let bot = id_of(&bot_of(&bob, "echo").await);
    // User names are everybody's.
    bob.post("/api/v1/bots", &json!({ "username": "ech0" })).await.assert_refused(ErrorCode::Invalid);
    bob.post("/api/v1/bots", &json!({ "username": "admin" })).await.assert_refused(ErrorCode::Invalid);

    // Admins look after it too; other members do not know of it.
    let path = format!("/api/v1/bots/{bot}");
    assert_eq!(ada.get(&path).await.status, StatusCode::OK);
    assert_eq!(ada.get("/api/v1/bots").await.json()["bots"], json!([]));
    assert_eq!(ada.get("/api/v1/bots?all=true").await.json()["bots"][0]["user"]["username"], json!("echo"));
    bob.get("/api/v1/bots?all=true").await.assert_refused(ErrorCode::NotAllowed);
    app.person("carol").await;
    let carol = Api::of(app.addr, "carol").await;
    carol.get(&path).await.assert_refused(ErrorCode::NotFound);
    carol.delete(&path).await.assert_refused(ErrorCode::NotFound);
    carol.get(&format!("{path}/tokens")).await.assert_refused(ErrorCode::NotFound);
    // Nobody becomes one by being named as one.
    ada.get(&format!("/api/v1/bots/{}", app.id_of("carol").await)).await.assert_refused(ErrorCode::NotFound);

    let changed = bob.send(reqwest::Method::PATCH, &path, &json!({ "name": "Echo 2", "bio": "Says it again" })).await.json();
    assert_eq!((&changed["user"]["name"], &changed["bio"]), (&json!("Echo 2"), &json!("Says it again")));
    assert_eq!(bob.delete(&path).await.status, StatusCode::NO_CONTENT);
    bob.get(&path).await.assert_refused(ErrorCode::NotFound);
    let page = chat::house::audit(&app.chat, chat::house::By::CommandLine, chat::house::AuditSearch::default()).await.unwrap();
    let deeds: Vec<_> = page.entries.iter().map(|entry| entry.action.as_str()).collect();
    assert!(deeds.contains(&"make bot") && deeds.contains(&"delete bot"), "{deeds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_with_a_bot() {
    let app = TestApp::start().await;
    app.ada().await;
    let bot = id_of(&bot_of(&Api::of(app.addr, "ada").await, "echo").await).parse().unwrap();
    for password in ["", PASSWORD] {
        let tried = Program::at(app.addr).auth("token", json!({ "username": "echo", "password": password })).await;
        tried.assert_refused(ErrorCode::WrongCredentials);
    }
    let by = chat::house::By::CommandLine;
    for refused in [
        chat::house::set_password(&app.chat, by, bot, PASSWORD).await.map(|_| ()),
        chat::house::reset_link(&app.chat, by, bot).await.map(|_| ()),
        chat::house::set_role(&app.chat, by, bot, protocol::HouseRole::Admin).await,
    ] {
        assert_eq!(refused.unwrap_err().public().code, ErrorCode::NotAllowed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_stands_still_when_its_owner_goes_until_somebody_else_answers_for_it() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let ada = Api::of(app.addr, "ada").await;
    let bot = id_of(&bot_of(&ada, "echo").await);
    let handed = ada.put(&format!("/api/v1/bots/{bot}/owner"), &json!({ "username": "bob" })).await;
    assert_eq!(handed.status, StatusCode::NO_CONTENT, "{}", handed.text);
    let bob = Api::of(app.addr, "bob").await;
    let token = token_of(&bob, &bot).await;
    let mut socket = Socket::open(app.addr, &token).await;
    let by = chat::house::By::CommandLine;
    let bobs_id = app.id_of("bob").await.parse().unwrap();

    // Whoever is kept out does not come in by a bot.
    chat::house::suspend(&app.chat, by, bobs_id, None, "").await.unwrap();
    assert_eq!(socket.closed().await.1, protocol::CloseCode::SignIn.number());
    let program = Api::with(app.addr, &token);
    program.get("/api/v1/rooms").await.assert_refused(ErrorCode::NotAuthenticated);
    chat::house::lift(&app.chat, by, bobs_id).await.unwrap();
    assert_eq!(program.get("/api/v1/rooms").await.status, StatusCode::OK);

    chat::house::delete(&app.chat, by, bobs_id).await.unwrap();
    program.get("/api/v1/rooms").await.assert_refused(ErrorCode::Suspended);
    let left = ada.get(&format!("/api/v1/bots/{bot}")).await.json();
    assert_eq!((&left["suspended"], left.get("owner")), (&json!(true), None));
    // Its tokens were bob's; who has it now makes new ones.
    ada.put(&format!("/api/v1/bots/{bot}/owner"), &json!({ "username": "ada" })).await;
    chat::house::lift(&app.chat, by, bot.parse().unwrap()).await.unwrap();
    program.get("/api/v1/rooms").await.assert_refused(ErrorCode::NotAuthenticated);
    let again = Api::with(app.addr, &token_of(&ada, &bot).await);
    assert_eq!(again.get("/api/v1/rooms").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_handed_more_bots_than_they_may_make() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (ada, bob) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await);
    let settings = chat::Settings { members_make_bots: true, ..(*app.chat.settings()).clone() };
    chat::house::change(&app.chat, chat::house::By::CommandLine, settings).await.unwrap();
    let gift = id_of(&bot_of(&ada, "gift").await);
    for number in 0..50 {
        bot_of(&bob, &format!("bob-{number}")).await;
    }
    let heir = json!({ "username": "bob" });
    ada.put(&format!("/api/v1/bots/{gift}/owner"), &heir).await.assert_refused(ErrorCode::LimitReached);
    let bots = bob.get("/api/v1/bots").await.json();
    let one = bots["bots"][0]["user"]["id"].as_str().unwrap().to_owned();
    assert_eq!(bob.delete(&format!("/api/v1/bots/{one}")).await.status, StatusCode::NO_CONTENT);
    assert!(ada.put(&format!("/api/v1/bots/{gift}/owner"), &heir).await.status.is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_has_the_picture_that_its_owner_gives_it() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    let api = Api::of(app.addr, "ada").await;
    let id = id_of(&bot_of(&api, "echo").await);
    let (page, red) = (format!("/settings/bots/{id}"), large_picture());
    let address = [&page, "/picture"].concat();
    assert_eq!(bob.upload(&address, &red).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ada.upload(&address, b"GIF89a").await.leads_to(), format!("{page}?refused=picture"));
    assert_eq!(ada.upload(&address, &red).await.leads_to(), format!("{page}?done=changed"));
    ada.get(&page).await.assert_has(&format!("/u/{id}/picture/"));
}
