//! Slash commands: what is written goes to a program, and what that answers to all or to one.

use axum::{http::StatusCode, response::IntoResponse};
use protocol::{ClientFrame, ClientId, ErrorCode, RoomRef, ServerFrame};
use serde_json::{Value, json};

use crate::support::{
    Person, Received, Socket, TestApp,
    api::Api,
    elsewhere::{Elsewhere, reachable},
    person::{Answer, Program},
    socket::message,
};

const COMMANDS: &str = "/api/v1/rooms/garden/commands";
const MESSAGES: &str = "/api/v1/rooms/garden/messages";

struct Scene {
    app: TestApp,
    ada: Person,
    bob: Person,
    elsewhere: Elsewhere,
    secret: String,
}

/// A garden with two people and the command `/water`.
async fn scene() -> Scene {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "open").await;
    bob.submit("/r/garden", "join_room", &[("room", "garden")]).await;
    let made = Api::of(app.addr, "ada").await.post(COMMANDS, &new("/Water", &elsewhere.url)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json()["command"]["word"], "water");
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    Scene { app, ada, bob, elsewhere, secret }
}

fn new(word: &str, url: &str) -> Value {
    json!({ "word": word, "name": "Gnome", "url": url })
}

fn says(text: &str, response_type: &str) -> axum::response::Response {
    axum::Json(json!({ "text": text, "response_type": response_type })).into_response()
}

/// Until an answer about this send.
async fn answer(socket: &mut Socket, id: ClientId) -> ServerFrame {
    loop {
        match socket.receive().await {
            Received::Frame(frame) => match &frame {
                ServerFrame::Told { client_id, .. } | ServerFrame::Ack { client_id, .. } if *client_id == id => return frame,
                ServerFrame::Error { client_id: Some(client_id), .. } if *client_id == id => return frame,
                _ => {}
            },
            Received::Closed(code) => panic!("closed with {code}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_for_whoever_asked_alone() {
    let Scene { app, ada: _ada, bob: _bob, elsewhere, secret } = scene().await;
    elsewhere.answers(|_| Some(says("only for you", "ephemeral")));
    let (mut bob, mut ada) = (Program::at(app.addr).socket("bob").await, Program::at(app.addr).socket("ada").await);
    ada.send(&ClientFrame::Subscribe { room: RoomRef::from("garden".to_owned()), after: None, epoch: None }).await;
    ada.until(|frame| matches!(frame, ServerFrame::Subscribed { .. }).then_some(())).await;
    let id = ClientId::generate();
    bob.send(&message("garden", id, "/water the roses ")).await;
    let told = answer(&mut bob, id).await;
    assert!(matches!(&told, ServerFrame::Told { text, .. } if text == "only for you"), "{told:?}");
    let asked = elsewhere.asked(1).await.remove(0);
    assert!(asked.is_signed_by(&secret));
    let body = asked.json();
    assert_eq!((&body["type"], &body["command"], &body["text"]), (&json!("command"), &json!("/water"), &json!("the roses")));
    assert_eq!((&body["room"]["slug"], &body["author"]["username"]), (&json!("garden"), &json!("bob")));

    // What comes next in the room is the next message: of the command nothing is kept, and nobody else was told.
    let next = ClientId::generate();
    bob.send(&message("garden", next, "a rose")).await;
    loop {
        match ada.receive().await {
            Received::Frame(ServerFrame::Event(event)) => {
                let text = serde_json::to_string(&event).unwrap();
                assert!(text.contains("a rose"), "{text}");
                break;
            }
            Received::Frame(ServerFrame::Told { .. }) => panic!("ada was told"),
            Received::Frame(_) => {}
            Received::Closed(code) => panic!("closed with {code}"),
        }
    }
    let page = Api::of(app.addr, "ada").await.get(MESSAGES).await;
    page.assert_has_not("only for you");
    page.assert_has_not("/water");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_for_all_is_said_by_the_command_once() {
    let Scene { app, ada: _ada, bob: _bob, elsewhere, .. } = scene().await;
    elsewhere.answers(|_| Some(says("it rains", "in_channel")));
    let bob = Api::of(app.addr, "bob").await;
    let send = json!({ "client_id": ClientId::generate(), "body": "/WATER all" });
    for _ in 0..2 {
        let told = bob.post(MESSAGES, &send).await;
        assert_eq!((told.status, told.json()["told"].clone()), (StatusCode::OK, json!("")), "{}", told.text);
    }
    let page = bob.get(MESSAGES).await;
    assert_eq!(page.text.matches("it rains").count(), 1, "{}", page.text);
    page.assert_has("Gnome");
    page.assert_has_not("/WATER");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_looks_like_a_command_is_said() {
    let Scene { app, ada: _ada, bob: _bob, elsewhere, .. } = scene().await;
    let bob = Api::of(app.addr, "bob").await;
    let send = async |body: &str| bob.post(MESSAGES, &json!({ "client_id": ClientId::generate(), "body": body })).await;
    for body in ["/etc/hosts is a file", " /water", "//water", "// a remark", "water"] {
        assert_eq!(send(body).await.status, 201, "{body}");
    }
    send("/wine").await.assert_refused(ErrorCode::UnknownCommand);
    let page = bob.get(MESSAGES).await;
    page.assert_has("\"/water\"");
    page.assert_has_not("/wine");
    assert_eq!(elsewhere.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told_to_whoever_asked_with_their_text() {
    let Scene { app, ada: _ada, bob, elsewhere, .. } = scene().await;
    elsewhere.answers(|_| Some(StatusCode::BAD_GATEWAY.into_response()));
    let api = Api::of(app.addr, "bob").await;
    let failed = api.post(MESSAGES, &json!({ "client_id": ClientId::generate(), "body": "/water" })).await;
    failed.assert_refused(ErrorCode::CommandFailed);
    failed.assert_has("502");
    // Without a script it stands on the page, and so does what was typed.
    let page = bob.send("garden", &ClientId::generate().to_string(), "/water the roses").await;
    page.assert_has("status 502");
    page.assert_has("/water the roses</textarea>");
    let page = bob.send("garden", &ClientId::generate().to_string(), "/wine").await;
    page.assert_has("no command of this name");
    elsewhere.answers(|_| Some(says("for your eyes", "ephemeral")));
    let page = bob.send("garden", &ClientId::generate().to_string(), "/water").await;
    assert_eq!(page.status, 200);
    page.assert_has("Only you see this: for your eyes");
    bob.get("/r/garden").await.assert_has_not("for your eyes");
    api.get(MESSAGES).await.assert_has_not("/water");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_made_by_those_who_keep_order_there() {
    let Scene { app, ada, bob: _bob, elsewhere, .. } = scene().await;
    let (owner, member) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await);
    member.get(COMMANDS).await.assert_refused(ErrorCode::NotAllowed);
    member.post(COMMANDS, &new("wine", &elsewhere.url)).await.assert_refused(ErrorCode::NotAllowed);
    member.post("/api/v1/commands", &new("wine", &elsewhere.url)).await.assert_refused(ErrorCode::NotAllowed);
    Api::guest(app.addr).get(COMMANDS).await.assert_refused(ErrorCode::NotAuthenticated);
    for (word, url) in
        [("", "https://example.org/"), ("a/b", "https://example.org/"), ("wine", "http://10.0.0.1/"), ("water", &elsewhere.url)]
    {
        owner.post(COMMANDS, &new(word, url)).await.assert_refused(ErrorCode::Invalid);
    }
    // One of the house is there in all rooms, and gives way to the room's own.
    let cellar = Elsewhere::start().await;
    cellar.answers(|_| Some(says("from the cellar", "ephemeral")));
    let house = owner.post("/api/v1/commands", &new("water", &cellar.url)).await;
    assert_eq!(house.status, 201, "{}", house.text);
    ada.create_room("attic", "open").await;
    let ask = async |room: &str| {
        let send = json!({ "client_id": ClientId::generate(), "body": "/water" });
        owner.post(&format!("/api/v1/rooms/{room}/messages"), &send).await
    };
    assert_eq!(ask("attic").await.json()["told"], "from the cellar");
    elsewhere.answers(|_| Some(says("from the garden", "ephemeral")));
    assert_eq!(ask("garden").await.json()["told"], "from the garden");
    let own = owner.get(COMMANDS).await.json()["commands"][0]["id"].as_str().unwrap().to_owned();
    member.delete(&format!("{COMMANDS}/{own}")).await.assert_refused(ErrorCode::NotAllowed);
    assert_eq!(owner.delete(&format!("{COMMANDS}/{own}")).await.status, 204);
    assert_eq!(ask("garden").await.json()["told"], "from the cellar");
    let id = house.json()["command"]["id"].as_str().unwrap().to_owned();
    assert_eq!(owner.delete(&format!("/api/v1/commands/{id}")).await.status, 204);
    ask("garden").await.assert_refused(ErrorCode::UnknownCommand);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_make_them_too() {
    let Scene { app: _app, ada, bob, elsewhere, .. } = scene().await;
    ada.get("/r/garden/settings").await.assert_has("href=\"/r/garden/commands\"");
    for (page, slug) in [("/r/garden/commands", "garden"), ("/admin/commands", "")] {
        let make = async |who: &Person, word: &str| {
            let fields = [("word", word), ("name", "Gnome"), ("url", elsewhere.url.as_str())];
            Answer::to(who.request(reqwest::Method::POST, page).form(&fields)).await
        };
        let refused = make(&ada, "a/b").await;
        assert_eq!(refused.status, 422);
        refused.assert_has("begins with a letter");
        let made = make(&ada, "wine").await;
        assert_eq!(made.status, 200);
        made.assert_has("snug_whs_");
        let shown = ada.get(page).await;
        shown.assert_has("<code>/wine<");
        shown.assert_has_not("snug_whs_");
        assert_ne!(make(&bob, "beer").await.status, 200);
        assert_ne!(bob.get(page).await.status, 200);
        let id = shown.tag_with("name=\"command\"").split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(ada.submit(page, "delete_command", &[("room", slug), ("command", &id)]).await.leads_to(), page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_said_stays_when_it_goes_as_a_former_members() {
    let Scene { app, ada: _ada, bob, elsewhere, .. } = scene().await;
    elsewhere.answers(|_| Some(says("watered", "in_channel")));
    bob.send("garden", &ClientId::generate().to_string(), "/water").await;
    let api = Api::of(app.addr, "ada").await;
    let author = async || {
        let page = api.get(MESSAGES).await.json();
        let last = page["messages"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["body"], "watered");
        last["author"]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(author().await, "Gnome");
    let id = api.get(COMMANDS).await.json()["commands"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(api.delete(&format!("{COMMANDS}/{id}")).await.status, 204);
    assert_eq!(author().await, "Former member");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_write_are_offered_what_they_can_ask() {
    let Scene { app, ada, bob, elsewhere, .. } = scene().await;
    let owner = Api::of(app.addr, "ada").await;
    for (word, name) in [("water", "Cellar"), ("beer", "Cellar")] {
        let made = owner.post("/api/v1/commands", &json!({ "word": word, "name": name, "url": elsewhere.url })).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    ada.create_room("attic", "open").await;
    let offered = async |who: &Person, room: &str| {
        let request = who.request(reqwest::Method::POST, "/api/fn/complete_command").header("accept", "application/json");
        Answer::to(request.form(&[("room", room)])).await
    };
    // The room's own goes before one of the house with the same name.
    let garden = offered(&bob, "garden").await;
    assert_eq!(garden.json(), json!([{ "word": "beer", "name": "Cellar" }, { "word": "water", "name": "Gnome" }]));
    let attic = offered(&ada, "attic").await;
    assert_eq!(attic.json(), json!([{ "word": "beer", "name": "Cellar" }, { "word": "water", "name": "Cellar" }]));
    // Bob has not joined that one.
    let refused = offered(&bob, "attic").await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    refused.assert_has_not("Cellar");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_in_the_inbox_may_be_a_command() {
    let Scene { app, ada, bob, elsewhere, .. } = scene().await;
    ada.write("garden", "The roses, @bob?").await;
    let api = Api::of(app.addr, "bob").await;
    let called = async || api.get("/api/v1/me/inbox").await.json()["calls"][0].clone();
    let (call, id) = (called().await, ClientId::generate().to_string());
    let seq = call["message"]["seq"].to_string();
    let answer = async |body: &str| {
        let fields = [("room", "garden"), ("seq", seq.as_str()), ("client_id", id.as_str()), ("body", body)];
        Answer::to(bob.request(reqwest::Method::POST, "/inbox").form(&fields)).await
    };

    elsewhere.answers(|_| Some(says("for <your> eyes", "ephemeral")));
    let told = answer("/water the roses").await;
    assert_eq!(told.status, 200);
    told.assert_has("Only you see this: for &lt;your&gt; eyes");
    assert_eq!(elsewhere.asked(1).await[0].json()["text"], "the roses");
    bob.get("/inbox").await.assert_has_not("your");
    // A command is no answer to the message: it is as new as it was.
    assert_eq!(called().await, call);

    // What is refused stands there again, with its id, and is told as in the room.
    let refused = answer("/wine & <more>").await;
    assert_eq!(refused.status, bob.send("garden", &ClientId::generate().to_string(), "/wine").await.status);
    refused.assert_has("no command of this name");
    refused.assert_has("/wine &amp; &lt;more&gt;</textarea>");
    assert!(refused.tag_with("name=\"client_id\"").contains(&id));
    elsewhere.answers(|_| Some(StatusCode::BAD_GATEWAY.into_response()));
    answer("/water").await.assert_has("status 502");
    api.get(MESSAGES).await.assert_has_not("/w");

    elsewhere.answers(|_| Some(says("it rains", "in_channel")));
    assert_eq!(answer("/water").await.leads_to(), "/inbox?sent");
    assert_eq!(answer("In a minute").await.leads_to(), "/inbox?sent");
    let said = api.get(MESSAGES).await;
    said.assert_has("it rains");
    let last = said.json()["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["body"], &last["reply_to"]["seq"].to_string()), (&json!("In a minute"), &seq));
    assert_ne!(called().await, call);
}
