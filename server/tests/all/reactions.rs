//! Reactions, pins and bookmarks by forms, without JavaScript.

use reqwest::{Method, StatusCode, header::ACCEPT};

use crate::support::{
    TestApp,
    person::{Answer, Person},
};

/// Writes something, and gives its place.
async fn say(person: &Person, room: &str, body: &str) -> String {
    let answer = person.send(room, &protocol::ClientId::generate().to_string(), body).await;
    answer.leads_to().split("#m").nth(1).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_are_shown_with_counts_and_made_and_taken_back_by_forms() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    let seq = say(&ada, "lobby", "a rose").await;
    let seq = seq.as_str();
    let here = format!("/r/lobby/m/{seq}/reactions");
    let form = |emoji: &'static str, on: &'static str| vec![("room", "lobby"), ("seq", seq), ("emoji", emoji), ("on", on)];
    bob.get(&here).await.assert_has("Nobody has reacted yet.");
    assert_eq!(bob.submit(&here, "react", &form("👍", "true")).await.leads_to(), here);
    ada.submit(&here, "react", &form("👍", "true")).await;
    let page = bob.get(&here).await;
    page.assert_has("👍 2");
    page.assert_has("Take back 👍");
    page.assert_has("@ada");

    let room = bob.get("/r/lobby").await;
    assert!(room.tag_with("data-emoji=\"👍\"").contains("aria-pressed=\"true\""));
    let guest = app.stranger().get("/r/lobby").await;
    guest.assert_has("👍 2");
    assert!(
        guest.tag_with("data-emoji=\"👍\"").contains("aria-pressed=\"false\""),
        "the row is another one for each who reacted"
    );
    app.stranger().get(&here).await.assert_has_not("@ada");

    let refused = bob.submit(&here, "react", &form("rose", "true")).await;
    bob.get(refused.leads_to()).await.assert_has("This is no emoji that is known here.");
    bob.submit(&here, "react", &form("👍", "false")).await;
    bob.get("/r/lobby").await.assert_has("👍 1");

    let asked = bob.request(Method::POST, "/api/fn/who_reacted").header(ACCEPT, "application/json");
    let named = Answer::to(asked.form(&[("room", "lobby"), ("seq", seq), ("emoji", "👍")])).await;
    assert_eq!((named.status, named.text.as_str()), (StatusCode::OK, r#"{"names":["ada"],"more":0}"#));
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_and_bookmarks_are_lists_with_forms() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("kitchen", "public").await;
    let seq = say(&ada, "kitchen", "the kettle").await;
    let seq = seq.as_str();
    let form = |name: &'static str, on: &'static str| vec![("room", "kitchen"), ("seq", seq), (name, on)];
    ada.get("/r/kitchen").await.assert_has_not("/r/kitchen/pins\"");
    assert_eq!(ada.submit("/r/kitchen", "pin_message", &form("pinned", "true")).await.leads_to(), "/r/kitchen/pins");
    ada.get("/r/kitchen/pins").await.assert_has("Unpin");
    let pins = bob.get("/r/kitchen/pins").await;
    pins.assert_has("the kettle");
    pins.assert_has_not("Unpin");
    let room = bob.get("/r/kitchen").await;
    room.assert_has("1 pinned");
    room.assert_has("</svg>Pinned");

    assert_eq!(bob.submit("/r/kitchen", "bookmark", &form("on", "true")).await.leads_to(), "/bookmarks");
    bob.get("/bookmarks").await.assert_has("the kettle");
    bob.get("/r/kitchen").await.assert_has("</svg>Bookmarked");
    let forms = bob.get(&format!("/r/kitchen/m/{seq}/keep")).await;
    forms.assert_has("Remove bookmark");
    forms.assert_has_not("Unpin");
    ada.get(&format!("/r/kitchen/m/{seq}/keep")).await.assert_has("Unpin");
    ada.get("/r/kitchen").await.assert_has_not("</svg>Bookmarked");
    ada.get("/bookmarks").await.assert_has("Nothing here.");
    bob.submit("/bookmarks", "bookmark", &form("on", "false")).await;
    bob.get("/bookmarks").await.assert_has_not("the kettle");
}
