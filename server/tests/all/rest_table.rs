//! Who gets what at each operation of the API: all of them are asked, by everybody there is, and the statuses are those of `rest.table`.
//!
//! An operation that the handlers describe and [`OPERATIONS`] does not have makes the test fail, and so does one without a line in the table;
//! `SNUG_WRITE_DOCS=1` writes that anew.

use std::{collections::BTreeMap, fs, path::Path};

use chat::{
    Actor,
    accounts::{self, Registration},
    house::{self, By},
    messages::{self, Outgoing},
    rooms::{self, NewRoom},
    sessions,
};
use protocol::{Answers, ClientId, HouseRole, RoomRef, UserId};
use reqwest::Method;
use serde_json::Value;

use crate::support::{PASSWORD, TestApp, api::Api, person::Answer};

/// An operation, what is put into its address (`room={cellar}`, or `?q=a` behind it), and its body.
///
/// What stands in braces is made or found by [`World::thing`] for each asker: destructive operations take a fresh one.
type Operation = (&'static str, &'static str, &'static str);

/// Every operation, in the order in which they are asked.
const OPERATIONS: &[Operation] = &[
    ("token", "", r#"{"username":"{name}","password":"{password}"}"#),
    ("verify", "", ""),
    ("refresh", "", r#"{"refresh_token":"{refresh}"}"#),
    ("revoke", "", r#"{"refresh_token":"none"}"#),
    ("list", "", ""),
    ("page", "room={cellar}", ""),
    ("send", "room={cellar}", r#"{"client_id":"{new}","body":"Tea"}"#),
];

/// Everybody who asks, in the order of the table.
const ASKERS: [&str; 6] = ["guest", "admin", "stranger", "member", "bot", "owner"];

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
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        // The first account is the owner of the house.
        account(&app, "root").await;
        let mut askers = Vec::new();
        for name in ASKERS {
            askers.push(match name {
                "guest" => Asker { name, user: None, api: Api::guest(app.addr), refresh_token: String::new() },
                _ => account(&app, name).await,
            });
        }
        let world = Self { app, askers };
        house::set_role(&world.app.chat, By::CommandLine, world.user("admin"), HouseRole::Admin).await.unwrap();
        world.app.sql("UPDATE users SET bot = TRUE WHERE username = 'the_bot'").await;
        world
    }

    fn user(&self, name: &str) -> UserId {
        self.askers.iter().find(|asker| asker.name == name).and_then(|asker| asker.user).unwrap()
    }

    fn actor(&self, name: &str) -> Actor {
        Actor::User(self.user(name))
    }

    /// A private room of the owner with the member and the bot in it, and a message of the owner at place 4.
    async fn cellar(&self) -> RoomRef {
        let new = NewRoom { name: "Cellar", topic: "", visibility: "private", allow_duplicate: true };
        let room = RoomRef::from(rooms::create(&self.app.chat, self.actor("owner"), new).await.unwrap().id);
        for name in ["member", "bot"] {
            rooms::add(&self.app.chat, self.actor("owner"), &room, &username(name)).await.unwrap();
        }
        let (client_id, answers) = (ClientId::generate(), Answers::default());
        let message = Outgoing { room: room.clone(), client_id, body: "The recipe".to_owned(), answers, extra: None };
        messages::send(&self.app.chat, self.actor("owner"), message).await.unwrap();
        room
    }

    /// What stands in braces, for this asker.
    async fn thing(&self, asker: &Asker, name: &str) -> String {
        match name {
            "cellar" => String::from(self.cellar().await),
            "new" => ClientId::generate().to_string(),
            "name" => username(asker.user.map_or("root", |_| asker.name)),
            "password" => PASSWORD.to_owned(),
            // One that was used is good again until its successor is, so two may show it.
            "refresh" if asker.user.is_none() => self.askers[1].refresh_token.clone(),
            "refresh" => asker.refresh_token.clone(),
            other => panic!("there is no {{{other}}}"),
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

    async fn ask(&self, asker: &Asker, route: &Route, operation: &Operation) -> Answer {
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
        match operation.2 {
            "" => Answer::to(request).await,
            body => Answer::to(request.header("content-type", "application/json").body(self.fill(asker, body).await)).await,
        }
    }
}

/// Some of the bare words are names that nobody may have.
fn username(name: &str) -> String {
    ["the_", name].concat()
}

/// Somebody with an account and a session.
async fn account(app: &TestApp, name: &'static str) -> Asker {
    let new = Registration { username: &username(name), display_name: "", password: PASSWORD };
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
    let mut table = line("# operation", &ASKERS);
    for operation in OPERATIONS {
        let (id, ..) = operation;
        let route = routes.get(*id).unwrap_or_else(|| panic!("there is no operation {id}"));
        let mut statuses = Vec::new();
        for asker in &world.askers {
            let answer = world.ask(asker, route, operation).await;
            let status = answer.status.as_u16();
            assert!(
                status < 500 && ![400, 405, 415, 422, 429].contains(&status),
                "{id}, {}: {status} {}",
                asker.name,
                answer.text
            );
            statuses.push(status);
        }
        assert!(statuses.iter().any(|status| *status < 400), "{id} is done for nobody: {statuses:?}");
        table.push_str(&line(id, &statuses));
    }

    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/rest.table");
    if std::env::var_os("SNUG_WRITE_DOCS").is_some() {
        fs::write(&kept, &table).unwrap();
    }
    let said = fs::read_to_string(&kept).unwrap_or_default();
    for (now, said) in table.lines().zip(said.lines()) {
        assert_eq!(now, said, "rest.table is old: SNUG_WRITE_DOCS=1 cargo test --package server --test all rest_table");
    }
    assert_eq!(table.lines().count(), said.lines().count(), "rest.table has lines of no operation, or lacks some");
}
