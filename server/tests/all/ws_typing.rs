//! Who hears that somebody is typing.

use protocol::{Change, ClientFrame, CloseCode, ErrorCode, ServerFrame};

use crate::support::{
    Socket, TestApp,
    person::{Person, Program},
    socket::room,
};

fn typing(name: &str) -> ClientFrame {
    ClientFrame::Typing { room: room(name) }
}

/// Whose typing the next frame tells of.
async fn typist(socket: &mut Socket) -> String {
    match socket.frame().await {
        ServerFrame::Typing { user, .. } => user.username,
        other => panic!("{other:?}"),
    }
}

/// Says that this person is typing, and waits until the server has heard it.
async fn type_in(socket: &mut Socket, name: &str) {
    socket.send(&typing(name)).await;
    expect_nothing(socket).await;
}

/// Nothing stands before the answer to a ping.
async fn expect_nothing(socket: &mut Socket) {
    socket.send(&ClientFrame::Ping).await;
    assert_eq!(socket.frame().await, ServerFrame::Pong);
}

async fn joined(app: &TestApp, username: &str, name: &str) -> Person {
    let person = app.person(username).await;
    person.submit(&format!("/r/{name}"), "join_room", &[("room", name)]).await;
    person
}

/// A socket that listens in a room.
async fn listener(app: &TestApp, username: &str, name: &str) -> Socket {
    let mut socket = Program::at(app.addr).socket(username).await;
    socket.subscribe(name, None).await;
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_heard_by_everybody_else_in_the_room() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (mut ada, mut her_phone) = (listener(&app, "ada", "lobby").await, listener(&app, "ada", "lobby").await);
    let (mut bob, mut guest) = (listener(&app, "bob", "lobby").await, app.guest_socket().await);
    guest.subscribe("lobby", None).await;
    ada.send(&typing("lobby")).await;
    for socket in [&mut bob, &mut guest] {
        assert_eq!(typist(socket).await, "ada");
    }
    expect_nothing(&mut ada).await;
    expect_nothing(&mut her_phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_socket_is_heard_now_and_then() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (mut ada, mut bob) = (listener(&app, "ada", "lobby").await, listener(&app, "bob", "lobby").await);
    ada.send(&typing("lobby")).await;
    assert_eq!(typist(&mut bob).await, "ada");
    type_in(&mut ada, "lobby").await;
    let said = ada.say("lobby", "done").await;
    assert_eq!(bob.event().await.seq, said.seq);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_message_is_heard_right_after_the_last() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (mut ada, mut bob) = (listener(&app, "ada", "lobby").await, listener(&app, "bob", "lobby").await);
    for text in ["one", "two"] {
        ada.send(&typing("lobby")).await;
        assert_eq!(typist(&mut bob).await, "ada");
        let said = ada.say("lobby", text).await;
        assert_eq!(bob.event().await.seq, said.seq);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_member_neither_hears_nor_is_heard_and_is_not_answered() {
    let app = TestApp::start().await;
    let founder = app.ada().await;
    founder.create_room("kitchen", "open").await;
    founder.create_room("garden", "public").await;
    let leaver = joined(&app, "bob", "kitchen").await;
    joined(&app, "eve", "kitchen").await;
    let (mut ada, mut eve) = (listener(&app, "ada", "kitchen").await, listener(&app, "eve", "kitchen").await);
    ada.subscribe("garden", None).await;
    let mut bob = listener(&app, "bob", "kitchen").await;
    leaver.submit("/r/kitchen", "leave_room", &[("room", "kitchen")]).await;
    for socket in [&mut ada, &mut eve, &mut bob] {
        assert_eq!(socket.event().await.change, Change::MemberLeft);
    }
    assert!(matches!(bob.frame().await, ServerFrame::Unsubscribed { .. }));

    for name in ["kitchen", "garden", "nowhere"] {
        type_in(&mut bob, name).await;
    }
    eve.send(&typing("kitchen")).await;
    assert_eq!(typist(&mut ada).await, "eve");
    expect_nothing(&mut bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_told_to_sign_in() {
    let app = TestApp::start().await;
    let mut guest = app.guest_socket().await;
    guest.subscribe("lobby", None).await;
    guest.send(&typing("lobby")).await;
    let (frames, code) = guest.closed().await;
    assert_eq!(code, CloseCode::SignIn.number());
    assert!(matches!(frames.last(), Some(ServerFrame::Error { error, .. }) if error.code == ErrorCode::NotAuthenticated));
}
