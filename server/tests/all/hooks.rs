//! Programs that post into a room as they post to Slack, and the events of GitHub and GitLab.

use std::{fs, path::PathBuf};

use aws_lc_rs::hmac;
use protocol::ErrorCode;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, api::Api, person::Answer};

/// A hook of a room, as whoever made it was told of it.
struct Hook {
    url: String,
    id: String,
    secret: String,
    client: Client,
}

impl Hook {
    async fn made_by(api: &Api, app: &TestApp, name: &str) -> Self {
        let answer = api.post("/api/v1/rooms/mill/hooks", &json!({ "name": name })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        Self::of(app, &answer.json())
    }

    fn of(app: &TestApp, told: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let url = format!("http://{}{}", app.addr, text(&told["path"]));
        Self {
            url,
            id: text(&told["hook"]["id"]),
            secret: text(&told["secret"]),
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn post(&self, body: &Value) -> Answer {
        Answer::to(self.client.post(&self.url).json(body)).await
    }

    /// An event of GitHub, signed with this secret.
    async fn github(&self, kind: &str, body: &str, secret: &str) -> Answer {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag: String = hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let request = self.client.post(format!("{}/github", self.url)).header("content-type", "application/json");
        let request = request.header("x-github-event", kind).header("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958");
        Answer::to(request.header("x-hub-signature-256", format!("sha256={tag}")).body(body.to_owned())).await
    }

    async fn gitlab(&self, body: &str, token: &str) -> Answer {
        let request = self.client.post(format!("{}/gitlab", self.url)).header("content-type", "application/json");
        Answer::to(request.header("x-gitlab-token", token).body(body.to_owned())).await
    }
}

/// The texts in its room.
async fn said(api: &Api) -> Vec<String> {
    let page = api.get("/api/v1/rooms/mill/messages").await.json();
    page["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap_or_default().to_owned()).collect()
}

fn assert_says(answer: &Answer, status: u16, word: &str) {
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (status, word));
}

/// The recorded bodies, by name: what is posted, and the message that it makes.
fn recorded() -> Vec<(String, String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/hooks/tests/bodies");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let message = fs::read_to_string(path.with_extension("md")).unwrap().trim_end().to_owned();
            found.push((name, fs::read_to_string(&path).unwrap(), message));
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_post_as_they_are() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("mill", "public").await;
    let api = Api::of(app.addr, "ada").await;
    let recorded = recorded();
    for (name, body, expected) in &recorded {
        // One for each, as it would be.
        let hook = Hook::made_by(&api, &app, &format!("The {name}")).await;
        let answer = match name.split_once('-') {
            Some(("github", kind)) => hook.github(kind, body, &hook.secret).await,
            Some(("gitlab", _)) => hook.gitlab(body, &hook.secret).await,
            _ => hook.post(&serde_json::from_str(body).unwrap()).await,
        };
        assert_says(&answer, 200, "ok");
        let last = said(&api).await.pop().unwrap();
        assert_eq!(last.replace('\u{2060}', ""), *expected, "{name}");
    }
    let page = ada.get("/r/mill").await;
    page.assert_has("The uptime-kuma");
    page.assert_has("<a href=\"https://grafana.example.org/alerting/list\"");
    page.assert_has("<strong>two disks</strong>");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answers_are_slacks() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("mill", "public").await;
    let api = Api::of(app.addr, "ada").await;
    let hook = Hook::made_by(&api, &app, "Tea").await;
    let at = async |path: &str, body: &str| {
        let url = format!("http://{}/hooks/{path}", app.addr);
        Answer::to(hook.client.post(url).header("content-type", "application/json").body(body.to_owned())).await
    };
    let (id, own) = (&hook.id, format!("{}/{}", hook.id, hook.secret));
    assert_says(&at(&own, r#"{"text":"Ready"}"#).await, 200, "ok");
    assert_says(&at(&format!("{id}/wrong"), r#"{"text":"x"}"#).await, 403, "invalid_token");
    assert_says(&at("01900000-0000-7000-8000-000000000003/x", r#"{"text":"x"}"#).await, 404, "no_service");
    assert_says(&at("tea/x", r#"{"text":"x"}"#).await, 404, "no_service");
    for wrong in ["", "text", "[]", "\"x\"", "{\"text\":\"\\ud800\"}"] {
        assert_says(&at(&own, wrong).await, 400, "invalid_payload");
    }
    assert_says(&at(&own, "{}").await, 400, "no_text");
    assert_says(&at(&own, &format!(r#"{{"text":"{}"}}"#, "x".repeat(1024 * 1024))).await, 413, "msg_too_long");
    assert_eq!(Answer::to(hook.client.get(&hook.url)).await.status, StatusCode::METHOD_NOT_ALLOWED);
    // As Slack took it first.
    let form = hook.client.post(&hook.url).form(&[("payload", r#"{"text":"By a form"}"#)]);
    assert_says(&Answer::to(form).await, 200, "ok");
    assert_says(&Answer::to(hook.client.post(&hook.url).form(&[("text", "x")])).await, 400, "invalid_payload");
    // What is too long for a message is cut.
    assert_says(&at(&own, &format!(r#"{{"text":"{}"}}"#, "x".repeat(20_000))).await, 200, "ok");
    let texts = said(&api).await;
    assert!(texts.last().unwrap().ends_with("x…"));
    assert_eq!(texts[texts.len() - 3..texts.len() - 1], ["Ready", "By a form"]);
    // Nobody writes in a room that is archived.
    ada.submit("/r/mill/settings", "archive_room", &[("room", "mill"), ("archived", "true")]).await.leads_to();
    assert_says(&at(&own, r#"{"text":"x"}"#).await, 410, "channel_is_archived");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_signed_and_come_once() {
    let app = TestApp::start().await;
    app.ada().await.create_room("mill", "public").await;
    let api = Api::of(app.addr, "ada").await;
    let hook = Hook::made_by(&api, &app, "Git").await;
    let ping = r#"{"zen":"Keep it simple.","repository":{"full_name":"mill/wheel","html_url":"https://github.test/mill/wheel"}}"#;
    assert_says(&hook.github("ping", ping, "another").await, 403, "invalid_token");
    let bare = hook.client.post(format!("{}/github", hook.url)).header("x-github-event", "ping").body(ping);
    assert_says(&Answer::to(bare).await, 403, "invalid_token");
    let before = said(&api).await.len();
    for _ in 0..2 {
        assert_says(&hook.github("ping", ping, &hook.secret).await, 200, "ok");
    }
    let texts = said(&api).await;
    assert_eq!(texts.len(), before + 1);
    assert_eq!(texts.last().unwrap(), "[mill/wheel](https://github.test/mill/wheel) is connected. Keep it simple.");
    // What nobody asked to hear of.
    assert_says(&hook.github("star", r#"{"action":"created"}"#, &hook.secret).await, 204, "");

    let issue = r#"{"object_kind":"issue","user":{"username":"ada"},"project":{"path_with_namespace":"mill/wheel","web_url":"https://g.test"},
        "object_attributes":{"iid":7,"title":"Leak","url":"https://g.test/7","action":"open"}}"#;
    assert_says(&hook.gitlab(issue, "another").await, 403, "invalid_token");
    assert_says(&hook.gitlab(issue, "").await, 403, "invalid_token");
    assert_says(&hook.gitlab(issue, &hook.secret).await, 200, "ok");
    assert_says(&hook.gitlab(r#"{"object_kind":"build"}"#, &hook.secret).await, 204, "");
    assert_eq!(
        said(&api).await.last().unwrap(),
        "**ada** opened issue [#7 Leak](https://g.test/7) in [mill/wheel](https://g.test)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_speaks_for_itself_and_calls_whom_it_may() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("mill", "public").await;
    bob.submit("/r/mill", "join_room", &[("room", "mill")]).await.leads_to();
    let (api, bob) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await);
    let hook = Hook::made_by(&api, &app, "Weather").await;
    let last =
        async || api.get("/api/v1/rooms/mill/messages").await.json()["messages"].as_array().unwrap().last().unwrap().clone();
    hook.post(&json!({ "text": "<!here> @room rain, @bob", "username": "ada" })).await;
    let message = last().await;
    assert_eq!(message["author"]["name"], "Weather");
    assert!(message["body"].as_str().unwrap().starts_with("**ada**\n@"), "{message}");
    // Bob is called by name, nobody by the room's.
    let mentions = message["mentions"].to_string();
    assert!(mentions.contains("bob") && !mentions.contains("room") && !mentions.contains("here"), "{mentions}");

    let path = format!("/api/v1/rooms/mill/hooks/{}", hook.id);
    let changed = api.patch(&path, &json!({ "calls_all": true, "name": "Storm" })).await.json();
    assert_eq!((&changed["calls_all"], &changed["account"]["name"]), (&json!(true), &json!("Storm")));
    hook.post(&json!({ "text": "@room hail" })).await;
    let message = last().await;
    assert!(message["mentions"].to_string().contains("room"), "{message}");
    assert_eq!(message["author"]["name"], "Storm");
    // Who only is in the room, or not even that, has no say in it.
    let eve = {
        app.person("eve").await;
        Api::of(app.addr, "eve").await
    };
    for (stranger, code) in [(&bob, ErrorCode::NotAllowed), (&eve, ErrorCode::NotAMember)] {
        stranger.get("/api/v1/rooms/mill/hooks").await.assert_refused(code);
        stranger.post("/api/v1/rooms/mill/hooks", &json!({ "name": "x" })).await.assert_refused(code);
        stranger.patch(&path, &json!({ "name": "x" })).await.assert_refused(code);
        stranger.post(&format!("{path}/renewal"), &json!({})).await.assert_refused(code);
        stranger.delete(&path).await.assert_refused(code);
    }
    Api::guest(app.addr).get("/api/v1/rooms/mill/hooks").await.assert_refused(ErrorCode::NotAuthenticated);
    api.patch(&path, &json!({ "name": " " })).await.assert_refused(ErrorCode::Invalid);
    let answer = api.post("/api/v1/rooms/mill/hooks", &json!({ "name": "x", "more": 1 })).await;
    answer.assert_refused(ErrorCode::BadRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_renewed_and_a_hook_removed() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("mill", "public").await;
    let api = Api::of(app.addr, "ada").await;
    let hook = Hook::made_by(&api, &app, "Tea").await;
    let path = format!("/api/v1/rooms/mill/hooks/{}", hook.id);
    assert_says(&hook.post(&json!({ "text": "One" })).await, 200, "ok");
    let renewed = Hook::of(&app, &api.post(&format!("{path}/renewal"), &json!({})).await.json());
    assert_says(&hook.post(&json!({ "text": "Two" })).await, 403, "invalid_token");
    assert_says(&renewed.post(&json!({ "text": "Three" })).await, 200, "ok");
    let listed = api.get("/api/v1/rooms/mill/hooks").await;
    assert!(!listed.text.contains(&renewed.secret), "{}", listed.text);
    assert_eq!(listed.json()["hooks"][0]["made_by"], "@ada");

    assert_eq!(api.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_says(&renewed.post(&json!({ "text": "Four" })).await, 404, "no_service");
    api.delete(&path).await.assert_refused(ErrorCode::NotFound);
    // What it wrote stays, as that of a former member.
    let page = api.get("/api/v1/rooms/mill/messages").await.json();
    let message = page["messages"].as_array().unwrap().iter().find(|message| message["body"] == "Three").unwrap().clone();
    assert_eq!(message["author"]["name"], "Former member");
    let log = ada.get("/admin/audit").await;
    for action in ["make hook", "change hook", "remove hook"] {
        log.assert_has(&format!("<strong>{action}<"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_makes_hooks_without_a_script_and_shows_an_address_once() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("mill", "public").await;
    bob.submit("/r/mill", "join_room", &[("room", "mill")]).await.leads_to();
    ada.get("/r/mill/settings").await.assert_has("/r/mill/hooks");
    let form = async |fields: &[(&str, &str)]| Answer::to(ada.request(Method::POST, "/r/mill/hooks").form(fields)).await;
    let made = form(&[("what", "make"), ("name", "Tea & more")]).await;
    assert_eq!(made.status, StatusCode::OK);
    assert_eq!(made.header("cache-control"), "no-store");
    let url = made.text.split("made-link\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let client = Client::builder().no_proxy().build().unwrap();
    let post = async |text: &str| Answer::to(client.post(&url).json(&json!({ "text": text }))).await;
    assert_says(&post("Ready").await, 200, "ok");
    let secret = url.rsplit('/').next().unwrap();
    let page = ada.get("/r/mill/hooks").await;
    page.assert_has("Tea &amp; more");
    page.assert_has_not(secret);
    let id = url.rsplit('/').nth(1).unwrap();
    assert_eq!(form(&[("what", "change"), ("id", id), ("name", "Coffee")]).await.leads_to(), "/r/mill/hooks");
    ada.get("/r/mill/hooks").await.assert_has("Coffee");
    let fault = form(&[("what", "change"), ("id", id), ("name", "")]).await;
    fault.assert_has("Coffee");
    let renewed = form(&[("what", "renew"), ("id", id)]).await;
    renewed.assert_has("made-link");
    assert_says(&post("Gone").await, 403, "invalid_token");
    // Others neither see nor change it.
    let stranger = Answer::to(bob.request(Method::POST, "/r/mill/hooks").form(&[("what", "remove"), ("id", id)])).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    assert_eq!(bob.get("/r/mill/hooks").await.status, StatusCode::FORBIDDEN);
    assert_eq!(form(&[("what", "remove"), ("id", id)]).await.leads_to(), "/r/mill/hooks");
    ada.get("/r/mill/hooks").await.assert_has("There is none yet.");
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_go_with_their_room() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let api = Api::of(app.addr, "ada").await;
    ada.create_room("mill", "open").await;
    ada.create_room("pond", "open").await;
    let made = api.post("/api/v1/rooms/mill/hooks", &json!({ "name": "Wheel" })).await.json();
    let hook = Hook::of(&app, &made);
    let new = json!({ "name": "Sail", "word": "grind", "url": "https://example.org/" });
    let command = api.post("/api/v1/rooms/mill/commands", &new).await.json();
    let new = json!({ "name": "Sack", "url": "https://example.org/" });
    let outgoing = api.post("/api/v1/rooms/mill/outgoing", &new).await.json();
    // Of another room it is none.
    api.delete(&format!("/api/v1/rooms/pond/hooks/{}", hook.id)).await.assert_refused(ErrorCode::NotFound);
    let accounts = [&made["hook"]["account"], &command["command"]["bot"], &outgoing["hook"]["bot"]];
    let pages = accounts.map(|account| format!("/admin/people/{}", account["username"].as_str().unwrap()));
    for (page, name) in pages.iter().zip(["Wheel", "Sail", "Sack"]) {
        ada.get(page).await.assert_has(name);
    }
    ada.submit("/r/mill/settings", "delete_room", &[("room", "mill"), ("confirm", "mill")]).await.leads_to();
    assert_says(&hook.post(&json!({ "text": "x" })).await, 404, "no_service");
    for page in &pages {
        assert_eq!(ada.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_belong_to_their_room_and_not_to_whoever_made_them() {
    let app = TestApp::start().await;
    let (_ada, bob) = (app.ada().await, app.bob().await);
    let (admin, maker) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await);
    bob.create_room("mill", "public").await;
    let made = maker.post("/api/v1/rooms/mill/hooks", &json!({ "name": "Wheel" })).await.json();
    let hook = Hook::of(&app, &made);
    let new = json!({ "name": "Sail", "word": "grind", "url": "https://example.org/" });
    let command = maker.post("/api/v1/rooms/mill/commands", &new).await.json();
    let new = json!({ "name": "Sack", "url": "https://example.org/" });
    let outgoing = maker.post("/api/v1/rooms/mill/outgoing", &new).await.json();

    // They are no bots that anybody has.
    assert_eq!(maker.get("/api/v1/bots").await.json()["bots"], json!([]));
    assert_eq!(admin.get("/api/v1/bots?all=true").await.json()["bots"], json!([]));
    for account in [&made["hook"]["account"], &command["command"]["bot"], &outgoing["hook"]["bot"]] {
        let path = format!("/api/v1/bots/{}", account["id"].as_str().unwrap());
        for api in [&maker, &admin] {
            api.get(&path).await.assert_refused(ErrorCode::NotFound);
            api.get(&format!("{path}/tokens")).await.assert_refused(ErrorCode::NotFound);
            let token = json!({ "name": "cron", "scopes": ["read"] });
            api.post(&format!("{path}/tokens"), &token).await.assert_refused(ErrorCode::NotFound);
            api.delete(&path).await.assert_refused(ErrorCode::NotFound);
        }
    }

    let id = app.id_of("bob").await.parse().unwrap();
    chat::house::delete(&app.chat, chat::house::By::CommandLine, id).await.unwrap();
    assert_says(&hook.post(&json!({ "text": "still here" })).await, 200, "ok");
    assert_eq!(said(&admin).await.last().unwrap(), "still here");
}
