//! Deleting what others wrote, and bringing it before those who keep order.

use chat::messages::{self, Done};
use protocol::{Change, ClientId, ErrorCode, Field, Room, Seq, ServerFrame, Window};

use crate::scene::{Person, Scene, code, subscribe};

async fn delete(scene: &Scene, person: &Person, room: &Room, seq: Seq) -> chat::Result<Done> {
    messages::delete(&scene.chat, person.actor(), &room.id.into(), seq).await
}

#[tokio::test]
async fn of_a_deleted_message_nothing_is_left_but_that_it_was_there() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    let client_id = ClientId::generate();
    let ada_said = ada.say(room.id, "mint").await.seq;
    let sent = bob.try_say(room.id, client_id, "nightshade").await.unwrap();
    let read = async || messages::page(&scene.chat, bob.actor(), &room.id.into(), Window::Latest).await.unwrap();
    assert_eq!(read().await.messages[1].body, "nightshade");
    let socket = bob.connect().await;
    subscribe(&socket, room.id, None).await;

    let eve = scene.person("eve").await;
    assert_eq!(code(delete(&scene, &eve, &room, sent.seq).await), ErrorCode::NotAMember);
    assert_eq!(code(delete(&scene, &bob, &room, ada_said).await), ErrorCode::NotAllowed);
    assert_eq!(code(delete(&scene, &ada, &room, Seq(1)).await), ErrorCode::NotFound, "somebody joined there");
    delete(&scene, &ada, &room, sent.seq).await.unwrap();
    match socket.next_frame().await {
        ServerFrame::Event(event) => {
            assert_eq!(event.change, Change::MessageDeleted { id: sent.message, seq: sent.seq, thread_of: None, thread: None });
        }
        other => panic!("{other:?}"),
    }
    // Once more is no second event.
    delete(&scene, &ada, &room, sent.seq).await.unwrap();
    assert_eq!(ada.say(room.id, "mint").await.seq, Seq(sent.seq.0 + 2));
    let page = read().await;
    assert_eq!((page.messages[1].body.as_str(), page.messages[1].deleted), ("", true));
    assert_eq!(scene.number("SELECT COUNT(*) FROM messages WHERE body LIKE '%nightshade%'").await, 0);
    // Whoever was away is told that it was there, and not what it said.
    let late = ada.connect().await;
    late.subscribe(&room.id.into(), Some(Seq(sent.seq.0 - 1)), None).await.unwrap();
    late.next_frame().await;
    match late.next_frame().await {
        ServerFrame::Event(event) => match event.change {
            Change::MessageCreated { message } => assert!(message.deleted && message.body.is_empty()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
    assert_eq!(bob.try_say(room.id, client_id, "nightshade").await.unwrap(), sent, "its retry is no new message");
}

#[tokio::test]
async fn what_is_reported_comes_before_those_who_keep_order_once() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    let [first, second] = [bob.say(room.id, "nightshade").await.seq, bob.say(room.id, "hemlock").await.seq];
    let report = async |seq, reason| messages::report(&scene.chat, eve.actor(), &room.id.into(), seq, reason).await;
    assert_eq!(report(first, "  ").await.unwrap_err().public().fields[0].field, Field::Reason);
    for seq in [first, first, second] {
        report(seq, "Poison").await.unwrap();
    }
    let list = async |person: &Person| messages::reports(&scene.chat, person.actor(), &room.id.into()).await;
    assert_eq!(code(list(&bob).await), ErrorCode::NotAllowed);
    let (_, reports) = list(&ada).await.unwrap();
    let said: Vec<_> = reports.iter().map(|report| (report.body.as_str(), report.by.id, report.author.id)).collect();
    assert_eq!(said, [("hemlock", eve.user().id, bob.user().id), ("nightshade", eve.user().id, bob.user().id)]);
    assert_eq!(scene.texts("SELECT text FROM alerts").await, [" reported a message in Garden."; 2]);
    messages::close_report(&scene.chat, ada.actor(), &room.id.into(), &reports[0].id).await.unwrap();
    delete(&scene, &ada, &room, first).await.unwrap();
    assert!(list(&ada).await.unwrap().1.is_empty(), "what is deleted is seen to");
    let hidden = ada.room("Plans", "private").await;
    let seq = ada.say(hidden.id, "hush").await.seq;
    let refused = messages::report(&scene.chat, eve.actor(), &hidden.id.into(), seq, "?").await;
    assert_eq!(code(refused), ErrorCode::NotFound);
}
