use reqwest::StatusCode;
use serde_json::json;

use super::{Wire, lasting_token, pair, start};
use crate::support::{api::Api, person::Person};

#[tokio::test]
async fn members_talk_in_a_room_and_others_get_403() {
    let app = start().await;
    let ada = app.ada().await;
    app.bob().await;
    ada.create_room("garden", "open").await;
    let (token, _) = pair(&app, "ada").await;
    let mut wire = Wire::open(app.addr, &format!("/ws/chat/room/garden?token={token}")).await;
    wire.say(json!({ "message": "the beans are up", "username": "somebody else", "room_id": "shed" })).await;
    assert_eq!(wire.hear().await, json!({ "message": "the beans are up", "username": "ada", "room_id": "garden" }));
    wire.say(json!({ "message": "" })).await;
    assert_eq!(wire.hear().await["code"], "invalid");

    let (bob, _) = pair(&app, "bob").await;
    for path in [format!("/ws/chat/room/garden?token={bob}"), "/ws/chat/room/garden".to_owned()] {
        assert_eq!(Wire::refused(app.addr, &path, &[]).await, StatusCode::FORBIDDEN, "{path}");
    }
    for room in ["nowhere", "no%20name"] {
        let path = format!("/ws/chat/room/{room}?token={token}");
        assert_eq!(Wire::refused(app.addr, &path, &[]).await, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(Api::with(app.addr, &token).get(&format!("/chat/room/{room}/")).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(Api::with(app.addr, &bob).get("/chat/room/garden/").await.status, StatusCode::FORBIDDEN);
    assert_eq!(Api::guest(app.addr).get("/chat/room/garden/").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_page_and_its_socket_go_by_the_cookie_on_the_houses_own_pages_only() {
    let app = start().await;
    let ada: Person = app.ada().await;
    let made = Api::of(app.addr, "ada").await.post("/chat/api/chats/", &json!({ "name": "garden" })).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let page = ada.get(&format!("/chat/room/{id}/")).await;
    assert!(page.status.is_redirection() && page.header("location").starts_with("/r/garden"), "{}", page.header("location"));

    let cookie = format!("snug_session={}", lasting_token(&app, "ada").await);
    let own = format!("http://{}", app.addr);
    let path = format!("/ws/chat/room/{id}");
    let mut wire = Wire::with(app.addr, &path, &[("origin", &own), ("cookie", &cookie)]).await.unwrap();
    wire.say(json!({ "message": "by the cookie" })).await;
    assert_eq!(wire.hear().await, json!({ "message": "by the cookie", "username": "ada", "room_id": id }));
    let other = [("origin", "http://localhost:5500"), ("cookie", &cookie)];
    assert_eq!(Wire::refused(app.addr, &path, &other).await, StatusCode::FORBIDDEN);
}
