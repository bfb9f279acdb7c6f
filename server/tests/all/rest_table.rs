//! Who gets what at each operation of the API: all of them are asked, by everybody there is, and the statuses are those of `rest.table`.
//!
//! An operation that the handlers describe and [`OPERATIONS`] does not have makes the test fail, and so does one without a line in the table;
//! `SNUG_WRITE_DOCS=1` writes that anew.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use chat::{
    Actor,
    accounts::{self, Registration},
    house::{self, By},
    rooms::{self, NewRoom},
    sessions,
};
use protocol::{ClientId, HouseRole, RoomRef, UserId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, api::Api, eventually};

/// An operation, what is put into its address (`room={cellar}`, or `?q=a` behind it), and its body.
///
/// What stands in braces is made or found by [`World::thing`] for each asker: destructive operations take a fresh one.
type Operation = (&'static str, &'static str, &'static str);

/// Every operation, in the order in which they are asked: those that end the accounts of the askers come last.
const OPERATIONS: &[Operation] = &[
    ("create_account", "", r#"{"username":"{fresh_name}","password":"{password}"}"#),
    ("create_token", "", r#"{"username":"{name}","password":"{password}"}"#),
    ("verify_token", "", ""),
    ("refresh_token", "", r#"{"refresh_token":"{refresh}"}"#),
    ("revoke_token", "", r#"{"refresh_token":"none"}"#),
    ("list_rooms", "", ""),
    ("create_room", "", r#"{"name":"Pantry","visibility":"private","allow_duplicate":true}"#),
    ("read_room", "room={cellar}", ""),
    ("change_room", "room={cellar}", r#"{"topic":"Tea"}"#),
    ("join_room", "room={garden}", ""),
    ("leave_room", "room={cellar}", ""),
    ("delete_room", "room={cellar}", ""),
    ("list_members", "room={cellar}", ""),
    ("add_member", "room={cellar}", r#"{"username":"the_admin"}"#),
    ("change_member", "room={cellar} user={other}", r#"{"role":"moderator"}"#),
    ("mute_member", "room={cellar} user={other}", r#"{"time":"day"}"#),
    ("unmute_member", "room={cellar} user={other}", ""),
    ("remove_member", "room={cellar} user={other}", ""),
    ("list_bans", "room={cellar}", ""),
    ("ban_user", "room={cellar}", r#"{"username":"the_other","time":"day"}"#),
    ("unban_user", "room={cellar} user={banned}", ""),
    ("list_messages", "room={cellar}", ""),
    ("send_message", "room={cellar}", r#"{"client_id":"{new}","body":"Tea"}"#),
    ("read_message", "message={message}", ""),
    ("edit_message", "message={message}", r#"{"body":"Tea"}"#),
    ("list_texts", "message={message}", ""),
    ("delete_message", "message={message}", ""),
    ("mark_read", "room={cellar}", r#"{"seq":{seq}}"#),
    ("mark_unread", "room={cellar}", r#"{"seq":{seq}}"#),
    ("list_pins", "room={cellar}", ""),
    ("pin_message", "message={message}", ""),
    ("unpin_message", "message={message}", ""),
    ("list_reactions", "message={message}", ""),
    ("add_reaction", "message={message} emoji=%F0%9F%91%8D", ""),
    ("remove_reaction", "message={message} emoji=%F0%9F%91%8D", ""),
    ("read_thread", "message={message}", ""),
    ("mark_thread_read", "message={message}", r#"{"seq":{reply}}"#),
    ("follow_thread", "message={message}", ""),
    ("unfollow_thread", "message={message}", ""),
    ("list_threads", "", ""),
    ("report_message", "message={message}", r#"{"reason":"Rude"}"#),
    ("list_reports", "room={cellar}", ""),
    ("close_report", "room={cellar} report={report}", ""),
    ("list_hooks", "room={cellar}", ""),
    ("create_hook", "room={cellar}", r#"{"name":"Gnome"}"#),
    ("change_hook", "room={cellar} hook={hook}", r#"{"name":"Elf"}"#),
    ("renew_hook", "room={cellar} hook={hook}", ""),
    ("remove_hook", "room={cellar} hook={hook}", ""),
    ("list_outgoing_hooks", "room={cellar}", ""),
    ("create_outgoing_hook", "room={cellar}", r#"{"name":"Gnome","url":"https://example.org/"}"#),
    ("change_outgoing_hook", "room={cellar} hook={outgoing}", r#"{"paused":true}"#),
    ("delete_outgoing_hook", "room={cellar} hook={outgoing}", ""),
    ("list_outgoing_deliveries", "room={cellar} hook={outgoing}", ""),
    ("resend_outgoing_delivery", "room={cellar} hook={outgoing} delivery={delivery}", ""),
    ("list_room_commands", "room={cellar}", ""),
    ("create_room_command", "room={cellar}", r#"{"word":"{fresh_name}","name":"Gnome","url":"https://example.org/"}"#),
    ("delete_room_command", "room={cellar} command={room_command}", ""),
    ("list_house_commands", "", ""),
    ("create_house_command", "", r#"{"word":"{fresh_name}","name":"Gnome","url":"https://example.org/"}"#),
    ("delete_house_command", "command={house_command}", ""),
    ("list_direct", "", ""),
    ("open_direct", "", r#"{"people":["the_other"]}"#),
    ("hide_direct", "room={direct}", ""),
    ("listen_to_events", "?room={cellar}", ""),
    ("send_frame", "", r#"{"frame":{"type":"send","room":"{cellar}","client_id":"{new}","body":"Tea"}}"#),
    ("list_invites", "?room={cellar}", ""),
    ("create_invite", "", r#"{"room":"{cellar}"}"#),
    ("revoke_invite", "invite={invite}", ""),
    ("show_invite", "code={code}", ""),
    ("accept_invite", "code={code}", ""),
    ("list_users", "", ""),
    ("read_user", "user=the_other", ""),
    ("list_bots", "", ""),
    ("create_bot", "", r#"{"username":"{fresh_name}"}"#),
    ("read_bot", "bot={bot}", ""),
    ("change_bot", "bot={bot}", r#"{"bio":"Tea"}"#),
    ("hand_bot_over", "bot={bot}", r#"{"username":"the_other"}"#),
    ("list_bot_rooms", "bot={bot}", ""),
    ("add_bot_to_room", "bot={bot} room={cellar}", ""),
    ("remove_bot_from_room", "bot={bot} room={bot_room}", ""),
    ("list_bot_tokens", "bot={bot}", ""),
    ("create_bot_token", "bot={bot}", r#"{"name":"It","scopes":["read"]}"#),
    ("revoke_bot_token", "bot={bot} token={bot_token}", ""),
    ("delete_bot", "bot={bot}", ""),
    ("send_announcement", "", r#"{"text":"Tea is ready"}"#),
    ("export_me", "", ""),
    ("read_me", "", ""),
    ("change_me", "", r#"{"bio":"Tea"}"#),
    ("list_my_alerts", "", ""),
    ("read_my_alert", "alert={alert}", ""),
    ("read_my_alerts", "", ""),
    ("dismiss_my_alert", "alert={alert}", ""),
    ("dismiss_my_alerts", "", ""),
    ("list_my_bookmarks", "", ""),
    ("bookmark_message", "message={message}", ""),
    ("forget_message", "message={message}", ""),
    ("list_my_inbox", "", ""),
    ("set_my_picture", "", ""),
    ("remove_my_picture", "", ""),
    ("read_my_room", "room={cellar}", ""),
    ("change_my_room", "room={cellar}", r#"{"starred":true}"#),
    ("list_my_sessions", "", ""),
    ("end_my_session", "session={my_session}", ""),
    ("list_my_tokens", "", ""),
    ("create_my_token", "", r#"{"name":"It","scopes":["read"]}"#),
    ("revoke_my_token", "token={my_token}", ""),
    ("read_my_unread", "", ""),
    ("read_all_my_rooms", "", ""),
    ("undo_read_all_my_rooms", "", ""),
    ("list_audit_log", "", ""),
    ("read_figures", "", ""),
    ("list_house_invites", "", ""),
    ("revoke_house_invite", "invite={house_invite}", ""),
    ("list_accounts", "", ""),
    ("read_account", "user=the_other", ""),
    ("change_account", "user=the_other", r#"{"role":"member"}"#),
    ("export_account", "user=the_other", ""),
    ("create_reset_link", "user=the_other", ""),
    ("suspend_account", "user=the_other", r#"{"reason":"Rude"}"#),
    ("restore_account", "user=the_other", ""),
    ("list_sessions", "", ""),
    ("end_session", "session={session}", ""),
    ("sign_account_out", "user=the_other", ""),
    ("delete_account", "user={somebody}", ""),
    ("list_house_reports", "", ""),
    ("close_house_report", "room={cellar} report={report}", ""),
    ("list_house_rooms", "", ""),
    ("read_house_room", "room={cellar}", ""),
    ("change_house_room", "room={cellar}", r#"{"archived":true}"#),
    ("delete_house_room", "room={cellar}", ""),
    ("send_system_message", "room={cellar}", r#"{"body":"Tea is ready"}"#),
    ("list_house_room_members", "room={cellar}", ""),
    ("make_room_owner", "room={cellar} user={other}", ""),
    ("take_room_owner", "room={cellar} user={second}", ""),
    ("read_settings", "", ""),
    ("change_settings", "", r#"{"name":"Snug"}"#),
    ("set_icon", "", ""),
    ("remove_icon", "", ""),
    ("end_my_other_sessions", "", ""),
    ("change_my_password", "", r#"{"current_password":"{password}","new_password":"{other_password}"}"#),
    ("delete_me", "", r#"{"password":"{other_password}"}"#),
];

/// Everybody who asks, in the order of the table: nobody, the owner of the house, an admin, then members of the house: one who is not in the
/// room, one who is, the bot of the room's owner, and that owner.
const ASKERS: [&str; 7] = ["guest", "house", "admin", "stranger", "member", "bot", "owner"];

/// What has nothing of this kind asks for one that is nowhere.
const NOTHING: &str = "01900000-0000-7000-8000-000000000003";

/// What is found anew for each asker.
const OWN: [&str; 10] =
    ["new", "fresh_name", "name", "password", "other_password", "refresh", "direct", "my_token", "alert", "my_session"];

/// Somebody who asks.
struct Asker {
    name: &'static str,
    /// Nobody's without an account.
    user: Option<UserId>,
    api: Api,
    refresh_token: String,
}

/// A house with all of them in it.
struct World {
    app: TestApp,
    askers: Vec<Asker>,
    /// Somebody who does not ask: to them things are done.
    other: Asker,
    /// What was made for the operation that is asked: what is in one address belongs together.
    things: Mutex<HashMap<String, String>>,
    /// How many names were made up.
    names: AtomicU32,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let mut askers = Vec::new();
        // The first account is the owner of the house.
        for name in ASKERS {
            match name {
                "guest" => askers.push(Asker { name, user: None, api: Api::guest(app.addr), refresh_token: "none".to_owned() }),
                "bot" => {}
                _ => askers.push(account(&app, name, &username(name)).await),
            }
        }
        let other = account(&app, "other", &username("other")).await;
        let settings = chat::Settings { members_make_bots: true, ..(*app.chat.settings()).clone() };
        house::change(&app.chat, By::CommandLine, settings).await.unwrap();
        let mut world = Self { app, askers, other, things: Mutex::default(), names: AtomicU32::default() };
        house::set_role(&world.app.chat, By::CommandLine, world.user("admin"), HouseRole::Admin).await.unwrap();

        let bot = made(world.api("owner"), Method::POST, "/api/v1/bots", json!({ "username": username("bot") })).await;
        let id = text(&bot["user"]["id"]);
        let wanted = json!({ "name": "It", "scopes": ["read", "write"] });
        let token = made(world.api("owner"), Method::POST, &format!("/api/v1/bots/{id}/tokens"), wanted).await;
        let api = Api::with(world.app.addr, &text(&token["token"]));
        let bot = Asker { name: "bot", user: Some(id.parse().unwrap()), api, refresh_token: "none".to_owned() };
        world.askers.insert(5, bot);
        assert!(world.askers.iter().map(|asker| asker.name).eq(ASKERS));
        world
    }

    fn asker(&self, name: &str) -> &Asker {
        self.askers.iter().find(|asker| asker.name == name).unwrap()
    }

    fn user(&self, name: &str) -> UserId {
        self.asker(name).user.unwrap()
    }

    fn api(&self, name: &str) -> &Api {
        &self.asker(name).api
    }

    /// What this asker makes by the API.
    async fn make(&self, by: &str, path: &str, body: Value) -> Value {
        made(self.api(by), Method::POST, path, body).await
    }

    /// A name that nobody has, without letters that look like others.
    fn fresh_name(&self) -> String {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let letter = |place: u32| char::from(b"abcdefghjkpqtxyz"[(number >> (4 * place) & 15) as usize]);
        (0..4).map(letter).collect::<String>() + "tree"
    }

    /// A room of the owner.
    async fn room(&self, visibility: &str) -> RoomRef {
        let new = NewRoom { name: "Cellar", topic: "", visibility, allow_duplicate: true };
        RoomRef::from(rooms::create(&self.app.chat, Actor::User(self.user("owner")), new).await.unwrap().id)
    }

    /// A private room of the owner with the member, the bot and the other in it.
    async fn cellar(&self) -> String {
        let room = self.room("private").await;
        for name in ["member", "bot", "other"] {
            rooms::add(&self.app.chat, Actor::User(self.user("owner")), &room, &username(name)).await.unwrap();
        }
        String::from(room)
    }

    /// What stands in braces, for this asker: one of each at an operation.
    async fn thing(&self, asker: &Asker, name: &str) -> String {
        let known = self.things.lock().unwrap().get(name).cloned();
        if let Some(known) = known {
            return known;
        }
        let thing = Box::pin(self.find(asker, name)).await;
        self.things.lock().unwrap().insert(name.to_owned(), thing.clone());
        thing
    }

    async fn find(&self, asker: &Asker, name: &str) -> String {
        let cellar = async |below: &str| format!("/api/v1/rooms/{}{below}", self.thing(asker, "cellar").await);
        let bot = async |below: &str| format!("/api/v1/bots/{}{below}", self.thing(asker, "bot").await);
        let command = || json!({ "word": self.fresh_name(), "name": "Gnome", "url": "https://example.org/" });
        match name {
            "new" => ClientId::generate().to_string(),
            "fresh_name" => self.fresh_name(),
            "name" => username(asker.user.map_or("house", |_| asker.name)),
            "password" => PASSWORD.to_owned(),
            "other_password" => [PASSWORD, " anew"].concat(),
            // One that was used is good again until its successor is, so two may show it.
            "refresh" if asker.user.is_none() => self.asker("house").refresh_token.clone(),
            "refresh" => asker.refresh_token.clone(),
            "other" => self.other.user.unwrap().to_string(),
            "somebody" => account(&self.app, "somebody", &self.fresh_name()).await.user.unwrap().to_string(),

            "cellar" => self.cellar().await,
            "garden" => String::from(self.room("open").await),
            // A message of the owner.
            "message" => {
                let kept = self.make("owner", &cellar("/messages").await, message(None)).await;
                self.things.lock().unwrap().insert("seq".to_owned(), kept["seq"].to_string());
                text(&kept["id"])
            }
            "seq" => self.make("owner", &cellar("/messages").await, message(None)).await["seq"].to_string(),
            "reply" => {
                self.thing(asker, "message").await;
                let root = self.thing(asker, "seq").await.parse().unwrap();
                self.make("owner", &cellar("/messages").await, message(Some(root))).await["seq"].to_string()
            }
            "report" => {
                let path = format!("/api/v1/messages/{}/report", self.thing(asker, "message").await);
                self.make("member", &path, json!({ "reason": "Rude" })).await;
                let reports = self.api("owner").get(&cellar("/reports").await).await.json();
                text(&reports["reports"][0]["id"])
            }
            "banned" => {
                self.make("owner", &cellar("/bans").await, json!({ "username": "the_other", "time": "day" })).await;
                self.thing(asker, "other").await
            }
            // The other as an owner too.
            "second" => {
                let other = self.thing(asker, "other").await;
                let path = cellar(&format!("/members/{other}")).await;
                made(self.api("owner"), Method::PATCH, &path, json!({ "role": "owner" })).await;
                other
            }
            "hook" => text(&self.make("owner", &cellar("/hooks").await, json!({ "name": "Gnome" })).await["hook"]["id"]),
            "outgoing" => {
                let new = json!({ "name": "Gnome", "url": "https://example.org/" });
                text(&self.make("owner", &cellar("/outgoing").await, new).await["hook"]["id"])
            }
            "delivery" => {
                let path = cellar(&format!("/outgoing/{}/deliveries", self.thing(asker, "outgoing").await)).await;
                self.make("member", &cellar("/messages").await, message(None)).await;
                eventually("something is on its way", async || {
                    let deliveries = self.api("owner").get(&path).await.json();
                    deliveries["deliveries"][0]["id"].as_str().map(str::to_owned)
                })
                .await
            }
            "room_command" => text(&self.make("owner", &cellar("/commands").await, command()).await["command"]["id"]),
            "house_command" => text(&self.make("house", "/api/v1/commands", command()).await["command"]["id"]),

            // Of the asker, or of the house where they can have none.
            "direct" => {
                let by = if ["guest", "bot"].contains(&asker.name) { "house" } else { asker.name };
                text(&self.make(by, "/api/v1/direct", json!({ "people": ["the_other"] })).await["id"])
            }
            "invite" | "code" => {
                let room = self.thing(asker, "cellar").await;
                let invite = self.make("owner", "/api/v1/invites", json!({ "room": room })).await;
                text(&invite[if name == "code" { "code" } else { "id" }])
            }
            "house_invite" => text(&self.make("house", "/api/v1/invites", json!({})).await["id"]),

            // Of the room's owner.
            "bot" => {
                let new = json!({ "username": self.fresh_name() });
                text(&self.make("owner", "/api/v1/bots", new).await["user"]["id"])
            }
            "bot_room" => {
                let room = self.thing(asker, "cellar").await;
                made(self.api("owner"), Method::PUT, &bot(&format!("/rooms/{room}")).await, json!({})).await;
                room
            }
            "bot_token" => {
                text(&self.make("owner", &bot("/tokens").await, json!({ "name": "It", "scopes": ["read"] })).await["id"])
            }

            "my_token" if ["guest", "bot"].contains(&asker.name) => NOTHING.to_owned(),
            "my_token" => {
                text(&self.make(asker.name, "/api/v1/me/tokens", json!({ "name": "It", "scopes": ["read"] })).await["id"])
            }
            "alert" => {
                let alerts = asker.api.get("/api/v1/me/alerts").await.json();
                alerts["alerts"][0]["id"].as_str().unwrap_or(NOTHING).to_owned()
            }
            "my_session" => {
                // `create_token` signed them in once more.
                let sessions = asker.api.get("/api/v1/me/sessions").await.json();
                let sessions = sessions["sessions"].as_array().cloned().unwrap_or_default();
                sessions.iter().find(|session| session["current"] == false).map_or(NOTHING.to_owned(), |one| text(&one["id"]))
            }
            "session" => {
                let name = self.fresh_name();
                account(&self.app, "somebody", &name).await;
                let sessions = self.api("house").get(&format!("/api/v1/admin/sessions?username={name}")).await.json();
                text(&sessions["sessions"][0]["id"])
            }
            unknown => panic!("there is no {{{unknown}}}"),
        }
    }

    /// A text with everything in braces filled in. Braces of JSON hold no name.
    async fn fill(&self, asker: &Asker, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let name = after
                .split_once('}')
                .filter(|(name, _)| !name.is_empty() && name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_'));
            rest = match name {
                Some((name, after)) => {
                    filled.push_str(&self.thing(asker, name).await);
                    after
                }
                None => {
                    filled.push('{');
                    after
                }
            };
        }
        filled + rest
    }

    /// Forgets what something was asked with. Nobody may have as many rooms and bots as are made here.
    async fn clear(&self) {
        let things = std::mem::take(&mut *self.things.lock().unwrap());
        for (name, below) in [("cellar", "rooms"), ("garden", "rooms"), ("bot", "bots")] {
            if let Some(id) = things.get(name) {
                self.api("owner").delete(&format!("/api/v1/{below}/{id}")).await;
            }
        }
    }

    /// Forgets what is the asker's own. What others have is as it was after a refusal, and the next one may ask with it.
    fn forget_own(&self) {
        self.things.lock().unwrap().retain(|name, _| !OWN.contains(&name.as_str()));
    }

    async fn ask(&self, asker: &Asker, route: &Route, operation: &Operation) -> (StatusCode, String) {
        self.forget_own();
        let address = self.fill(asker, operation.1).await;
        let (parameters, query) =
            address.split_once('?').map_or((address.as_str(), None), |(before, query)| (before, Some(query)));
        let mut path = route.path.clone();
        for (name, value) in parameters.split_whitespace().map(|parameter| parameter.split_once('=').unwrap()) {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        assert!(!path.contains('{'), "{}: {path} has a part that is not filled in", operation.0);
        let address = query.into_iter().fold(path, |path, query| path + "?" + query);
        let request = asker.api.request(route.method.clone(), &address);
        let request = match (operation.0, operation.2) {
            ("set_my_picture" | "set_icon", _) => {
                request.header("content-type", "image/png").body(&include_bytes!("support/red.png")[..])
            }
            (_, "") => request,
            (_, body) => request.header("content-type", "application/json").body(self.fill(asker, body).await),
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        // A stream does not end.
        let endless = response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
        (status, if endless { String::new() } else { response.text().await.unwrap() })
    }
}

/// Some of the bare words are names that nobody may have.
fn username(name: &str) -> String {
    ["the_", name].concat()
}

/// What is in an answer that has to be a good one.
async fn made(api: &Api, method: Method, path: &str, body: Value) -> Value {
    let answer = api.send(method, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
    if answer.text.is_empty() { Value::Null } else { answer.json() }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A message, in the thread of that one.
fn message(thread_of: Option<u64>) -> Value {
    json!({ "client_id": ClientId::generate(), "body": "The recipe", "thread_of": thread_of })
}

/// Somebody with an account and a session.
async fn account(app: &TestApp, name: &'static str, username: &str) -> Asker {
    let new = Registration { username, display_name: "", password: PASSWORD };
    let signed_in = accounts::register(&app.chat, new, std::net::IpAddr::from([127, 0, 0, 1])).await.unwrap();
    let token = sessions::grant(&app.chat, &signed_in.session).unwrap().access_token;
    let refresh_token = signed_in.refresh_token.as_str().to_owned();
    Asker { name, user: Some(signed_in.session.user.id), api: Api::with(app.addr, &token), refresh_token }
}

/// Where an operation is.
struct Route {
    method: Method,
    path: String,
}

/// All operations of the description by their ids.
fn described() -> BTreeMap<String, Route> {
    let description: Value = serde_json::from_str(&server::rest::description()).unwrap();
    let mut routes = BTreeMap::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no id")).to_owned();
            let method = method.to_uppercase().parse().unwrap();
            let before = routes.insert(id.clone(), Route { method, path: path.clone() });
            assert!(before.is_none(), "two operations are called {id}");
        }
    }
    routes
}

fn line(id: &str, statuses: &[impl ToString]) -> String {
    let statuses: String = statuses.iter().map(|status| format!(" {:>8}", status.to_string())).collect();
    format!("{id:<32}{statuses}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_what_the_table_says() {
    let routes = described();
    let known: Vec<_> = OPERATIONS.iter().map(|(id, ..)| *id).collect();
    let missing: Vec<_> = routes.keys().filter(|id| !known.contains(&id.as_str())).collect();
    assert!(missing.is_empty(), "these operations are asked by no test: {missing:?}");

    let world = World::new().await;
    let mut wrong = Vec::new();
    let mut table = line("# operation", &ASKERS);
    for operation in OPERATIONS {
        let (id, ..) = operation;
        let route = routes.get(*id).unwrap_or_else(|| panic!("there is no operation {id}"));
        let mut statuses = Vec::new();
        for asker in &world.askers {
            let (status, answer) = world.ask(asker, route, operation).await;
            let status = status.as_u16();
            if status >= 500 || [400, 405, 415, 422, 429].contains(&status) {
                wrong.push(format!("{id}, {}: {status} {answer}", asker.name));
            }
            if status < 400 && route.method != Method::GET {
                world.clear().await;
            }
            statuses.push(status);
        }
        world.clear().await;
        if statuses.iter().all(|status| *status >= 400) {
            wrong.push(format!("{id} is done for nobody: {statuses:?}"));
        }
        table.push_str(&line(id, &statuses));
    }

    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/rest.table");
    if std::env::var_os("SNUG_WRITE_DOCS").is_some() {
        fs::write(&kept, &table).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let said = fs::read_to_string(&kept).unwrap_or_default();
    for (now, said) in table.lines().zip(said.lines()) {
        assert_eq!(now, said, "rest.table is old: SNUG_WRITE_DOCS=1 cargo test --package server --test all rest_table");
    }
    assert_eq!(table.lines().count(), said.lines().count(), "rest.table has lines of no operation, or lacks some");
}
