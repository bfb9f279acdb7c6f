use serde_json::json;

use super::{Wire, lasting_token, start};
use crate::support::PASSWORD;

#[tokio::test]
async fn people_register_sign_in_and_talk_to_everybody() {
    let app = start().await;
    let mut auth = Wire::open(app.addr, "/ws/auth/").await;
    let ada = json!({ "name": "Ada L", "user_name": "ada", "password": PASSWORD });
    auth.say(json!({ "type": "register", "data": ada })).await;
    let registered = auth.hear().await;
    let user = registered["data"]["user"].clone();
    assert_eq!((&registered["type"], &user["userName"], &user["name"]), (&json!("register"), &json!("ada"), &json!("Ada L")));
    auth.say(json!({ "type": "login", "data": { "user_name": "ada", "password": PASSWORD } })).await;
    let login = auth.hear().await;
    assert_eq!((&login["type"], &login["data"]["user"]), (&json!("login"), &user));
    app.bob().await;

    let token = login["data"]["token"].as_str().unwrap();
    let mut ada = Wire::open(app.addr, &format!("/ws/chat/?token={token}")).await;
    // Both are in when they hear themselves.
    ada.say(json!({ "type": "message", "data": { "message": "is anybody here?" } })).await;
    assert_eq!(ada.hear().await["data"]["message"], "is anybody here?");
    let mut bob = Wire::open(app.addr, &format!("/ws/chat/?token={}", lasting_token(&app, "bob").await)).await;
    bob.say(json!({ "type": "message", "data": { "message": "I am" } })).await;
    for wire in [&mut ada, &mut bob] {
        let heard = wire.hear().await;
        assert_eq!((&heard["type"], &heard["data"]["message"]), (&json!("newMessage"), &json!("I am")));
        assert_eq!(heard["data"]["sender"]["userName"], "bob");
        let date = heard["data"]["date"].as_str().unwrap();
        assert!(date.len() == 29 && date.ends_with("+00:00") && date.as_bytes()[10] == b'T', "{date}");
        let keys: Vec<_> = heard["data"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys.len(), 3, "{keys:?}");
    }
    // It is the room that the page shows.
    app.stranger().get("/r/lobby").await.assert_has("I am");
}

#[tokio::test]
async fn what_is_wrong_is_said_and_the_socket_stays() {
    let app = start().await;
    app.ada().await;
    let mut auth = Wire::open(app.addr, "/ws/auth/").await;
    auth.say(json!({ "type": "login", "data": { "user_name": "ada", "password": "another one" } })).await;
    let refusal = auth.hear().await;
    assert_eq!((&refusal["type"], &refusal["data"]["code"]), (&json!("error"), &json!("wrong_credentials")));
    for wrong in [json!("hello"), json!({ "type": "dance" }), json!({ "type": "register", "data": { "user_name": "x" } })] {
        auth.say(wrong.clone()).await;
        assert_eq!(auth.hear().await["type"], "error", "{wrong}");
    }
    auth.say(json!({ "type": "login", "data": { "user_name": "ada", "password": PASSWORD } })).await;
    let token = auth.hear().await["data"]["token"].as_str().unwrap().to_owned();
    let mut chat = Wire::open(app.addr, &format!("/ws/chat/?token={token}")).await;
    chat.say(json!({ "type": "message", "data": { "message": "" } })).await;
    assert_eq!(chat.hear().await["data"]["code"], "invalid");
    chat.say(json!({ "type": "message", "data": { "message": "still here" } })).await;
    assert_eq!(chat.hear().await["type"], "newMessage");
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so_on_the_socket() {
    let app = start().await;
    app.ada().await;
    for path in ["/ws/chat/", "/ws/chat/?token=", "/ws/chat/?token=wrong", "/ws/chat/?token=a.b.c"] {
        let mut wire = Wire::open(app.addr, path).await;
        assert_eq!(wire.hear().await, json!({ "type": "message", "data": { "message": "Not Authenticated.." } }), "{path}");
        assert_eq!(wire.hear().await["type"], "noAuth", "{path}");
        assert_eq!(wire.hear_any().await, Err(4001), "{path}");
    }
}

#[tokio::test]
async fn a_session_that_ends_takes_its_sockets_along() {
    let app = start().await;
    app.ada().await;
    let token = lasting_token(&app, "ada").await;
    let mut wire = Wire::open(app.addr, &format!("/ws/chat/?token={token}")).await;
    wire.say(json!({ "type": "message", "data": { "message": "hello" } })).await;
    wire.hear().await;
    chat::sessions::revoke_by_refresh_token(&app.chat, &token).await.unwrap();
    assert_eq!(wire.hear_any().await, Err(4001));
}
