use protocol::{ErrorCode, Room, RoomId, RoomRef, Seq, ServerFrame};

use crate::{
    scene::{Person, Scene, code, subscribe},
    socket::Socket,
};

async fn subscriber(person: &Person, room: &Room) -> Socket {
    let socket = person.connect().await;
    subscribe(&socket, room.id, None).await;
    socket
}

async fn expect_event(socket: &Socket, seq: Seq) {
    match socket.next_frame().await {
        ServerFrame::Event(event) => assert_eq!(event.seq, seq),
        other => panic!("not an event: {other:?}"),
    }
}

#[tokio::test]
async fn the_others_hear_it_and_nothing_is_committed() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    let (hers, her_other, his) = (subscriber(&ada, &room).await, subscriber(&ada, &room).await, subscriber(&bob, &room).await);
    let commits = scene.chat.commits();
    hers.typing(&RoomRef::Slug("garden".into())).await.unwrap();
    assert_eq!(his.next_frame().await, ServerFrame::Typing { room: room.id, user: ada.user() });
    assert_eq!(scene.chat.commits(), commits, "pages that were rendered for guests are still true");
    let said = ada.say(room.id, "first after the making").await;
    assert_eq!(said.seq, Seq(2));
    for socket in [&hers, &her_other, &his] {
        expect_event(socket, Seq(2)).await;
    }
}

#[tokio::test]
async fn one_socket_says_it_now_and_then() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (garden, shed) = (ada.room("Garden", "public").await, ada.room("Shed", "public").await);
    let (hers, his) = (ada.connect().await, subscriber(&bob, &garden).await);
    subscribe(&his, shed.id, None).await;
    let typing = |room: RoomId| ServerFrame::Typing { room, user: ada.user() };
    hers.typing(&garden.id.into()).await.unwrap();
    assert_eq!(his.next_frame().await, typing(garden.id));
    for _ in 0..10 {
        hers.typing(&garden.id.into()).await.unwrap();
    }
    hers.typing(&shed.id.into()).await.unwrap();
    assert_eq!(his.next_frame().await, typing(shed.id));
}

#[tokio::test]
async fn what_is_too_often_is_not_looked_up() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let (hers, her_other) = (ada.connect().await, ada.connect().await);
    hers.typing(&room.id.into()).await.unwrap();
    scene.chat.close().await;
    assert_eq!(code(her_other.typing(&room.id.into()).await), ErrorCode::Unavailable);
    assert!(hers.typing(&room.id.into()).await.is_ok(), "dropped before the database was asked");
}

#[tokio::test]
async fn only_members_type() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (garden, kitchen) = (ada.room("Garden", "public").await, ada.room("Kitchen", "open").await);
    let hers = subscriber(&ada, &garden).await;
    subscribe(&hers, kitchen.id, None).await;
    let (his, guest) = (bob.connect().await, Socket::open(&scene.chat, None).await.unwrap());
    for room in [&garden, &kitchen] {
        assert_eq!(code(his.typing(&room.id.into()).await), ErrorCode::NotAMember);
        assert_eq!(code(guest.typing(&room.id.into()).await), ErrorCode::NotAuthenticated);
    }
    assert_eq!(code(his.typing(&RoomRef::Slug("nowhere".into())).await), ErrorCode::NotFound);
    let last = ada.say(kitchen.id, "nobody else was heard").await.seq;
    expect_event(&hers, last).await;
}
