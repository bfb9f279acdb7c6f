use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Wire, pair, start};
use crate::support::{PASSWORD, TestApp, api::Api};

/// What a JWT says.
fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A room of members, made by this program.
async fn chat_of(api: &Api, name: &str, participants: &[&str]) -> String {
    let made = api.post("/chat/api/chats/", &json!({ "name": name, "participants": participants })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn two(app: &TestApp) -> (Api, Api) {
    app.ada().await;
    app.bob().await;
    (Api::with(app.addr, &pair(app, "ada").await.0), Api::with(app.addr, &pair(app, "bob").await.0))
}

#[tokio::test]
async fn tokens_come_in_pairs_rotate_and_say_what_they_are() {
    let app = start().await;
    app.ada().await;
    let program = Api::guest(app.addr);
    let (access, refresh) = pair(&app, "ada").await;
    for (token, kind) in [(&access, "access"), (&refresh, "refresh")] {
        let claims = claims(token);
        assert_eq!((&claims["token_type"], claims["user_id"].as_str()), (&json!(kind), Some(&*app.id_of("ada").await)));
        assert!(claims["jti"].is_string() && claims["exp"].is_i64(), "{claims}");
        let verified = program.post("/auth/jwt/verify/", &json!({ "token": token })).await;
        assert_eq!((verified.status, verified.json()), (StatusCode::OK, json!({})));
    }
    let life = |token: &str| claims(token)["exp"].as_i64().unwrap() - claims(token)["iat"].as_i64().unwrap();
    assert_eq!((life(&access), life(&refresh)), (15 * 60, 24 * 60 * 60));

    let renewed = program.post("/auth/jwt/refresh/", &json!({ "refresh": refresh })).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text);
    let next = renewed.json()["refresh"].as_str().unwrap().to_owned();
    assert_ne!(next, refresh);
    for (path, body) in [
        ("/auth/jwt/refresh/", json!({ "refresh": refresh })),
        ("/auth/jwt/verify/", json!({ "token": refresh })),
        ("/auth/jwt/refresh/", json!({ "refresh": access })),
        ("/auth/jwt/verify/", json!({ "token": "a.b.c" })),
    ] {
        let refused = program.post(path, &body).await;
        let expected = json!({ "detail": "Token is invalid or expired", "code": "token_not_valid" });
        assert_eq!((refused.status, refused.json()), (StatusCode::UNAUTHORIZED, expected), "{path}");
    }
    // The line goes on.
    assert_eq!(program.post("/auth/jwt/refresh/", &json!({ "refresh": next })).await.status, StatusCode::OK);
    let as_access = Api::with(app.addr, &next).get("/auth/users/me/").await;
    assert_eq!(as_access.status, StatusCode::UNAUTHORIZED, "a refresh token opens nothing");
}

#[tokio::test]
async fn people_register_sign_in_by_either_name_and_are_told_what_is_wrong() {
    let app = start().await;
    let program = Api::guest(app.addr);
    let new = json!({ "email": "ada@example.org", "password": PASSWORD, "re_password": PASSWORD, "first_name": "Ada", "last_name": "L" });
    let made = program.post("/auth/users/", &new).await;
    assert_eq!(
        (made.status, made.json()["username"].as_str(), made.json()["name"].as_str()),
        (StatusCode::CREATED, Some("ada"), Some("Ada L"))
    );
    for name in [json!({ "email": "ada@example.org" }), json!({ "username": "ada" }), json!({ "email": "ada" })] {
        let mut asked = name;
        asked["password"] = json!(PASSWORD);
        let answer = program.post("/auth/jwt/create/", &asked).await;
        assert!(answer.status == StatusCode::OK && answer.json()["access"].is_string(), "{}", answer.text);
    }
    let wrong = program.post("/auth/jwt/create/", &json!({ "email": "ada", "password": "another one" })).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.json()["detail"], "No active account found with the given credentials");
    let missing = program.post("/auth/jwt/create/", &json!({ "email": "ada" })).await;
    assert_eq!((missing.status, missing.json()), (StatusCode::BAD_REQUEST, json!({ "password": ["This field is required."] })));
    let taken = program.post("/auth/users/", &json!({ "username": "ada", "password": PASSWORD })).await;
    assert!(taken.status == StatusCode::BAD_REQUEST && taken.json()["username"].is_array(), "{}", taken.text);

    let (access, _) = pair(&app, "ada").await;
    for scheme in ["Bearer", "JWT"] {
        let me = program.request(Method::GET, "/auth/users/me/").header("authorization", format!("{scheme} {access}"));
        let me = me.send().await.unwrap().json::<Value>().await.unwrap();
        assert_eq!((&me["username"], &me["id"]), (&json!("ada"), &json!(app.id_of("ada").await)));
    }
    let nobody = program.get("/auth/users/me/").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.json()["detail"], "Authentication credentials were not provided.");
}

#[tokio::test]
async fn chats_are_rooms_and_all_four_verbs_keep_the_houses_rules() {
    let app = start().await;
    let (ada, bob) = two(&app).await;
    let chat = chat_of(&ada, "the garden", &["bob"]).await;
    let shed = chat_of(&ada, "the shed", &[]).await;
    let names = |list: &Value| {
        let list = list.as_array().unwrap();
        list.iter().map(|chat| chat["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&ada.get("/chat/api/chats/").await.json()), ["Lobby", "the garden", "the shed"]);
    assert_eq!(names(&bob.get("/chat/api/chats/").await.json()), ["Lobby", "the garden"]);
    assert_eq!(bob.get(&format!("/chat/api/chats/{chat}/")).await.json()["name"], "the garden");
    assert_eq!(bob.get(&format!("/chat/api/chats/{shed}/")).await.status, StatusCode::NOT_FOUND);
    let change = json!({ "name": "the orchard" });
    assert_eq!(bob.patch(&format!("/chat/api/chats/{chat}/"), &change).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.patch(&format!("/chat/api/chats/{chat}/"), &change).await.json()["name"], "the orchard");
    assert_eq!(ada.post("/chat/api/chats/", &json!({})).await.json(), json!({ "name": ["This field is required."] }));
    assert_eq!(bob.delete(&format!("/chat/api/chats/{chat}/")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.delete(&format!("/chat/api/chats/{chat}/")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get(&format!("/chat/api/chats/{chat}/")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(Api::guest(app.addr).get("/chat/api/chats/").await.status, StatusCode::UNAUTHORIZED);
    let wrong = ada.delete("/chat/api/chats/").await;
    assert_eq!((wrong.status, wrong.json()["detail"].as_str()), (StatusCode::METHOD_NOT_ALLOWED, Some("Method not allowed.")));
}

#[tokio::test]
async fn messages_are_written_read_changed_and_deleted_by_their_author() {
    let app = start().await;
    let (ada, bob) = two(&app).await;
    let chat = chat_of(&ada, "garden", &["bob"]).await;
    let me = app.id_of("ada").await;
    let new = json!({ "refChat": chat, "author": me, "message": "hello", "type": "text", "extraData": null });
    let made = ada.post("/chat/api/messages/", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.json();
    let fields = |value: &Value| {
        json!([value["refChat"], value["author"], value["message"], value["type"], value["isRead"], value["extraData"]])
    };
    assert_eq!(fields(&made), json!([chat, me, "hello", "text", true, null]));
    let message = format!("/chat/api/messages/{}/", made["id"].as_str().unwrap());

    let listed = bob.get(&format!("/chat/api/messages/?refChat={chat}")).await.json();
    assert_eq!(fields(&listed[0]), json!([chat, me, "hello", "text", false, null]));
    assert!(listed[0]["createdAt"].as_str().unwrap().ends_with("+00:00"));
    assert_eq!(bob.patch(&message, &json!({ "isRead": true })).await.json()["isRead"], true);
    assert_eq!(bob.get(&message).await.json()["isRead"], true);
    assert_eq!(bob.patch(&message, &json!({ "isRead": false })).await.json()["isRead"], false);

    assert_eq!(bob.patch(&message, &json!({ "message": "mine" })).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.put(&message, &json!({ "message": "hello all" })).await.json()["message"], "hello all");
    let foreign = json!({ "refChat": chat, "author": app.id_of("bob").await, "message": "in his name" });
    assert_eq!(ada.post("/chat/api/messages/", &foreign).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(bob.delete(&message).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.delete(&message).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get(&message).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bob.get(&format!("/chat/api/messages/?refChat={chat}")).await.json(), json!([]));

    let shed = chat_of(&ada, "shed", &[]).await;
    assert_eq!(bob.get(&format!("/chat/api/messages/?refChat={shed}")).await.status, StatusCode::NOT_FOUND);
    let intruding = json!({ "refChat": shed, "message": "hello" });
    assert_eq!(bob.post("/chat/api/messages/", &intruding).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn type_and_extra_data_are_kept_as_they_came() {
    let app = start().await;
    let (ada, _) = two(&app).await;
    let chat = chat_of(&ada, "garden", &[]).await;
    let token = ada.token.as_ref().unwrap();
    let new =
        json!({ "refChat": chat, "message": "a picture", "type": "image", "extraData": { "url": "https://example.org/x" } });
    let made = ada.post("/chat/api/messages/", &new).await.json();
    assert_eq!((&made["type"], &made["extraData"]), (&new["type"], &new["extraData"]), "{made}");
    let mut wire = Wire::open(app.addr, &format!("/ws/chat/{chat}/?token={token}")).await;
    wire.say(json!({ "message": "numbers", "type": "text", "extraData": [1, 2] })).await;
    assert_eq!(wire.hear().await, json!({ "message": "numbers" }));
    wire.say(json!({ "message": "no kind", "type": 7 })).await;
    assert_eq!(wire.hear().await["code"], "bad_request");
    let kept = ada.get(&format!("/chat/api/messages/?refChat={chat}")).await.json();
    assert_eq!((&kept[1]["type"], &kept[1]["extraData"]), (&json!("text"), &json!([1, 2])));
    let message = format!("/chat/api/messages/{}/", made["id"].as_str().unwrap());
    let mut whole = made.clone();
    whole["message"] = json!("a better picture");
    assert_eq!(ada.put(&message, &whole).await.json()["message"], "a better picture");
    assert_eq!(ada.patch(&message, &json!({ "extraData": { "url": "elsewhere" } })).await.status, StatusCode::BAD_REQUEST);
    let large = json!({ "refChat": chat, "message": "x", "extraData": { "much": "x".repeat(5_000) } });
    assert!(ada.post("/chat/api/messages/", &large).await.status.is_client_error());
}

#[tokio::test]
async fn older_messages_come_page_by_page() {
    let app = start().await;
    let (ada, _) = two(&app).await;
    let chat = chat_of(&ada, "garden", &[]).await;
    let mut socket = crate::support::Socket::open(app.addr, ada.token.as_ref().unwrap()).await;
    socket.say_many(&chat, "again", 60).await;
    let page = ada.get(&format!("/chat/api/messages/?refChat={chat}")).await.json();
    let first = page[0]["id"].as_str().unwrap();
    let older = ada.get(&format!("/chat/api/messages/?refChat={chat}&before={first}")).await.json();
    assert_eq!(page.as_array().unwrap().len() + older.as_array().unwrap().len(), 60);
}

#[tokio::test]
async fn a_chat_has_a_socket_for_its_members() {
    let app = start().await;
    let (ada, bob) = two(&app).await;
    let chat = chat_of(&ada, "garden", &["bob"]).await;
    let (ada_token, bob_token) = (ada.token.as_ref().unwrap(), bob.token.as_ref().unwrap());
    let mut wire = Wire::open(app.addr, &format!("/ws/chat/{chat}/?token={ada_token}")).await;
    let mut other = Wire::open(app.addr, &format!("/ws/chat/{chat}/?token={bob_token}")).await;
    let me = app.id_of("ada").await;
    // Both hear it when they have heard themselves.
    for wire in [&mut wire, &mut other] {
        wire.say(json!({ "message": "I am in" })).await;
        while wire.hear().await != json!({ "message": "I am in" }) {}
    }
    wire.say(json!({ "message": "hello", "refChat": chat, "author": me, "type": "text", "extraData": {} })).await;
    for wire in [&mut wire, &mut other] {
        while wire.hear().await != json!({ "message": "hello" }) {}
    }
    let his = app.id_of("bob").await;
    for (wrong, why) in [
        (json!({ "message": "in his name", "refChat": chat, "author": his }), "not_allowed"),
        (json!({ "message": "elsewhere", "refChat": his, "author": me }), "not_allowed"),
        (json!("hello"), "bad_request"),
    ] {
        wire.say(wrong).await;
        assert_eq!(wire.hear().await["code"], why);
    }
    let kept = ada.get(&format!("/chat/api/messages/?refChat={chat}")).await.json();
    let texts: Vec<_> = kept.as_array().unwrap().iter().map(|message| message["message"].as_str().unwrap()).collect();
    assert_eq!(texts, ["I am in", "I am in", "hello"]);

    let shed = chat_of(&ada, "shed", &[]).await;
    for path in [
        format!("/ws/chat/{shed}/?token={bob_token}"),
        format!("/ws/chat/{his}/?token={ada_token}"),
        format!("/ws/chat/{chat}/"),
        format!("/ws/chat/{chat}/?token=wrong"),
    ] {
        assert_eq!(Wire::refused(app.addr, &path, &[]).await, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_chat_with_somebody_who_is_not_there_is_not_begun() {
    let app = start().await;
    let (ada, _) = two(&app).await;
    let wanted = json!({ "name": "the shed", "participants": ["bob", "nobody"] });
    assert!(ada.post("/chat/api/chats/", &wanted).await.status.is_client_error());
    let chats = ada.get("/chat/api/chats/").await.json();
    assert!(!chats.to_string().contains("the shed"), "{chats}");
}
