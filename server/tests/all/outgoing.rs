//! Outgoing webhooks: what is said in a room goes to a program elsewhere.

use std::sync::{Arc, OnceLock};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use protocol::{ErrorCode, Field};
use serde_json::{Value, json};

use crate::support::{
    Person, TestApp,
    api::Api,
    binary::Binary,
    elsewhere::{Elsewhere, reachable},
    eventually,
};

const HOOKS: &str = "/api/v1/rooms/garden/outgoing";

/// A hook of the garden, and the API of ada, whose room that is.
struct Hook {
    ada: Api,
    id: String,
    secret: String,
}

impl Hook {
    async fn new(ada: Api, url: &str, words: &[&str]) -> Self {
        let made = ada.post(HOOKS, &json!({ "name": "Gnome", "url": url, "words": words })).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { ada, id: text(&made["hook"]["id"]), secret: text(&made["secret"]) }
    }

    fn path(&self, more: &str) -> String {
        format!("{HOOKS}/{}{more}", self.id)
    }

    async fn shown(&self) -> Value {
        self.ada.get(HOOKS).await.json()["hooks"][0].clone()
    }

    async fn deliveries(&self) -> Vec<Value> {
        self.ada.get(&self.path("/deliveries")).await.json()["deliveries"].as_array().unwrap().clone()
    }

    /// The last delivery, once it stands like this.
    async fn delivery(&self, state: &str, attempts: u64) -> Value {
        eventually(&format!("a delivery that is {state} after {attempts}"), async || {
            let first = self.deliveries().await.first().cloned()?;
            (first["state"] == state && first["attempts"] == attempts).then_some(first)
        })
        .await
    }
}

async fn garden(app: &TestApp) -> (Person, Person) {
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "open").await;
    bob.submit("/r/garden", "join_room", &[("room", "garden")]).await;
    (ada, bob)
}

async fn said(api: &Api) -> Vec<(String, String)> {
    let page = api.get("/api/v1/rooms/garden/messages").await.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let messages = page["messages"].as_array().unwrap_or_else(|| panic!("{page}")).iter();
    messages.map(|message| (text(&message["author"]["name"]), text(&message["body"]))).collect()
}

/// Time passes: what waits for its next try is due.
async fn later(app: &TestApp) {
    app.sql("UPDATE outgoing_deliveries SET next_at = 0").await;
    app.sql("UPDATE outgoing_hooks SET hold_until = 0, next_at = 0, held_until = 0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_goes_out_signed_and_what_comes_back_is_posted() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (_ada, bob) = garden(&app).await;
    bob.write("garden", "before there was a hook").await;
    let hook = Hook::new(Api::of(app.addr, "ada").await, &elsewhere.url, &[]).await;
    elsewhere.answers(|asked| {
        let text = format!("You said {}", asked.json()["message"]["text"].as_str().unwrap());
        Some(axum::Json(json!({ "text": text })).into_response())
    });

    bob.write("garden", "a *rose*").await;
    let asked = elsewhere.asked(1).await.remove(0);
    assert!(asked.is_signed_by(&hook.secret) && !asked.is_signed_by("another"), "{asked:?}");
    let body = asked.json();
    assert_eq!(body["message"]["text"], "a *rose*");
    assert_eq!(
        (&body["type"], &body["room"]["slug"], &body["author"]["username"]),
        (&json!("message"), &json!("garden"), &json!("bob"))
    );
    assert_eq!((&body["hook"], body["delivery"].as_str()), (&json!(hook.id), Some(asked.header("snug-delivery"))));

    let answer = ("Gnome".to_owned(), "You said a *rose*".to_owned());
    let delivery = hook.delivery("delivered", 1).await;
    assert_eq!((&delivery["status"], &delivery["id"]), (&json!(200), &body["delivery"]));
    assert_eq!(said(&hook.ada).await.last(), Some(&answer));

    // What the program says does not go to it.
    bob.write("garden", "a tulip").await;
    let asked = elsewhere.asked(2).await;
    assert_eq!((asked.len(), &asked[1].json()["message"]["text"]), (2, &json!("a tulip")));

    // Again by hand: it comes again, and what it answers stands there once.
    hook.delivery("delivered", 1).await;
    let id = delivery["id"].as_str().unwrap();
    assert_eq!(hook.ada.post(&hook.path(&format!("/deliveries/{id}/resend")), &json!({})).await.status, 204);
    assert_eq!(elsewhere.asked(3).await[2].header("snug-delivery"), id);
    eventually("it is delivered again", async || {
        hook.deliveries().await.iter().all(|delivery| delivery["state"] == "delivered").then_some(())
    })
    .await;
    assert_eq!(said(&hook.ada).await.iter().filter(|said| **said == answer).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_begins_with_a_word_goes_out_where_there_are_some() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (ada, _bob) = garden(&app).await;
    let hook = Hook::new(Api::of(app.addr, "ada").await, &elsewhere.url, &["deploy", "roll"]).await;
    for text in ["hello", "deployment", "please deploy", "Deploy: the mill", "roll"] {
        ada.write("garden", text).await;
    }
    let asked = elsewhere.asked(2).await;
    let words = asked.iter().map(|asked| (asked.json()["word"].clone(), asked.json()["message"]["text"].clone()));
    assert_eq!(words.collect::<Vec<_>>(), [(json!("deploy"), json!("Deploy: the mill")), (json!("roll"), json!("roll"))]);
    hook.delivery("delivered", 1).await;
    assert_eq!(hook.deliveries().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_tried_again_with_what_the_message_says_by_then() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (_ada, bob) = garden(&app).await;
    let hook = Hook::new(Api::of(app.addr, "ada").await, &elsewhere.url, &[]).await;
    elsewhere.answers(|_| Some(StatusCode::INTERNAL_SERVER_ERROR.into_response()));
    bob.write("garden", "a rose").await;
    let delivery = hook.delivery("waiting", 1).await;
    assert_eq!((&delivery["status"], &delivery["error"]), (&json!(500), &json!("answered 500")));
    assert!(hook.shown().await["failing_since"].is_i64());
    // A host that is ill is left alone, whatever is said meanwhile.
    bob.write("garden", "a tulip").await;
    eventually("both wait", async || (hook.shown().await["waiting"] == 2).then_some(())).await;
    assert_eq!(elsewhere.count(), 1);

    app.sql("UPDATE messages SET body = 'two roses' WHERE body = 'a rose'").await;
    elsewhere.answers(|_| Some(StatusCode::OK.into_response()));
    later(&app).await;
    let asked = elsewhere.asked(3).await;
    let again = asked.iter().skip(1).find(|again| again.header("snug-delivery") == asked[0].header("snug-delivery")).unwrap();
    assert_eq!(again.json()["message"]["text"], "two roses");
    eventually("nothing waits", async || (hook.shown().await["waiting"] == 0).then_some(())).await;
    assert_eq!(hook.shown().await.get("failing_since"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_goes_nowhere() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (_ada, bob) = garden(&app).await;
    let hook = Hook::new(Api::of(app.addr, "ada").await, &elsewhere.url, &[]).await;
    elsewhere.answers(|_| Some(StatusCode::BAD_GATEWAY.into_response()));
    bob.write("garden", "a secret").await;
    hook.delivery("waiting", 1).await;
    let seq = hook.deliveries().await[0]["seq"].to_string();
    bob.submit("/r/garden", "delete_message", &[("room", "garden"), ("seq", &seq)]).await;
    later(&app).await;
    eventually("it is forgotten", async || hook.deliveries().await.is_empty().then_some(())).await;
    assert_eq!(elsewhere.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_of_failures_it_rests_and_who_made_it_is_told() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (ada, bob) = garden(&app).await;
    let hook = Hook::new(Api::of(app.addr, "ada").await, &elsewhere.url, &[]).await;
    elsewhere.answers(|_| Some(StatusCode::NOT_FOUND.into_response()));
    bob.write("garden", "a rose").await;
    hook.delivery("waiting", 1).await;
    app.sql("UPDATE outgoing_hooks SET failing_since = 1").await;
    later(&app).await;
    hook.delivery("failed", 2).await;
    assert!(hook.shown().await["paused_at"].is_i64());
    ada.get("/alerts").await.assert_has("“Gnome” could not be delivered for a day");
    bob.write("garden", "nobody hears").await;

    elsewhere.answers(|_| Some(StatusCode::OK.into_response()));
    let on = hook.ada.patch(&hook.path(""), &json!({ "paused": false })).await;
    assert_eq!((on.status, on.json().get("paused_at")), (StatusCode::OK, None), "{}", on.text);
    bob.write("garden", "a tulip").await;
    hook.delivery("delivered", 1).await;
    let asked = elsewhere.asked(3).await;
    assert_eq!((asked.len(), &asked[2].json()["message"]["text"]), (3, &json!("a tulip")));
    // What failed is sent again by hand.
    let failed = hook.deliveries().await.pop().unwrap();
    let id = failed["id"].as_str().unwrap();
    assert_eq!(hook.ada.post(&hook.path(&format!("/deliveries/{id}/resend")), &json!({})).await.status, 204);
    assert_eq!(elsewhere.asked(4).await[3].json()["message"]["text"], "a rose");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_to_the_house_itself() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (_ada, bob) = garden(&app).await;
    let ada = Api::of(app.addr, "ada").await;
    for url in ["http://127.0.0.2/", "http://[::1]/", "http://10.0.0.1/", "https://169.254.169.254/", "ftp://example.org/", "no"]
    {
        let refused = ada.post(HOOKS, &json!({ "name": "Gnome", "url": url })).await;
        refused.assert_refused(ErrorCode::Invalid);
        assert_eq!(refused.error().fields[0].field, Field::Url, "{url}");
    }
    let hook = Hook::new(ada, &elsewhere.url, &[]).await;
    elsewhere.answers(|_| Some(Redirect::temporary("http://127.0.0.2/").into_response()));
    bob.write("garden", "a rose").await;
    assert_eq!(hook.delivery("waiting", 1).await["error"], "not an address in the open internet");
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_are_for_those_who_keep_order() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (ada, _bob) = garden(&app).await;
    let fields = [("name", "attic"), ("topic", ""), ("visibility", "private")];
    let attic = ada.submit("/rooms/new", "create_room", &fields).await.leads_to().replace("/r/", "/api/v1/rooms/") + "/outgoing";
    let url = format!("{}?token=sesame", elsewhere.url);
    let hook = Hook::new(Api::of(app.addr, "ada").await, &url, &[]).await;
    let bob = Api::of(app.addr, "bob").await;
    let new = json!({ "name": "Gnome", "url": elsewhere.url });
    let nothing = "00000000-0000-7000-8000-000000000000";
    let deliveries = hook.path("/deliveries");
    for (path, expected) in [(HOOKS, ErrorCode::NotAllowed), (&deliveries, ErrorCode::NotAllowed), (&attic, ErrorCode::NotFound)]
    {
        bob.get(path).await.assert_refused(expected);
    }
    bob.post(HOOKS, &new).await.assert_refused(ErrorCode::NotAllowed);
    bob.patch(&hook.path(""), &json!({ "paused": true })).await.assert_refused(ErrorCode::NotAllowed);
    bob.delete(&hook.path("")).await.assert_refused(ErrorCode::NotAllowed);
    bob.post(&hook.path(&format!("/deliveries/{nothing}/resend")), &json!({})).await.assert_refused(ErrorCode::NotAllowed);
    Api::guest(app.addr).get(HOOKS).await.assert_refused(ErrorCode::NotAuthenticated);
    // One of another room is not there.
    hook.ada.delete(&format!("{attic}/{}", hook.id)).await.assert_refused(ErrorCode::NotFound);
    hook.ada.post(&hook.path(&format!("/deliveries/{nothing}/resend")), &json!({})).await.assert_refused(ErrorCode::NotFound);

    assert_eq!(hook.ada.delete(&hook.path("")).await.status, 204);
    assert_eq!(hook.ada.get(HOOKS).await.json()["hooks"], json!([]));
    let log = ada.get("/admin/audit").await;
    log.assert_has("make outgoing webhook");
    log.assert_has("delete outgoing webhook");
    log.assert_has("to 127.0.0.1:");
    // Neither Snug's secret nor that of whoever is told.
    log.assert_has_not(&hook.secret);
    log.assert_has_not("sesame");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_makes_them_and_shows_what_became_of_deliveries() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (ada, bob) = garden(&app).await;
    ada.get("/r/garden/settings").await.assert_has("href=\"/r/garden/outgoing\"");
    let make = async |url: &str| {
        let fields = [("name", "Gnome"), ("url", url), ("words", "")];
        crate::support::person::Answer::to(ada.request(reqwest::Method::POST, "/r/garden/outgoing").form(&fields)).await
    };
    let refused = make("http://10.0.0.1/").await;
    assert_eq!(refused.status, 422);
    refused.assert_has("URL in the open internet");
    refused.assert_has("value=\"http://10.0.0.1/\"");
    let made = make(&elsewhere.url).await;
    assert_eq!(made.status, 200);
    made.assert_has("snug_whs_");
    let list = ada.get("/r/garden/outgoing").await;
    list.assert_has_not("snug_whs_");
    list.assert_has("Gnome");

    elsewhere.answers(|_| Some(StatusCode::IM_A_TEAPOT.into_response()));
    bob.write("garden", "a rose").await;
    let api = Api::of(app.addr, "ada").await;
    let id = api.get(HOOKS).await.json()["hooks"][0]["id"].as_str().unwrap().to_owned();
    let hook = Hook { ada: api, id, secret: String::new() };
    let delivery = hook.delivery("waiting", 1).await["id"].as_str().unwrap().to_owned();
    let shown = format!("/r/garden/outgoing?hook={}", hook.id);
    ada.get(&shown).await.assert_has("answered 418");
    elsewhere.answers(|_| Some(StatusCode::OK.into_response()));
    let fields = [("room", "garden"), ("hook", hook.id.as_str()), ("delivery", delivery.as_str())];
    assert_eq!(ada.submit(&shown, "resend_delivery", &fields).await.leads_to(), shown);
    hook.delivery("delivered", 1).await;
    let fields = [("room", "garden"), ("hook", hook.id.as_str()), ("paused", "true")];
    ada.submit("/r/garden/outgoing", "pause_outgoing", &fields).await;
    ada.get("/r/garden/outgoing").await.assert_has("rests since");
    ada.submit("/r/garden/outgoing", "delete_outgoing", &fields[..2]).await;
    ada.get("/r/garden/outgoing").await.assert_has("goes nowhere yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_a_delivery_loses_nothing() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), Elsewhere::start().await);
    let settings = [("SNUG_OUTBOUND_ALLOW", "127.0.0.1")];
    let mut server = Binary::start(folder.path(), &settings);
    let ada = server.stranger();
    ada.register("ada").await;
    ada.create_room("garden", "open").await;
    Hook::new(Api::of(server.addr, "ada").await, &elsewhere.url, &[]).await;
    // It never answers, so the process is killed while it waits.
    elsewhere.answers(|_| None);
    ada.write("garden", "a rose").await;
    let first = elsewhere.asked(1).await.remove(0);
    server.kill();
    elsewhere.answers(|_| Some(StatusCode::OK.into_response()));
    let _server = Binary::start(folder.path(), &settings);
    let again = elsewhere.asked(2).await.remove(1);
    assert_eq!(
        (again.header("snug-delivery"), again.json()["message"]["text"].as_str()),
        (first.header("snug-delivery"), Some("a rose"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_said_stays_when_it_goes_as_a_former_members() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (_ada, bob) = garden(&app).await;
    let hook = Hook::new(Api::of(app.addr, "ada").await, &elsewhere.url, &[]).await;
    elsewhere.answers(|_| Some(axum::Json(json!({ "text": "Hello" })).into_response()));
    bob.write("garden", "a rose").await;
    hook.delivery("delivered", 1).await;
    assert_eq!(said(&hook.ada).await.last(), Some(&("Gnome".to_owned(), "Hello".to_owned())));
    assert_eq!(hook.ada.delete(&hook.path("")).await.status, 204);
    assert_eq!(said(&hook.ada).await.last(), Some(&("Former member".to_owned(), "Hello".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_calls_nobody_who_is_not_named() {
    let (app, elsewhere) = (TestApp::builder().limits(reachable()).start().await, Elsewhere::start().await);
    let (_ada, bob) = garden(&app).await;
    let hook = Hook::new(Api::of(app.addr, "ada").await, &elsewhere.url, &[]).await;
    elsewhere.answers(|_| Some(axum::Json(json!({ "text": "@room and @bob" })).into_response()));
    bob.write("garden", "who is called?").await;
    hook.delivery("delivered", 1).await;
    let inbox = async |name: &str| Api::of(app.addr, name).await.get("/api/v1/me/inbox").await.text;
    eventually("who is named sees it", async || inbox("bob").await.contains("@room and").then_some(())).await;
    let all = inbox("ada").await;
    assert!(!all.contains("@room and"), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_take_turns_so_that_long_queues_hold_up_no_other() {
    const MANY: usize = 40;
    let app = TestApp::builder().limits(reachable()).start().await;
    let (busy, other) = (Elsewhere::start().await, Elsewhere::start().await);
    let came_first = Arc::new(OnceLock::new());
    let (counted, first) = (busy.clone(), came_first.clone());
    other.answers(move |_| {
        first.get_or_init(|| counted.count());
        Some(StatusCode::NO_CONTENT.into_response())
    });
    let ada = app.ada().await;
    let api = Api::of(app.addr, "ada").await;
    // As many as are worked for at once, and one more.
    for (room, program, hooks) in [("garden", &busy, 8), ("orchard", &busy, 8), ("shed", &other, 1)] {
        ada.create_room(room, "open").await;
        for _ in 0..hooks {
            let hook = json!({ "name": room, "url": program.url, "words": [] });
            assert_eq!(api.post(&format!("/api/v1/rooms/{room}/outgoing"), &hook).await.status, 201);
        }
    }
    app.sql("UPDATE outgoing_hooks SET held_until = 9000000000000").await;
    for number in 0..MANY {
        ada.write("garden", &format!("rose {number}")).await;
        ada.write("orchard", &format!("plum {number}")).await;
    }
    ada.write("shed", "a rake").await;
    app.sql(&format!("UPDATE outgoing_hooks SET held_until = CASE WHEN url = '{}' THEN 1 ELSE 0 END", other.url)).await;
    other.asked(1).await;
    assert!(came_first.get().is_some_and(|count| *count < 16 * MANY * 3 / 4), "{came_first:?} deliveries came first");
    busy.asked(16 * MANY).await;
}
