//! `snug user`, `room`, `invite` and `announce`, beside a server and without one.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Output, Stdio},
};

use protocol::{ClientFrame, ErrorCode, ServerFrame};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    binary::{Binary, snug},
    person::{PASSWORD, Person, Program},
    socket::room,
};

/// Runs a command on a data folder, with this on its standard input.
fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = snug(arguments);
    command.arg("--data-dir").arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let outcome = run(folder, arguments, "");
    assert!(outcome.status.success(), "{outcome:?}");
    String::from_utf8(outcome.stdout).unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(folder, &[arguments, &["--json"]].concat())).unwrap()
}

fn refused(folder: &Path, arguments: &[&str], code: i32) -> String {
    let outcome = run(folder, arguments, "");
    assert_eq!(outcome.status.code(), Some(code), "{outcome:?}");
    let error = String::from_utf8(outcome.stderr).unwrap();
    error.lines().last().unwrap_or_default().to_owned()
}

fn add(folder: &Path, username: &str, more: &[&str]) {
    let outcome = run(folder, &[&["user", "add", username], more].concat(), &format!("{PASSWORD}\n"));
    assert!(outcome.status.success(), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_a_command_makes_signs_in_to_a_server_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[]);
    add(folder.path(), "ada", &["--role", "owner"]);
    let tokens = Program::at(server.addr).sign_in("ada").await;
    assert_eq!(tokens.user.username, "ada");
    let file = folder.path().join("password");
    fs::write(&file, format!("{PASSWORD}\nnot this\n")).unwrap();
    done(folder.path(), &["user", "add", "bob", "--password-file", file.to_str().unwrap()]);
    let mut bob = Program::at(server.addr).socket("bob").await;
    bob.say("lobby", "hello").await;

    // The server notices what a command does to somebody who is connected.
    done(folder.path(), &["user", "suspend", "bob", "--reason", "tea"]);
    bob.closed().await;
    let answer = Program::at(server.addr).auth("token", json!({ "username": "bob", "password": PASSWORD })).await;
    answer.assert_refused(ErrorCode::Suspended);
    assert!(answer.text.contains("The reason: tea"), "{}", answer.text);
    done(folder.path(), &["user", "suspend", "bob", "--lift"]);
    Program::at(server.addr).sign_in("bob").await;
}

#[test]
fn people_are_listed_shown_and_changed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // The first account is the owner, whatever was said.
    add(folder, "ada", &["--name", "Ada L"]);
    add(folder, "bob", &[]);
    let all = json(folder, &["user", "list"]);
    let names: Vec<_> = all.as_array().unwrap().iter().map(|user| (&user["username"], &user["role"])).collect();
    assert_eq!(names, [(&json!("ada"), &json!("owner")), (&json!("bob"), &json!("member"))]);
    done(folder, &["user", "role", "bob", "admin"]);
    assert_eq!(json(folder, &["user", "show", "bob"])["role"], "admin");
    assert!(done(folder, &["user", "list", "--role", "admin"]).starts_with("bob"));
    assert_eq!(refused(folder, &["user", "role", "ada", "member"], 1), format!("snug: {}", ErrorCode::LastOwner.message()));
    assert_eq!(refused(folder, &["user", "show", "eve"], 1), format!("snug: {}", ErrorCode::NotFound.message()));
    assert!(refused(folder, &["user", "add", "bob"], 1).contains("Password"));
    refused(folder, &["user", "role", "bob", "king"], 2);
    refused(folder, &["user", "add", "eve", "--password", PASSWORD], 2);
    refused(folder, &["user", "delete", "bob"], 2);
    assert!(json(folder, &["user", "reset-password", "bob", "--link"])["path"].as_str().unwrap().starts_with("/reset/"));
    done(folder, &["user", "delete", "bob", "--yes"]);
    assert_eq!(json(folder, &["user", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn rooms_and_invites_are_made_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    add(folder, "ada", &[]);
    let room = json(folder, &["room", "add", "The Garden", "--owner", "ada"]);
    assert_eq!((&room["slug"], &room["visibility"]), (&json!("the-garden"), &json!("open")));
    assert_eq!(json(folder, &["room", "list"]).as_array().unwrap().len(), 2);
    assert_eq!(json(folder, &["room", "show", "the-garden"])["owners"], json!(["ada"]));
    assert_eq!(json(folder, &["room", "members", "lobby"]), json!([{ "username": "ada", "role": "member" }]));
    refused(folder, &["room", "show", "nowhere"], 1);

    let invite = json(folder, &["invite", "add", "--room", "the-garden", "--uses", "3", "--days", "2"]);
    let code = invite["code"].as_str().unwrap();
    assert!(done(folder, &["invite", "list"]).starts_with(code));
    done(folder, &["invite", "revoke", code]);
    assert_eq!(json(folder, &["invite", "list"]), json!([]));
    refused(folder, &["invite", "revoke", code], 1);
    assert_eq!(json(folder, &["announce", "Tea is ready"]), json!({ "told": 1 }));
    assert!(refused(folder, &["announce", " "], 1).contains("missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_does_to_a_room_a_server_notices() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[]);
    let folder = folder.path();
    add(folder, "ada", &[]);
    add(folder, "bob", &[]);
    let made = json(folder, &["room", "add", "Cellar", "--owner", "ada", "--visibility", "private"]);
    let slug = made["slug"].as_str().unwrap();
    let mut bob = Program::at(server.addr).socket("bob").await;
    let subscribe = ClientFrame::Subscribe { room: room(slug), after: None, epoch: None };
    bob.send(&subscribe).await;
    assert!(matches!(bob.frame().await, ServerFrame::Error { .. }));

    done(folder, &["room", "add-member", slug, "bob"]);
    let told = bob.frame().await;
    assert!(matches!(told, ServerFrame::Alert { .. } | ServerFrame::AlertsChanged { .. }), "{told:?}");
    bob.send(&subscribe).await;
    while !matches!(bob.frame().await, ServerFrame::Subscribed { .. }) {}
    // Who is there already gets the role.
    assert_eq!(json(folder, &["room", "add-member", slug, "@bob", "--role", "owner"]), json!({ "done": true }));
    assert_eq!(json(folder, &["room", "show", slug])["owners"], json!(["ada", "bob"]));
    done(folder, &["room", "add-member", slug, "bob", "--role", "moderator"]);
    let last = refused(folder, &["room", "remove-member", slug, "ada"], 1);
    assert_eq!(last, format!("snug: {}", ErrorCode::LastOwner.message()));
    assert_eq!(json(folder, &["room", "remove-member", slug, "bob"]), json!({ "done": true }));
    // That the room was archived ends the subscriptions of a private one too, for members to ask again.
    loop {
        match bob.frame().await {
            ServerFrame::Unsubscribed { again: true, .. } => bob.send(&subscribe).await,
            ServerFrame::Unsubscribed { again: false, .. } | ServerFrame::Error { .. } => break,
            _ => {}
        }
    }
    bob.send(&subscribe).await;
    while !matches!(bob.frame().await, ServerFrame::Error { .. }) {}

    assert!(done(folder, &["room", "say", slug, "We move on Friday."]).contains(&format!("/r/{slug}/m/")));
    done(folder, &["room", "archive", slug]);
    assert_eq!(json(folder, &["room", "show", slug])["archived"], true);
    done(folder, &["room", "unarchive", slug]);
    assert_eq!(json(folder, &["room", "show", slug])["archived"], false);
    for (arguments, code) in [
        (&["room", "archive", "nowhere"][..], 1),
        (&["room", "say", slug, " "], 1),
        (&["room", "add-member", slug, "eve"], 1),
        (&["room", "add-member", slug, "bob", "--role", "king"], 2),
        (&["room", "remove-member", slug], 2),
        (&["room", "delete", slug], 2),
    ] {
        refused(folder, arguments, code);
    }
    assert_eq!(json(folder, &["room", "delete", slug, "--yes"]), json!({ "done": true }));
    refused(folder, &["room", "show", slug], 1);
    assert_eq!(json(folder, &["room", "list"]).as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_others_reach_a_new_server_the_first_account_takes_the_link_that_it_prints() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = snug(&["serve", "--addr", "0.0.0.0:0", "--data-dir"]);
    command.arg(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = command.spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
    let ready = lines.next().unwrap();
    let addr = ready.rsplit_once("http://").unwrap().1.parse().unwrap();
    let link = lines.next().unwrap();
    let page = link.rsplit_once(&format!("http://{addr}")).unwrap().1.to_owned();

    let eve = Person::at(addr);
    let fields = [("username", "eve"), ("password", PASSWORD)];
    let refusal = eve.submit("/register", "register", &fields).await;
    assert!(refusal.leads_to().contains("__err"), "{}", refusal.leads_to());
    let ada = Person::at(addr);
    let shown = ada.get(&page).await;
    assert_eq!(shown.status, StatusCode::OK);
    let first = page.rsplit_once('=').unwrap().1;
    let fields = [("username", "ada"), ("password", PASSWORD), ("first", first)];
    let entered = ada.submit(&page, "register", &fields).await;
    assert_eq!(ada.entered(&entered).await, "/welcome");
    assert_eq!(json(folder.path(), &["user", "show", "ada"])["role"], "owner");
    eve.register("eve").await;
    server.kill().unwrap();
    server.wait().unwrap();
}
