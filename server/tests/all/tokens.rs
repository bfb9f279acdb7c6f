//! Access tokens: made by whoever has signed in, for what they say, until they are ended.

use protocol::{ClientFrame, ClientId, ErrorCode, ServerFrame};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    api::Api,
    elsewhere::reachable,
    socket::{Received, Socket, message, request, room, with_token},
};

/// A token of this person; its text and its id.
pub(crate) async fn token_of(app: &TestApp, username: &str, scopes: &[&str]) -> (String, String) {
    let made = Api::of(app.addr, username).await.post("/api/v1/me/tokens", &json!({ "name": "cron", "scopes": scopes })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.header("cache-control"), "no-store");
    let text = |name: &str| made.json()[name].as_str().unwrap().to_owned();
    (text("token"), text("id"))
}

fn hello(body: &str) -> Value {
    json!({ "client_id": ClientId::generate(), "body": body })
}

const LOBBY: &str = "/api/v1/rooms/lobby/messages";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_good_for_what_it_says() {
    let app = TestApp::start().await;
    app.ada().await;
    let (both, _) = token_of(&app, "ada", &["read", "write"]).await;
    assert!(both.starts_with("snug_pat_"));
    let program = Api::with(app.addr, &both);
    assert_eq!(program.post(LOBBY, &hello("from a program")).await.status, StatusCode::CREATED);
    assert_eq!(program.get(LOBBY).await.status, StatusCode::OK);
    let verified = program.post("/api/v1/auth/verify", &json!({})).await.json();
    assert_eq!((&verified["user"]["username"], &verified["scopes"]), (&json!("ada"), &json!(["read", "write"])));
    assert_eq!(verified.get("expires_in"), None);

    let listed = Api::of(app.addr, "ada").await.get("/api/v1/me/tokens").await;
    listed.assert_has_not("snug_pat_");
    let used = &listed.json()["tokens"][0];
    assert_eq!((&used["name"], used["used_at"].is_i64(), &used["expired"]), (&json!("cron"), true, &json!(false)));

    let (read, _) = token_of(&app, "ada", &["read"]).await;
    let reader = Api::with(app.addr, &read);
    assert_eq!(reader.get(LOBBY).await.status, StatusCode::OK);
    reader.post(LOBBY, &hello("no")).await.assert_refused(ErrorCode::NotAllowed);
    let (write, _) = token_of(&app, "ada", &["write"]).await;
    Api::with(app.addr, &write).get(LOBBY).await.assert_refused(ErrorCode::NotAllowed);
    let slip = both.replace("snug_pat_", "snug_pat_x");
    Api::with(app.addr, &slip).get(LOBBY).await.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_no_tokens_and_only_its_maker_sees_it() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (token, id) = token_of(&app, "ada", &["read", "write", "admin"]).await;
    let program = Api::with(app.addr, &token);
    let new = json!({ "name": "more", "scopes": ["read"] });
    program.post("/api/v1/me/tokens", &new).await.assert_refused(ErrorCode::NotAllowed);
    program.get("/api/v1/me/tokens").await.assert_refused(ErrorCode::NotAllowed);
    program.post("/api/v1/bots", &json!({ "username": "echo" })).await.assert_refused(ErrorCode::NotAllowed);
    Api::guest(app.addr).post("/api/v1/me/tokens", &new).await.assert_refused(ErrorCode::NotAuthenticated);
    let bob = Api::of(app.addr, "bob").await;
    assert_eq!(bob.get("/api/v1/me/tokens").await.json(), json!({ "tokens": [] }));
    bob.delete(&format!("/api/v1/me/tokens/{id}")).await.assert_refused(ErrorCode::NotFound);
    // What sees to the house is for those who do, and narrow tokens are not.
    for scopes in [json!(["admin"]), json!([]), json!(["read", "fly"]), json!(["read", "rooms:nowhere"]), json!(["rooms:lobby"])]
    {
        bob.post("/api/v1/me/tokens", &json!({ "name": "x", "scopes": scopes })).await.assert_refused(ErrorCode::Invalid);
    }
    let past = json!({ "name": "x", "scopes": ["read"], "expires_at": 1 });
    bob.post("/api/v1/me/tokens", &past).await.assert_refused(ErrorCode::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_a_room_knows_no_other_one() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let garden = ada.create_private_room("garden").await;
    let (token, _) = token_of(&app, "ada", &["read", "write", &format!("rooms:{garden}")]).await;
    let program = Api::with(app.addr, &token);
    assert_eq!(program.post(&format!("/api/v1/rooms/{garden}/messages"), &hello("here")).await.status, StatusCode::CREATED);
    program.get(LOBBY).await.assert_refused(ErrorCode::NotFound);
    program.post(LOBBY, &hello("there")).await.assert_refused(ErrorCode::NotFound);
    let rooms = program.get("/api/v1/rooms").await.json();
    let slugs: Vec<_> = rooms["rooms"].as_array().unwrap().iter().map(|listed| listed["room"]["slug"].clone()).collect();
    assert_eq!(slugs, [json!(garden)]);

    let mut socket = Socket::open(app.addr, &token).await;
    socket.subscribe(&garden, None).await;
    socket.say(&garden, "by the socket").await;
    socket.send(&ClientFrame::Subscribe { room: room("lobby"), after: None, epoch: None }).await;
    assert_eq!(socket.until(refusal).await, ErrorCode::NotFound);
    let client_id = ClientId::generate();
    socket.send(&message("lobby", client_id, "there")).await;
    assert_eq!(socket.refusal(client_id).await.code, ErrorCode::NotFound);
    // What is new elsewhere, and what a room is called now, is not said to it.
    ada.write("lobby", "not for it").await;
    ada.submit("/r/lobby/edit", "edit_room", &[("room", "lobby"), ("name", "Hall"), ("topic", "")]).await;
    ada.write(&garden, "for it").await;
    match socket.receive_any().await {
        Received::Frame(ServerFrame::Event(event)) => {
            assert!(event.message().is_some_and(|message| message.body == "for it"), "{event:?}");
        }
        other => panic!("{other:?}"),
    }
}

fn refusal(frame: ServerFrame) -> Option<ErrorCode> {
    match frame {
        ServerFrame::Error { error, .. } => Some(error.code),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_does_what_its_token_is_for_and_ends_with_it() {
    let app = TestApp::start().await;
    app.ada().await;
    let (token, id) = token_of(&app, "ada", &["read"]).await;
    let mut socket = Socket::open(app.addr, &token).await;
    socket.subscribe("lobby", None).await;
    let client_id = ClientId::generate();
    socket.send(&message("lobby", client_id, "no")).await;
    assert_eq!(socket.refusal(client_id).await.code, ErrorCode::NotAllowed);

    let api = Api::of(app.addr, "ada").await;
    assert_eq!(api.delete(&format!("/api/v1/me/tokens/{id}")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await.1, protocol::CloseCode::SignIn.number());
    let (mut socket, _) = Socket::connect(app.addr, with_token(request(app.addr, ""), &token)).await.unwrap();
    assert_eq!(socket.closed().await.1, protocol::CloseCode::SignIn.number());
    Api::with(app.addr, &token).get(LOBBY).await.assert_refused(ErrorCode::NotAuthenticated);
    api.delete(&format!("/api/v1/me/tokens/{id}")).await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_stay_when_the_password_changes_rest_while_suspended_and_end_with_everything() {
    let app = TestApp::start().await;
    app.ada().await;
    let bob = app.bob().await;
    let (token, _) = token_of(&app, "bob", &["read"]).await;
    let (id, program) = (app.id_of("bob").await.parse().unwrap(), Api::with(app.addr, &token));
    let fields = [("current_password", crate::support::PASSWORD), ("new_password", "nine large ships")];
    bob.submit("/settings/security", "change_password", &fields).await;
    assert_eq!(program.get(LOBBY).await.status, StatusCode::OK);

    let mut socket = Socket::open(app.addr, &token).await;
    let by = chat::house::By::CommandLine;
    chat::house::suspend(&app.chat, by, id, None, "").await.unwrap();
    assert_eq!(socket.closed().await.1, protocol::CloseCode::SignIn.number());
    program.get(LOBBY).await.assert_refused(ErrorCode::Suspended);
    chat::house::lift(&app.chat, by, id).await.unwrap();
    assert_eq!(program.get(LOBBY).await.status, StatusCode::OK);

    chat::house::sign_out(&app.chat, by, id).await.unwrap();
    program.get(LOBBY).await.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_expired_is_none() {
    let app = TestApp::start().await;
    app.ada().await;
    let (token, _) = token_of(&app, "ada", &["read"]).await;
    app.sql("UPDATE tokens SET expires_at = 1").await;
    Api::with(app.addr, &token).get(LOBBY).await.assert_refused(ErrorCode::NotAuthenticated);
    let listed = Api::of(app.addr, "ada").await.get("/api/v1/me/tokens").await.json();
    assert_eq!(listed["tokens"][0]["expired"], json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_reads_nothing_has_nothing_sent_to_it() {
    let app = TestApp::builder().limits(reachable()).start().await;
    app.ada().await.create_room("garden", "open").await;
    let hook = json!({ "name": "Gnome", "url": "http://127.0.0.1:9/" });
    let path = "/api/v1/rooms/garden/outgoing";
    let made = Api::of(app.addr, "ada").await.post(path, &hook).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let own = format!("{path}/{}", made.json()["hook"]["id"].as_str().unwrap());
    let (write, _) = token_of(&app, "ada", &["write", "rooms:garden"]).await;
    let program = Api::with(app.addr, &write);
    program.post(path, &hook).await.assert_refused(ErrorCode::NotAllowed);
    program.patch(&own, &json!({ "url": "http://127.0.0.1:8/" })).await.assert_refused(ErrorCode::NotAllowed);
    let (both, _) = token_of(&app, "ada", &["read", "write", "rooms:garden"]).await;
    assert_eq!(Api::with(app.addr, &both).post(path, &hook).await.status, StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admins_token_that_is_not_for_that_sees_to_no_invites() {
    let app = TestApp::start().await;
    app.ada().await;
    let path = "/api/v1/invites";
    let made = Api::of(app.addr, "ada").await.post(path, &json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let (narrow, _) = token_of(&app, "ada", &["read", "write"]).await;
    let program = Api::with(app.addr, &narrow);
    // What any member may: where members invite nobody into the house, nothing.
    program.get(path).await.assert_refused(ErrorCode::NotAllowed);
    program.post(path, &json!({})).await.assert_refused(ErrorCode::NotAllowed);
    let (admin, _) = token_of(&app, "ada", &["read", "write", "admin"]).await;
    let program = Api::with(app.addr, &admin);
    assert_eq!(program.get(path).await.json()["invites"].as_array().unwrap().len(), 1);
    assert_eq!(program.post(path, &json!({})).await.status, StatusCode::CREATED);
}
