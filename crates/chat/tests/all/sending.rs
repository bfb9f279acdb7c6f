use std::collections::HashSet;

use chat::{Actor, messages};
use protocol::{ClientId, ErrorCode, RoomRef, Seq, Window, limits};

use crate::scene::{Scene, code};

#[tokio::test]
async fn the_same_send_again_gives_the_first_result() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    let client_id = ClientId::generate();
    let first = ada.try_say(room.id, client_id, "tea?").await.unwrap();
    ada.say(room.id, "something else").await;
    assert_eq!(ada.try_say(room.id, client_id, "tea?").await.unwrap(), first);
    assert_eq!(ada.try_say(RoomRef::Slug(room.slug.clone()), client_id, "tea?  \n").await.unwrap(), first);

    assert_eq!(code(ada.try_say(room.id, client_id, "coffee?").await), ErrorCode::Conflict);
    assert_eq!(code(ada.try_say(RoomRef::Slug("lobby".into()), client_id, "tea?").await), ErrorCode::Conflict);
    bob.join(&room).await;
    assert_ne!(bob.try_say(room.id, client_id, "coffee?").await.unwrap().message, first.message);

    ada.set_role(&room, &bob, "owner").await.unwrap();
    ada.leave(&room).await;
    assert_eq!(ada.try_say(room.id, client_id, "tea?").await.unwrap(), first);

    let scene = scene.restart().await;
    let sent = messages::Outgoing::new(room.id.into(), client_id, "tea?".into());
    assert_eq!(messages::send(&scene.chat, ada.actor(), sent).await.unwrap(), first);
}

#[tokio::test]
async fn twins_in_one_batch_are_one_message() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let client_id = ClientId::generate();
    let bodies = ["tea?", "tea?", "coffee?", "tea?"];
    let results = futures::future::join_all(bodies.map(|body| ada.try_say(room.id, client_id, body))).await;
    let stored: HashSet<_> = results.iter().flatten().map(|sent| sent.seq).collect();
    assert_eq!(stored.len(), 1);
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3);
    let page = messages::page(&scene.chat, ada.actor(), &room.id.into(), Window::Latest).await.unwrap();
    assert_eq!((page.messages.len(), page.head), (1, Seq(2)));
}

#[tokio::test]
async fn many_writers_fill_every_place_once() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let rooms = [ada.room("One", "public").await, ada.room("Two", "public").await];
    for room in &rooms {
        bob.join(room).await;
    }
    let sends = (0..200).map(|n| {
        let (person, room) = (if n % 3 == 0 { &ada } else { &bob }, &rooms[n % 2]);
        async move { person.say(room.id, &format!("message {n}")).await }
    });
    let sent = futures::future::join_all(sends).await;
    for room in &rooms {
        let mut places: Vec<i64> = sent.iter().filter(|sent| sent.room == room.id).map(|sent| sent.seq.0).collect();
        places.sort_unstable();
        assert_eq!(places, (3..103).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn the_order_of_submitting_is_the_order_of_places() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let outgoing = |n: usize| messages::Outgoing::new(room.id.into(), ClientId::generate(), n.to_string());
    let submitted: Vec<_> = (0..50).map(|n| messages::submit(&scene.chat, ada.actor(), outgoing(n))).collect();
    let places: Vec<_> = futures::future::join_all(submitted).await.into_iter().map(|sent| sent.unwrap().seq.0).collect();
    assert_eq!(places, (2..52).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_may_not_write_is_told_why() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    assert_eq!(code(bob.try_say(room.id, ClientId::generate(), "hi").await), ErrorCode::NotAMember);
    assert_eq!(code(bob.try_say(RoomRef::Slug("nowhere".into()), ClientId::generate(), "hi").await), ErrorCode::NotFound);
    let outgoing = messages::Outgoing::new(room.id.into(), ClientId::generate(), "hi".into());
    assert_eq!(code(messages::send(&scene.chat, Actor::Guest, outgoing).await), ErrorCode::NotAuthenticated);
    for body in ["", " \n ", &"x".repeat(limits::BODY_MAX + 1)] {
        assert_eq!(code(ada.try_say(room.id, ClientId::generate(), body).await), ErrorCode::Invalid);
    }
    ada.say(room.id, &"é".repeat(limits::BODY_MAX)).await;
}

#[tokio::test]
async fn a_closed_chat_stores_what_was_queued_and_refuses_the_rest() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let outgoing = || messages::Outgoing::new(room.id.into(), ClientId::generate(), "before".into());
    let queued: Vec<_> = (0..20).map(|_| messages::submit(&scene.chat, ada.actor(), outgoing())).collect();
    scene.chat.close().await;
    for sent in futures::future::join_all(queued).await {
        sent.unwrap();
    }
    assert_eq!(code(ada.try_say(room.id, ClientId::generate(), "after").await), ErrorCode::Unavailable);
}

#[tokio::test]
async fn what_was_known_of_a_writer_is_forgotten_when_it_changes() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = ada.room("Garden", "public").await;
    eve.join(&room).await;
    ada.set_role(&room, &eve, "owner").await.unwrap();
    bob.join(&room).await;
    let client_id = ClientId::generate();
    let first = bob.try_say(room.id, client_id, "tea?").await.unwrap();
    // Known by now, by id and by slug: in one place after the other, beside others who come and go.
    assert_eq!(bob.say(room.id, "coffee?").await.seq, first.seq.next());
    ada.leave(&room).await;
    let by_slug = RoomRef::Slug(room.slug.clone());
    let third = bob.try_say(by_slug.clone(), ClientId::generate(), "nobody?").await.unwrap();
    assert_eq!(third.seq, Seq(first.seq.0 + 3));
    // Stored already, whether the same or not.
    assert_eq!(bob.try_say(room.id, client_id, "tea?").await.unwrap(), first);
    assert_eq!(code(bob.try_say(room.id, client_id, "juice?").await), ErrorCode::Conflict);
    // A refused one beside a good one takes nothing away from it.
    let (twin, good) = tokio::join!(bob.try_say(room.id, client_id, "tea?"), bob.say(room.id, "cake?"));
    assert_eq!((twin.unwrap(), good.seq), (first, Seq(third.seq.0 + 1)));
    bob.leave(&room).await;
    assert_eq!(code(bob.try_say(by_slug, ClientId::generate(), "bye").await), ErrorCode::NotAMember);
}
