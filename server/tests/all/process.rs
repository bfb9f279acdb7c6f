//! The process from start to end: killed, stopped, and what it writes to the log. Always on its SQLite file, as it comes; the same on
//! PostgreSQL is in the tests under faults.

use std::{collections::HashMap, fs::File, path::Path};

use protocol::{ClientFrame, ClientId, CloseCode, ServerFrame};
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::sqlite_url;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    PASSWORD, PATIENCE, Received, Socket,
    audit::Audit,
    binary::{Binary, snug},
    person::Program,
    socket::{Ack, message, request, with_token},
};

/// Somebody who sends as fast as they can, until the server goes.
struct Sender {
    socket: Socket,
    sent: Vec<ClientId>,
    acks: Vec<Ack>,
    close: u16,
}

impl Sender {
    async fn new(server: &Binary, username: &str) -> Self {
        let token = Program::at(server.addr).sign_in(username).await.access_token;
        Self { socket: Socket::open(server.addr, &token).await, sent: Vec::new(), acks: Vec::new(), close: 0 }
    }

    /// Keeps a few sends in flight; tells by `acknowledged` how far it got.
    async fn run(mut self, acknowledged: tokio::sync::mpsc::UnboundedSender<()>) -> Self {
        for _ in 0..8 {
            self.send().await;
        }
        loop {
            match self.socket.receive().await {
                Received::Frame(ServerFrame::Ack { client_id, message, seq, .. }) => {
                    self.acks.push(Ack { client_id, message, seq });
                    // Nobody counts any longer after the end of the server.
                    let _ = acknowledged.send(());
                    self.send().await;
                }
                Received::Frame(_) => {}
                Received::Closed(code) => {
                    self.close = code;
                    return self;
                }
            }
        }
    }

    async fn send(&mut self) {
        let id = ClientId::generate();
        self.sent.push(id);
        // The server may be gone by now; then the close comes next.
        self.socket.try_send(&message("lobby", id, &body(id))).await;
    }
}

fn body(id: ClientId) -> String {
    format!("message {id}")
}

async fn server_with_people(folder: &Path, settings: &[(&str, &str)]) -> Binary {
    let server = Binary::start(folder, settings);
    for name in ["ada", "bob", "carol"] {
        server.stranger().register(name).await;
    }
    server
}

/// Lets three people send, ends the server in the middle of it, and returns what they know.
async fn interrupt(server: &mut Binary, end: impl FnOnce(&mut Binary)) -> Vec<Sender> {
    let (acknowledged, mut counted) = tokio::sync::mpsc::unbounded_channel();
    let mut senders = Vec::new();
    for name in ["ada", "bob", "carol"] {
        senders.push(tokio::spawn(Sender::new(server, name).await.run(acknowledged.clone())));
    }
    for _ in 0..200 {
        counted.recv().await.unwrap();
    }
    end(server);
    let mut done = Vec::new();
    for sender in senders {
        done.push(sender.await.unwrap());
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_and_doubles_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = server_with_people(folder.path(), &[]).await;
    let senders = interrupt(&mut server, Binary::kill).await;
    let acks: Vec<_> = senders.iter().flat_map(|sender| sender.acks.clone()).collect();
    assert!(acks.len() >= 200);

    // The next start comes up on what was left, and everything acknowledged is there.
    let mut server = Binary::start(folder.path(), &[]);
    let audit = Audit::of(&sqlite_url(folder.path()), "lobby").await;
    audit.assert_no_gaps();
    audit.assert_holds(&acks);

    // Who sends everything again gets the first results, and what was not stored is stored now.
    for (sender, name) in senders.iter().zip(["ada", "bob", "carol"]) {
        let mut socket = Sender::new(&server, name).await.socket;
        let known: HashMap<_, _> = sender.acks.iter().map(|ack| (ack.client_id, *ack)).collect();
        for id in &sender.sent {
            socket.send(&message("lobby", *id, &body(*id))).await;
            let again = socket.ack(*id).await;
            assert!(known.get(id).is_none_or(|first| *first == again), "{again:?}");
        }
    }
    server.kill();
    let audit = Audit::of(&sqlite_url(folder.path()), "lobby").await;
    audit.assert_no_gaps();
    audit.assert_holds(&acks);
    let sent: usize = senders.iter().map(|sender| sender.sent.len()).sum();
    assert_eq!(audit.messages.len(), sent);
    assert!(audit.messages.values().all(|seqs| seqs.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_finishes_what_was_accepted_and_says_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = server_with_people(folder.path(), &[]).await;
    let (mut guest, _) = Socket::connect(server.addr, request(server.addr, "")).await.unwrap();
    let senders = interrupt(&mut server, |server| server.terminate()).await;
    for sender in &senders {
        assert_eq!(sender.close, CloseCode::Restart.number());
    }
    assert_eq!(guest.closed().await.1, CloseCode::Restart.number());
    assert!(server.ended().await.success());

    let acks: Vec<_> = senders.iter().flat_map(|sender| sender.acks.clone()).collect();
    let audit = Audit::of(&sqlite_url(folder.path()), "lobby").await;
    audit.assert_no_gaps();
    audit.assert_holds(&acks);
    // What was accepted was also acknowledged: nothing is stored that its sender does not know of.
    assert_eq!(audit.messages.len(), acks.len());
}

/// As a terminal sends it when it closes, and Ctrl+C.
#[tokio::test(flavor = "multi_thread")]
async fn sighup_and_sigint_are_a_stop_like_sigterm() {
    for signal in ["HUP", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Binary::start(folder.path(), &[]);
        let (mut guest, _) = Socket::connect(server.addr, request(server.addr, "")).await.unwrap();
        server.signal(signal);
        assert_eq!(guest.closed().await.1, CloseCode::Restart.number());
        assert!(server.ended().await.success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn first_starts_at_the_same_moment_on_one_folder_all_come_up() {
    let folder = tempfile::tempdir().unwrap();
    let start = |number: usize| {
        let (folder, log) = (folder.path().join("data"), folder.path().join(format!("{number}.log")));
        tokio::task::spawn_blocking(move || {
            let mut command = snug(&["serve", "--addr", "127.0.0.1:0", "--data-dir"]);
            Binary::run(command.arg(folder), File::create(&log).unwrap(), log)
        })
    };
    let starts: Vec<_> = (0..4).map(start).collect();
    let mut servers = Vec::new();
    for started in starts {
        servers.push(started.await.unwrap());
    }
    servers[0].stranger().register("ada").await;
    // All sign with the same key, and serve the same people.
    let token = Program::at(servers[0].addr).sign_in("ada").await.access_token;
    for server in &servers {
        Socket::open(server.addr, &token).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_request_does_not_hold_up_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Binary::start(folder.path(), &[]);
    let mut half = TcpStream::connect(server.addr).await.unwrap();
    let head = format!("POST /api/v1/auth/token HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n", server.addr);
    half.write_all(format!("{head}Content-Length: 50\r\nExpect: 100-continue\r\n\r\n").as_bytes()).await.unwrap();
    // The server asks for the body, so it is at work on it.
    let mut answer = [0; 25];
    half.read_exact(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 100 Continue"), "{answer:?}");
    half.write_all(b"{\"username\":").await.unwrap();
    let mut begun = TcpStream::connect(server.addr).await.unwrap();
    begun.write_all(b"GET /r/lobby HTTP/1.1\r\nHo").await.unwrap();
    server.terminate();
    assert!(server.ended().await.success());
    // It says so when it has to let go of something.
    assert!(!server.log().contains("not every"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_answer_does_not_hold_up_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Binary::start(folder.path(), &[]);
    // Never reads, never closes.
    let (_socket, _) = Socket::connect(server.addr, request(server.addr, "")).await.unwrap();
    let _connection = TcpStream::connect(server.addr).await.unwrap();
    server.terminate();
    assert!(server.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_hears_of_the_start_of_life_and_of_the_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = tokio::net::UnixDatagram::bind(&path).unwrap();
    let heard = async |word: &str| {
        let mut buffer = [0; 256];
        loop {
            let length = socket.recv(&mut buffer).await.unwrap();
            if buffer[..length].split(|byte| *byte == b'\n').any(|line| line == word.as_bytes()) {
                return;
            }
        }
    };
    let settings = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "100000")];
    let mut server = Binary::start(folder.path(), &settings);
    tokio::time::timeout(PATIENCE, heard("READY=1")).await.unwrap();
    for _ in 0..3 {
        tokio::time::timeout(PATIENCE, heard("WATCHDOG=1")).await.unwrap();
    }
    server.terminate();
    tokio::time::timeout(PATIENCE, heard("STOPPING=1")).await.unwrap();
    assert!(server.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_hold_no_tokens_and_no_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Binary::start(folder.path(), &[("SNUG_LOG", "trace")]);
    let ada = server.stranger();
    let fields = [("username", "ada"), ("display_name", ""), ("password", PASSWORD)];
    let registered = ada.submit("/register", "register", &fields).await;
    let cookie = registered.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    let program = Program::at(server.addr);
    let tokens = program.sign_in("ada").await;
    let renewed = program.auth("refresh", json!({ "refresh_token": tokens.refresh_token })).await.json();
    program.verify(&tokens.access_token).await;
    let query = format!("?token={}", tokens.access_token);
    for request in [request(server.addr, &query), with_token(request(server.addr, ""), &tokens.access_token)] {
        let (mut socket, _) = Socket::connect(server.addr, request).await.unwrap();
        socket.send(&ClientFrame::Ping).await;
        socket.until(|frame| (frame == ServerFrame::Pong).then_some(())).await;
    }
    // The wrong ones, too.
    assert_eq!(ada.get(&format!("/ws{query}wrong")).await.status, StatusCode::BAD_REQUEST);
    ada.get(&format!("/r/lobby{query}")).await;
    program.auth("token", json!({ "username": "ada", "password": "a wrong password" })).await;
    server.terminate();
    server.ended().await;

    let log = server.log();
    for path in ["/ws", "/r/lobby", "/api/v1/auth/refresh"] {
        assert!(log.contains(path), "{path} is not in the log, so it was not looked at");
    }
    let secrets = [
        cookie.as_str(),
        &tokens.access_token,
        &tokens.refresh_token,
        renewed["refresh_token"].as_str().unwrap(),
        renewed["access_token"].as_str().unwrap(),
        PASSWORD,
        "seven+small+boats",
        "a wrong password",
        "?token",
    ];
    for secret in secrets {
        assert!(secret.len() > 5);
        let found = log.lines().find(|line| line.contains(secret));
        assert_eq!(found, None, "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_json_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Binary::start(folder.path(), &[("SNUG_LOG_FORMAT", "json")]);
    let answer = server.stranger().get("/r/lobby").await;
    server.terminate();
    server.ended().await;
    let lines: Vec<Value> = server.log().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let id = answer.header("x-request-id");
    let line = lines.iter().find(|line| line["span"]["id"] == id).unwrap_or_else(|| panic!("{id} is not in {lines:?}"));
    assert_eq!((&line["fields"]["path"], &line["fields"]["status"]), (&json!("/r/lobby"), &json!(200)));
}
