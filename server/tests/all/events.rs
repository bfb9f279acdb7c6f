//! `/api/v1/events` and `/api/v1/frame`: what a socket does, without one.

use std::{fs, path::Path};

use chat::Limits;
use protocol::{ClientFrame, ClientId, CloseCode, ErrorCode, Presence, Seq, ServerFrame, limits as bounds};
use serde_json::json;
use server::ws;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    process::Command,
    time::timeout,
};

use crate::support::{
    PATIENCE, TestApp,
    api::Api,
    app::Data,
    events::Events,
    eventually, limits,
    person::Program,
    socket::{message, room},
};
use crate::tokens::token_of;

fn subscribe(name: &str, after: Option<Seq>) -> ClientFrame {
    ClientFrame::Subscribe { room: room(name), after, epoch: None }
}

async fn token(app: &TestApp, name: &str) -> String {
    Program::at(app.addr).sign_in(name).await.access_token
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_hears_what_a_socket_hears_and_requests_say_what_it_says() {
    let app = TestApp::start().await;
    app.ada().await.create_room("kitchen", "open").await;
    let mut events = Events::of_account(app.addr, &token(&app, "ada").await, "?room=lobby").await;
    for (name, value) in [("content-type", "text/event-stream"), ("cache-control", "no-store"), ("x-accel-buffering", "no")] {
        assert_eq!(events.headers[name], value);
    }
    assert!(!events.headers.contains_key("content-encoding"));
    assert!(matches!(events.frame().await, ServerFrame::Subscribed { slug, reset: false, .. } if slug == "lobby"));

    // An answer comes to the request, and what happened on the stream.
    let posts = events.posts.clone();
    let client_id = ClientId::generate();
    let answers = posts.post(&message("lobby", client_id, "by request")).await;
    let [ServerFrame::Ack { client_id: acknowledged, seq, .. }] = *answers.as_slice() else { panic!("{answers:?}") };
    let event = events.event().await;
    assert_eq!((acknowledged, event.seq, event.message().unwrap().body.as_str()), (client_id, seq, "by request"));
    let again = posts.post(&message("lobby", client_id, "by request")).await;
    assert!(matches!(again.as_slice(), [ServerFrame::Ack { seq: same, .. }] if *same == seq), "{again:?}");

    assert_eq!(posts.post(&ClientFrame::Ping).await, [ServerFrame::Pong]);
    assert_eq!(posts.post(&subscribe("kitchen", None)).await, []);
    assert!(matches!(events.frame().await, ServerFrame::Subscribed { slug, .. } if slug == "kitchen"));
    let client_id = ClientId::generate();
    let edit = ClientFrame::Edit { room: room("lobby"), client_id, seq, body: "changed".to_owned(), revision: 0 };
    assert!(matches!(posts.post(&edit).await.as_slice(), [ServerFrame::Done { .. }]));
    assert_eq!(events.event().await.seq, seq.next());
    let react = ClientFrame::React { room: room("lobby"), client_id, seq, emoji: "👍".to_owned(), on: true };
    assert!(matches!(posts.post(&react).await.as_slice(), [ServerFrame::Done { .. }]));
    assert_eq!(events.event().await.seq, Seq(seq.0 + 2));
    let answers = posts.post(&subscribe("nowhere", None)).await;
    assert!(matches!(answers.as_slice(), [ServerFrame::Error { error, .. }] if error.code == ErrorCode::NotFound), "{answers:?}");
    assert_eq!(posts.post(&ClientFrame::Unsubscribe { room: room("lobby") }).await, []);
    assert!(matches!(events.frame().await, ServerFrame::Unsubscribed { again: false, .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_go_both_ways() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let mut ada = Events::of_account(app.addr, &token(&app, "ada").await, "?room=lobby").await;
    let bob = Events::of_account(app.addr, &token(&app, "bob").await, "").await;
    assert!(matches!(ada.frame().await, ServerFrame::Subscribed { .. }));
    assert_eq!(bob.posts.post(&ClientFrame::Typing { room: room("lobby") }).await, []);
    assert!(matches!(ada.frame().await, ServerFrame::Typing { user, .. } if user.username == "bob"));
    let people = vec![app.id_of("bob").await.parse().unwrap()];
    assert_eq!(ada.posts.post(&ClientFrame::WatchPeople { people }).await, []);
    hears(&mut ada, |presence| presence == Presence::Online).await;
    drop(bob);
    hears(&mut ada, |presence| presence == Presence::Offline).await;
}

/// Waits until the one who is watched is said to be so.
async fn hears(events: &mut Events, is: impl Fn(Presence) -> bool) {
    loop {
        match events.frame().await {
            ServerFrame::Presence { people } if is(people[0].presence) => return,
            ServerFrame::Presence { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_gets_what_was_missed_once() {
    let app = TestApp::start().await;
    app.ada().await.create_room("kitchen", "open").await;
    let token = token(&app, "ada").await;
    let mut socket = Program::at(app.addr).socket("ada").await;
    let mut events = Events::of_account(app.addr, &token, "?room=lobby&room=kitchen").await;
    for _ in 0..2 {
        assert!(matches!(events.frame().await, ServerFrame::Subscribed { .. }));
    }
    let seen = socket.say("lobby", "seen").await.seq;
    assert_eq!(events.event().await.seq, seen);
    let id = events.id.clone().unwrap();
    drop(events);
    let missed = socket.say_many("lobby", "missed", 3).await;
    let other = socket.say("kitchen", "missed too").await.seq;
    // Something of the account's own.
    let lobby = socket_room(&mut socket, "lobby").await;
    socket.send(&ClientFrame::Read { room: lobby, seq: missed }).await;

    // The address names them as it did, and the id says from where on.
    let mut events =
        Events::open(app.addr, Some(&token), "?room=lobby&room=kitchen", Some(&id)).await.unwrap_or_else(|_| panic!());
    assert!(matches!(events.frame().await, ServerFrame::Hello { .. }));
    let (mut places, mut subscribed) = (Vec::new(), 0);
    while places.len() < 4 {
        match events.frame().await {
            ServerFrame::Event(event) => places.push(event.seq),
            ServerFrame::Subscribed { reset, .. } => {
                assert!(!reset);
                subscribed += 1;
            }
            ServerFrame::AlertsChanged { .. } => {}
            frame => panic!("{frame:?}"),
        }
    }
    places.sort();
    let mut expected: Vec<_> = (seen.0 + 1..=missed.0).map(Seq).chain([other]).collect();
    expected.sort();
    assert_eq!((places, subscribed), (expected, 2), "each of them once");

    // A place of another log is none of this one.
    let foreign = id.replace(id.split([';', ':']).nth(1).unwrap(), &ClientId::generate().0.simple().to_string());
    let mut events = Events::open(app.addr, Some(&token), "", Some(&foreign)).await.unwrap_or_else(|_| panic!());
    let mut resets = 0;
    while resets < 2 {
        if let ServerFrame::Subscribed { reset, .. } = events.frame().await {
            assert!(reset);
            resets += 1;
        }
    }
    // The query has places, too.
    let mut events = Events::of_account(app.addr, &token, &format!("?room=lobby:{seen}")).await;
    assert!(matches!(events.frame().await, ServerFrame::Subscribed { .. }));
    assert_eq!(events.event().await.seq, seen.next());
}

async fn socket_room(socket: &mut crate::support::Socket, name: &str) -> protocol::RoomId {
    socket.send(&subscribe(name, None)).await;
    socket.until(|frame| if let ServerFrame::Subscribed { room, .. } = frame { Some(room) } else { None }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_socket_refuses_is_refused() {
    let app = TestApp::start().await;
    app.ada().await.create_room("kitchen", "open").await;
    app.bob().await;
    let (ada, bob) = (token(&app, "ada").await, token(&app, "bob").await);
    let refused = |answer: Result<Events, _>, code| match answer {
        Ok(_) => panic!("opened"),
        Err(answer) => crate::support::person::Answer::assert_refused(&answer, code),
    };
    refused(Events::open(app.addr, Some("nonsense"), "", None).await, ErrorCode::NotAuthenticated);
    refused(Events::open(app.addr, None, "", Some("nonsense")).await, ErrorCode::BadRequest);
    refused(Events::open(app.addr, None, "?room=lobby:x", None).await, ErrorCode::BadRequest);
    refused(Events::open(app.addr, None, "?place=lobby", None).await, ErrorCode::BadRequest);

    let mut events = Events::of_account(app.addr, &bob, "?room=kitchen&room=lobby").await;
    match events.frame().await {
        ServerFrame::Error { room: Some(about), error, .. } => {
            assert_eq!((about, error.code), (room("kitchen"), ErrorCode::NotAMember));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(events.frame().await, ServerFrame::Subscribed { .. }), "the stream stays");

    // The stream of somebody else is none.
    let stranger = Api::with(app.addr, &ada);
    let body = json!({ "stream": events.posts.stream, "frame": subscribe("lobby", None) });
    stranger.post("/api/v1/frame", &body).await.assert_refused(ErrorCode::NotFound);
    stranger.post("/api/v1/frame", &json!({ "frame": { "type": "shout" } })).await.assert_refused(ErrorCode::BadRequest);
    // What needs no stream goes without one.
    let sent = stranger.post("/api/v1/frame", &json!({ "frame": message("lobby", ClientId::generate(), "alone") })).await;
    assert_eq!(sent.json()["frames"][0]["type"], "ack", "{}", sent.text);
    assert!(matches!(events.frame().await, ServerFrame::Event(_)));

    // A guest listens and nothing else; what is for members ends the stream, as it does a socket.
    let mut guest = Events::open(app.addr, None, "?room=lobby", None).await.unwrap_or_else(|_| panic!());
    assert!(matches!(guest.frame().await, ServerFrame::Hello { user: None, .. }));
    assert!(matches!(guest.frame().await, ServerFrame::Subscribed { .. }));
    let answers = guest.posts.post(&ClientFrame::Typing { room: room("lobby") }).await;
    assert!(matches!(answers.as_slice(), [ServerFrame::Error { error, .. }] if error.code == ErrorCode::NotAuthenticated));
    assert_eq!(guest.posts.post(&ClientFrame::Ping).await, [ServerFrame::Pong], "it goes on");
    let alone =
        Api::guest(app.addr).post("/api/v1/frame", &json!({ "frame": message("lobby", ClientId::generate(), "?") })).await;
    alone.assert_refused(ErrorCode::NotAuthenticated);
    let mut guest = Events::open(app.addr, None, "?room=kitchen", None).await.unwrap_or_else(|_| panic!());
    let (frames, code) = guest.closed().await;
    assert!(matches!(frames.last(), Some(ServerFrame::Error { error, .. }) if error.code == ErrorCode::NotAuthenticated));
    assert_eq!(code, CloseCode::SignIn.number());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_said() {
    let mut app = TestApp::start().await;
    app.ada().await;
    let tokens = Program::at(app.addr).sign_in("ada").await;
    let mut one = Events::of_account(app.addr, &tokens.access_token, "").await;
    Program::at(app.addr).auth("revoke", json!({ "refresh_token": tokens.refresh_token })).await;
    assert_eq!(one.closed().await.1, CloseCode::SignIn.number());

    let mut other = Events::of_account(app.addr, &token(&app, "ada").await, "?room=lobby").await;
    app.stop();
    let before = other.retry.take();
    assert!(before.is_some());
    assert_eq!(other.closed().await.1, CloseCode::Restart.number());
    assert!(other.retry.is_some(), "when to come back");
    app.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_count_as_sockets() {
    let sockets = ws::Limits { per_account: 2, ..ws::Limits::default() };
    let app = TestApp::builder().sockets(sockets).start().await;
    app.ada().await;
    let token = token(&app, "ada").await;
    let _socket = Program::at(app.addr).socket("ada").await;
    let events = Events::of_account(app.addr, &token, "").await;
    let Err(answer) = Events::open(app.addr, Some(&token), "", None).await else { panic!("a third one") };
    answer.assert_refused(ErrorCode::Throttled);
    drop(events);
    eventually("the place is free", async || Events::open(app.addr, Some(&token), "", None).await.ok()).await;
}

/// What a client gets that takes little before it reads, and reads only when all this was said in the lobby.
async fn read_late(app: &TestApp, token: &str, bodies: &[String]) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut tcp = socket.connect(app.addr).await.unwrap();
    let (addr, authorization) = (app.addr, format!("Authorization: Bearer {token}"));
    let request =
        format!("GET /api/v1/events?room=lobby HTTP/1.1\r\nHost: {addr}\r\n{authorization}\r\nConnection: close\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains("subscribed") {
        tcp.read_buf(&mut read).await.unwrap();
    }
    let mut speaker = Program::at(app.addr).socket("ada").await;
    for body in bodies {
        speaker.say("lobby", body).await;
    }
    timeout(PATIENCE, tcp.read_to_end(&mut read)).await.expect("the stream does not end").unwrap();
    String::from_utf8(read).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_let_go_and_resumes() {
    const SENDS: usize = 150;
    let sockets = ws::Limits { goodbye: PATIENCE, ..ws::Limits::default() };
    let limits = Limits { mailbox_bytes: 16 * 1024, ..limits() };
    let app = TestApp::builder().limits(limits).sockets(sockets).start().await;
    app.ada().await;
    let token = token(&app, "ada").await;
    let text = read_late(&app, &token, &vec!["x".repeat(bounds::BODY_MAX); SENDS]).await;
    // Each piece of the body holds whole events.
    let values = |name: &str| text.lines().filter_map(|line| line.strip_prefix(name)).collect::<Vec<_>>();
    assert!(values("data: ").last().unwrap().contains("4003"), "{text:.300}");
    let came = values("data: ").iter().filter(|data| data.contains(r#""type":"event""#)).count();
    assert!(came < SENDS, "nothing was missed, so nothing was tested");
    let mut back = Events::open(app.addr, Some(&token), "", values("id: ").last().copied()).await.unwrap_or_else(|_| panic!());
    let mut last = None;
    for _ in came..SENDS {
        let event = back.until_event().await;
        assert!(last.replace(event.seq).is_none_or(|last| event.seq == last.next()));
    }
    let said = Program::at(app.addr).socket("ada").await.say("lobby", "the end").await.seq;
    assert_eq!((back.until_event().await.seq, last.unwrap().next()), (said, said));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_of_the_page_stands_in_for_a_socket_and_goes_back_to_one() {
    let app = TestApp::start().await;
    app.ada().await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // By this ending node takes it for a module.
    let script = app.folder().join("events.mjs");
    fs::copy(here.join("../public/late/events.js"), &script).unwrap();
    let mut page = Command::new("node");
    page.arg(here.join("tests/all/support/events_page.mjs")).arg(&script).arg(format!("http://{}", app.addr));
    let printed = timeout(PATIENCE, page.arg(token(&app, "ada").await).kill_on_drop(true).output()).await.unwrap().unwrap();
    let (text, errors) = (String::from_utf8(printed.stdout).unwrap(), String::from_utf8(printed.stderr).unwrap());
    let back = CloseCode::Silent.number().to_string();
    assert_eq!(text.lines().collect::<Vec<_>>(), ["online", "ada", "not_found", "true", &back, "true"], "{errors}");
}

/// Each request may come to another node than the one that has the stream.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_finds_its_stream_on_another_node() {
    let redis = testkit::Redis::start().await;
    let database_url = testkit::Postgres::shared().await.database().await;
    let node = async || TestApp::builder().redis(&redis.url()).start_on(Data::at(&database_url)).await;
    let (one, other) = (node().await, node().await);
    one.ada().await.create_room("kitchen", "open").await;
    let (token, _) = token_of(&one, "ada", &["read", "write"]).await;
    let mut events = Events::of_account(one.addr, &token, "").await;
    let posts = events.posts.by(other.addr);
    // Nodes hear each other from a moment after their start on.
    eventually("the node hears the other one", async || {
        let answer = posts.answer(&ClientFrame::Ping).await.unwrap();
        (answer.status == 200).then(|| assert_eq!(answer.json()["frames"][0]["type"], "pong", "{}", answer.text))
    })
    .await;
    assert_eq!(posts.post(&subscribe("kitchen", None)).await, []);
    assert!(matches!(events.frame().await, ServerFrame::Subscribed { slug, .. } if slug == "kitchen"));
    let answers = posts.post(&subscribe("nowhere", None)).await;
    assert!(matches!(answers.as_slice(), [ServerFrame::Error { error, .. }] if error.code == ErrorCode::NotFound), "{answers:?}");
    let sent = posts.post(&message("kitchen", ClientId::generate(), "by the other one")).await;
    assert!(matches!(sent.as_slice(), [ServerFrame::Ack { .. }]), "{sent:?}");
    assert_eq!(events.until_event().await.message().unwrap().body, "by the other one");
    assert_eq!(posts.post(&ClientFrame::Unsubscribe { room: room("kitchen") }).await, []);
    assert!(matches!(events.frame().await, ServerFrame::Unsubscribed { .. }));

    // A guest's, too; that of somebody else is none, and neither is one that has ended.
    let mut guest = Events::open(one.addr, None, "", None).await.unwrap_or_else(|_| panic!());
    assert!(matches!(guest.frame().await, ServerFrame::Hello { .. }));
    assert_eq!(guest.posts.by(other.addr).post(&subscribe("lobby", None)).await, []);
    assert!(matches!(guest.frame().await, ServerFrame::Subscribed { .. }));
    let body = json!({ "stream": guest.posts.stream, "frame": subscribe("kitchen", None) });
    Api::with(other.addr, &token).post("/api/v1/frame", &body).await.assert_refused(ErrorCode::NotFound);
    drop(events);
    eventually("the stream has ended", async || {
        let answer = posts.answer(&ClientFrame::Ping).await.unwrap();
        (answer.status == 404).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_a_room_does_not_hear_what_is_new_for_the_account() {
    let app = TestApp::start().await;
    app.ada().await.create_room("kitchen", "open").await;
    let after = async |scopes: &[&str]| {
        let (token, _) = token_of(&app, "ada", scopes).await;
        let mut events = Events::open(app.addr, Some(&token), "?room=lobby", Some("1000")).await.unwrap_or_else(|_| panic!());
        let mut frames = Vec::new();
        loop {
            frames.push(events.frame().await);
            if matches!(frames.last(), Some(ServerFrame::Subscribed { .. })) {
                return frames.iter().any(|frame| matches!(frame, ServerFrame::AlertsChanged { .. }));
            }
        }
    };
    assert!(after(&["read"]).await, "it is said before the room");
    assert!(!after(&["read", "rooms:lobby"]).await);
}
