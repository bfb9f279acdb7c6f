//! `/ws`: who gets in, and what is refused.

use std::time::Duration;

use protocol::{ClientFrame, ClientId, CloseCode, ErrorCode, SUBPROTOCOL, ServerFrame, limits as bounds};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{
    PATIENCE, TestApp, eventually,
    person::Program,
    socket::{Socket, message, request, room, with_header, with_token},
};

fn assert_told_to_sign_in((frames, code): (Vec<ServerFrame>, u16)) {
    assert_eq!(code, CloseCode::SignIn.number());
    assert!(
        matches!(frames.last(), Some(ServerFrame::Error { error, .. }) if error.code == ErrorCode::NotAuthenticated),
        "{frames:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_says_whose_socket_it_is() {
    let app = TestApp::start().await;
    app.ada().await;
    let token = Program::at(app.addr).sign_in("ada").await.access_token;

    let (mut socket, response) = Socket::connect(app.addr, with_token(request(app.addr, ""), &token)).await.unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], SUBPROTOCOL);
    let hello = socket.frame().await;
    assert!(matches!(&hello, ServerFrame::Hello { user: Some(user), .. } if user.username == "ada"), "{hello:?}");

    let (mut socket, _) = Socket::connect(app.addr, request(app.addr, &format!("?token={token}"))).await.unwrap();
    let hello = socket.frame().await;
    assert!(matches!(&hello, ServerFrame::Hello { user: Some(user), .. } if user.username == "ada"), "{hello:?}");

    for scheme in ["Bearer", "bearer"] {
        let request = with_header(request(app.addr, ""), "authorization", &format!("{scheme} {token}"));
        let (mut socket, _) = Socket::connect(app.addr, request).await.unwrap();
        let hello = socket.frame().await;
        assert!(matches!(&hello, ServerFrame::Hello { user: Some(user), .. } if user.username == "ada"), "{hello:?}");
    }

    // A proxy may ask for a password of its own.
    let basic = with_header(request(app.addr, ""), "authorization", "Basic YWRhOnB3");
    for request in [request(app.addr, ""), basic] {
        let (mut socket, _) = Socket::connect(app.addr, request).await.unwrap();
        let hello = socket.frame().await;
        assert!(matches!(&hello, ServerFrame::Hello { user: None, .. }), "{hello:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_told_on_the_socket() {
    let (app, other) = (TestApp::start().await, TestApp::start().await);
    other.ada().await;
    let foreign = Program::at(other.addr).sign_in("ada").await.access_token;
    for token in ["nonsense", "a.b.c", &foreign] {
        let bearer = with_header(request(app.addr, ""), "authorization", &format!("Bearer {token}"));
        for request in [with_token(request(app.addr, ""), token), request(app.addr, &format!("?token={token}")), bearer] {
            let (mut socket, _) = Socket::connect(app.addr, request).await.unwrap();
            assert_told_to_sign_in(socket.closed().await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_reads_public_rooms() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let mut guest = app.guest_socket().await;
    guest.subscribe("lobby", None).await;
    ada.write("lobby", "hello out there").await;
    assert_eq!(guest.event().await.message().unwrap().body, "hello out there");
    guest.send(&ClientFrame::Unsubscribe { room: room("lobby") }).await;
    assert!(matches!(guest.frame().await, ServerFrame::Unsubscribed { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_does_nothing_else() {
    let app = TestApp::start().await;
    app.ada().await.create_room("kitchen", "open").await;
    let refused = [
        ClientFrame::Subscribe { room: room("kitchen"), after: None, epoch: None },
        ClientFrame::Subscribe { room: room("nowhere"), after: None, epoch: None },
        message("lobby", ClientId::generate(), "let me in"),
    ];
    for frame in refused {
        let mut guest = app.guest_socket().await;
        guest.send(&frame).await;
        assert_told_to_sign_in(guest.closed().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_may_not_do_is_refused_and_the_socket_stays() {
    let app = TestApp::start().await;
    app.ada().await.create_room("kitchen", "open").await;
    app.bob().await;
    let mut bob = Program::at(app.addr).socket("bob").await;
    for (name, code) in [("kitchen", ErrorCode::NotAMember), ("nowhere", ErrorCode::NotFound)] {
        bob.send(&ClientFrame::Subscribe { room: room(name), after: None, epoch: None }).await;
        match bob.frame().await {
            ServerFrame::Error { room: Some(about), error, .. } => assert_eq!((about, error.code), (room(name), code)),
            other => panic!("{other:?}"),
        }
        let client_id = ClientId::generate();
        bob.send(&message(name, client_id, "hello?")).await;
        assert_eq!(bob.refusal(client_id).await.code, code);
    }
    let (empty, long) = (ClientId::generate(), ClientId::generate());
    bob.send(&message("lobby", empty, "  ")).await;
    assert_eq!(bob.refusal(empty).await.code, ErrorCode::Invalid);
    bob.send(&message("lobby", long, &"x".repeat(bounds::BODY_MAX + 1))).await;
    assert_eq!(bob.refusal(long).await.code, ErrorCode::Invalid);
    bob.say("lobby", "still here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ping_is_answered() {
    let app = TestApp::start().await;
    let mut guest = app.guest_socket().await;
    guest.send(&ClientFrame::Ping).await;
    assert_eq!(guest.frame().await, ServerFrame::Pong);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_frame_that_can_be_told_apart_is_refused_and_the_socket_stays() {
    let app = TestApp::start().await;
    app.ada().await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    for rest in [r#""body":"half of \ud83d""#, r#""body":"\udc00""#, r#""body":7"#, r#""topic":"none""#] {
        let client_id = ClientId::generate();
        let text = format!(r#"{{"type":"send","room":"lobby","client_id":"{client_id}",{rest}}}"#);
        ada.send_raw(Message::Text(text.into())).await;
        assert_eq!(ada.refusal(client_id).await.code, ErrorCode::BadRequest, "{rest}");
    }
    for after in ["-1", "-9223372036854775808", "9223372036854775808", "0.5", "\"1\""] {
        let text = format!(r#"{{"type":"subscribe","room":"lobby","after":{after}}}"#);
        ada.send_raw(Message::Text(text.into())).await;
        match ada.frame().await {
            ServerFrame::Error { client_id: None, room: Some(about), error } => {
                assert_eq!((about, error.code), (room("lobby"), ErrorCode::BadRequest), "{after}");
            }
            other => panic!("{after}: {other:?}"),
        }
    }
    ada.subscribe("lobby", Some(protocol::Seq(i64::MAX))).await;
    ada.say("lobby", "still here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_protocol_ends_the_socket() {
    let app = TestApp::start().await;
    let texts = [
        "",
        "{",
        "[]",
        r#"{"type":"dance"}"#,
        r#"{"type":"subscribe"}"#,
        r#"{"type":"send","room":"lobby","client_id":"1","body":"x"}"#,
    ];
    let frames = texts.map(|text| Message::Text(text.into()));
    for frame in frames.into_iter().chain([Message::Binary(br#"{"type":"ping"}"#.to_vec().into())]) {
        let mut guest = app.guest_socket().await;
        guest.send_raw(frame.clone()).await;
        let (frames, code) = guest.closed().await;
        assert_eq!(code, CloseCode::BadFrame.number(), "{frame:?}");
        assert!(
            matches!(frames.last(), Some(ServerFrame::Error { error, .. }) if error.code == ErrorCode::BadRequest),
            "{frames:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_over_the_limit_ends_the_socket() {
    let app = TestApp::start().await;
    let mut guest = app.guest_socket().await;
    let padding = bounds::FRAME_MAX_BYTES - r#"{"type":"ping"}"#.len();
    guest.send_raw(Message::Text(format!(r#"{{"type":"ping"{}}}"#, " ".repeat(padding)).into())).await;
    assert_eq!(guest.frame().await, ServerFrame::Pong);
    guest.send_raw(Message::Text(format!(r#"{{"type":"ping"{}}}"#, " ".repeat(padding + 1)).into())).await;
    assert_eq!(guest.closed().await.1, 1009);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_sites_get_no_socket() {
    let app = TestApp::start().await;
    for origin in ["https://evil.example", "null", "http://localhost:1"] {
        let Err(Error::Http(response)) = Socket::connect(app.addr, with_header(request(app.addr, ""), "origin", origin)).await
        else {
            panic!("{origin} got a socket");
        };
        assert_eq!(response.status().as_u16(), ErrorCode::ForeignOrigin.status());
    }
    let own = with_header(request(app.addr, ""), "origin", &format!("http://{}", app.addr));
    let (mut socket, _) = Socket::connect(app.addr, own).await.unwrap();
    assert!(matches!(socket.frame().await, ServerFrame::Hello { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_request_is_refused_in_our_shape() {
    let app = TestApp::start().await;
    app.stranger().get("/ws").await.assert_refused(ErrorCode::BadRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_sockets_than_there_are_places() {
    let sockets = server::ws::Limits { sockets: 1, ..Default::default() };
    let app = TestApp::builder().sockets(sockets).start().await;
    let first = app.guest_socket().await;
    let (mut second, _) = Socket::connect(app.addr, request(app.addr, "")).await.unwrap();
    assert_eq!(second.closed().await.1, CloseCode::Full.number());
    drop(first);
    eventually("a place is free again", async || {
        let (mut next, _) = Socket::connect(app.addr, request(app.addr, "")).await.unwrap();
        matches!(next.receive().await, crate::support::Received::Frame(ServerFrame::Hello { .. })).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_socket_is_closed() {
    let sockets = server::ws::Limits { silence: Duration::from_millis(50), ..Default::default() };
    let app = TestApp::builder().sockets(sockets).start().await;
    let mut guest = app.guest_socket().await;
    assert_eq!(guest.closed().await.1, CloseCode::Silent.number());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_until_clients_have_read_the_close() {
    let sockets = server::ws::Limits { goodbye: PATIENCE, ..Default::default() };
    let mut app = TestApp::builder().sockets(sockets).start().await;
    let mut guest = app.guest_socket().await;
    app.stop();
    assert_eq!(guest.closed().await.1, CloseCode::Restart.number());
    // The close is here but not answered.
    let early = tokio::time::timeout(Duration::from_millis(300), app.stopped()).await;
    assert!(early.is_err(), "stopped with an open socket");
    drop(guest);
    app.stopped().await;
}
