//! `snug send` and `snug tail`: clients for cron jobs and scripts.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    thread,
};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::{
    PATIENCE, TestApp,
    api::Api,
    binary::{Binary, output, snug},
};

async fn token(addr: SocketAddr) -> String {
    let new = json!({ "name": "cron", "scopes": ["read", "write"] });
    let made = Api::of(addr, "ada").await.post("/api/v1/me/tokens", &new).await;
    made.json()["token"].as_str().unwrap().to_owned()
}

fn client(addr: SocketAddr, token: &str, arguments: &[&str]) -> Command {
    let mut command = snug(arguments);
    command.env("SNUG_URL", format!("http://{addr}")).env("SNUG_TOKEN", token);
    command
}

/// A command that runs, and the lines that it prints.
struct Tail {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Tail {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (sender, lines) = mpsc::unbounded_channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    async fn line(&mut self) -> String {
        tokio::time::timeout(PATIENCE, self.lines.recv()).await.expect("nothing came").unwrap()
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_printed_as_it_comes() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.write("lobby", "before").await;
    let token = token(app.addr).await;
    let mut tail = Tail::start(client(app.addr, &token, &["tail", "lobby"]));
    assert!(tail.line().await.ends_with(" @ada: before"));
    let sent = output(&mut client(app.addr, &token, &["send", "lobby", "the **backup** is done"]));
    assert!(sent.status.success() && sent.stdout.is_empty() && sent.stderr.is_empty(), "{sent:?}");
    assert!(tail.line().await.ends_with(" @ada: the **backup** is done"));

    // From standard input, as a pipe gives it.
    let mut piped = client(app.addr, &token, &["send", "/r/lobby"]).stdin(Stdio::piped()).spawn().unwrap();
    piped.stdin.take().unwrap().write_all(b"one\ntwo\n").unwrap();
    assert!(piped.wait().unwrap().success());
    assert!(tail.line().await.ends_with(" @ada: one"));
    assert_eq!(tail.line().await, "    two");

    let mut tail = Tail::start(client(app.addr, &token, &["tail", "lobby", "--lines", "1", "--json"]));
    let last: Value = serde_json::from_str(&tail.line().await).unwrap();
    assert_eq!((&last["body"], &last["author"]["username"]), (&json!("one\ntwo"), &json!("ada")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_the_server_was_gone_is_printed_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    // On a port of its own, which is free still when it comes back.
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, testkit::free_port()));
    let start = || {
        let mut command = snug(&["serve", "--data-dir"]);
        command.arg(folder.path()).arg("--addr").arg(addr.to_string());
        let log = folder.path().join("log");
        Binary::run(&mut command, File::create(&log).unwrap(), log)
    };
    let mut server = start();
    server.stranger().register("ada").await;
    let token = token(addr).await;
    let sent = output(&mut client(addr, &token, &["send", "lobby", "first"]));
    assert!(sent.status.success(), "{sent:?}");
    // It listens when this has come.
    let mut tail = Tail::start(client(addr, &token, &["tail", "lobby", "-n", "1"]));
    assert!(tail.line().await.ends_with(" @ada: first"));
    server.kill();
    let _again = start();
    let sent = output(&mut client(addr, &token, &["send", "lobby", "second"]));
    assert!(sent.status.success(), "{sent:?}");
    assert!(tail.line().await.ends_with(" @ada: second"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_in_one_line() {
    let app = TestApp::start().await;
    app.ada().await;
    let token = token(app.addr).await;
    let fault = |mut command: Command| {
        let outcome = output(&mut command);
        assert_eq!(outcome.status.code(), Some(1), "{outcome:?}");
        let text = String::from_utf8(outcome.stderr).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        text
    };
    let mut without = client(app.addr, &token, &["send", "lobby", "x"]);
    without.env_remove("SNUG_TOKEN");
    assert!(fault(without).contains("SNUG_TOKEN"));
    assert!(fault(client(app.addr, "snug_pat_wrong", &["send", "lobby", "x"])).contains("wrong or has ended"));
    for command in [["send", "nowhere", "x"].as_slice(), &["tail", "nowhere"]] {
        assert!(!fault(client(app.addr, &token, command)).is_empty());
    }
    assert!(!fault(client(app.addr, &token, &["send", "lobby", " "])).is_empty());
    let mut elsewhere = client(app.addr, &token, &["tail", "lobby"]);
    elsewhere.env("SNUG_URL", "ftp://example.org");
    assert!(fault(elsewhere).contains("SNUG_URL"));
}
