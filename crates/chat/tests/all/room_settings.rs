//! What owners settle about a room.

use std::time::Duration;

use chat::{Actor, rooms};
use protocol::{ClientId, ErrorCode, Field, Problem, Room, RoomRef, ServerFrame, Visibility, Window};
use tokio::time::timeout;

use crate::{
    scene::{Person, Scene, code, subscribe},
    socket::Socket,
};

async fn make(scene: &Scene, owner: &Person, room: &Room, visibility: &str) -> Room {
    rooms::set_visibility(&scene.chat, owner.actor(), &room.id.into(), visibility).await.unwrap()
}

async fn readable(scene: &Scene, actor: Actor, room: impl Into<RoomRef>) -> chat::Result<protocol::RoomPage> {
    chat::messages::page(&scene.chat, actor, &room.into(), Window::Latest).await
}

#[tokio::test]
async fn a_room_that_is_made_private_is_gone_for_strangers_and_stays_for_members() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    let (his, hers, guests) = (bob.connect().await, eve.connect().await, Socket::open(&scene.chat, None).await.unwrap());
    for socket in [&his, &hers, &guests] {
        subscribe(socket, room.id, None).await;
    }
    assert_eq!(code(rooms::set_visibility(&scene.chat, bob.actor(), &room.id.into(), "private").await), ErrorCode::NotAllowed);
    let hidden = make(&scene, &ada, &room, "private").await;
    assert_eq!(hidden.visibility, Visibility::Private);
    let last = ada.say(room.id, "between us").await.seq;
    for socket in [&his, &hers, &guests] {
        assert_eq!(socket.next_frame().await, ServerFrame::Unsubscribed { room: room.id, again: true });
        assert!(socket.try_next().is_none());
    }
    // Members ask again, and miss nothing.
    let resumed = subscribe(&his, room.id, Some(protocol::Seq(last.0 - 2))).await;
    assert_eq!(resumed.replay, [last.0 - 1, last.0]);
    assert_eq!(code(hers.subscribe(&room.id.into(), None, None).await), ErrorCode::NotFound);
    // The address that strangers knew leads members to the new one, and is free for others.
    assert_ne!(hidden.slug, "garden");
    assert_eq!(rooms::moved(&scene.chat, bob.actor(), "garden").await.unwrap(), Some(hidden.slug.clone()));
    for actor in [Actor::Guest, eve.actor()] {
        assert_eq!(rooms::moved(&scene.chat, actor, "garden").await.unwrap(), None);
        assert_eq!(code(readable(&scene, actor, RoomRef::Slug("garden".into())).await), ErrorCode::NotFound);
    }
    assert_eq!(eve.room("Garden", "public").await.slug, "garden");
    assert_eq!(rooms::moved(&scene.chat, bob.actor(), "garden").await.unwrap(), None, "it leads to the one that has it");
    let back = make(&scene, &ada, &room, "public").await;
    assert_eq!(readable(&scene, Actor::Guest, RoomRef::Slug(back.slug)).await.unwrap().room.id, room.id);
}

#[tokio::test]
async fn an_address_that_a_room_had_leads_to_it_until_another_room_takes_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (room, other) = (ada.room("Garden", "public").await, bob.room("Kitchen", "public").await);
    let set = async |person: &Person, room: &Room, address: &str| {
        rooms::set_address(&scene.chat, person.actor(), &room.id.into(), address).await
    };
    assert_eq!(set(&ada, &room, "Herb Gärten").await.unwrap().slug, "herb-garten");
    assert_eq!(rooms::moved(&scene.chat, Actor::Guest, "garden").await.unwrap().unwrap(), "herb-garten");
    assert_eq!(readable(&scene, Actor::Guest, RoomRef::Slug("garden".into())).await.unwrap().room.id, room.id);
    for (slug, client_id) in [("herb-garten", ClientId::generate()), ("garden", ClientId::generate())] {
        let sent = ada.try_say(RoomRef::Slug(slug.into()), client_id, "Thyme").await.unwrap();
        assert_eq!((sent.room, sent.slug.as_str()), (room.id, "herb-garten"), "by {slug}");
        let again = ada.try_say(RoomRef::Slug("garden".into()), client_id, "Thyme").await.unwrap();
        assert_eq!(again.seq, sent.seq);
    }
    let fault = |result: chat::Result<Room>| result.unwrap_err().public().fields[0];
    let taken = fault(set(&bob, &other, "herb-garten").await);
    assert_eq!((taken.field, taken.problem), (Field::Address, Problem::Taken));
    assert_eq!(fault(set(&bob, &other, " - ").await).problem, Problem::Empty);
    // There and back again leaves no address that leads to itself.
    let before = async || scene.texts("SELECT slug FROM room_addresses ORDER BY slug").await;
    set(&ada, &room, "garden").await.unwrap();
    assert_eq!(before().await, ["herb-garten"]);
    set(&ada, &room, "herbs").await.unwrap();
    assert_eq!(before().await, ["garden", "herb-garten"]);
    assert_eq!(set(&bob, &other, "garden").await.unwrap().slug, "garden");
    assert_eq!(before().await, ["herb-garten", "kitchen"]);
    assert_eq!(readable(&scene, Actor::Guest, RoomRef::Slug("garden".into())).await.unwrap().room.id, other.id);
    let hidden = ada.room("Plans", "private").await;
    assert!(set(&ada, &hidden, "secret").await.unwrap().slug.starts_with("secret-"), "it cannot be guessed");
}

#[tokio::test]
async fn in_slow_mode_members_wait_the_true_seconds_and_those_who_keep_order_do_not() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    let slow = async |person: &Person, seconds| rooms::slow_down(&scene.chat, person.actor(), &room.id.into(), seconds).await;
    assert_eq!(code(slow(&bob, 10).await), ErrorCode::NotAllowed);
    assert_eq!(slow(&ada, 7).await.unwrap_err().public().fields[0].field, Field::SlowMode);
    bob.say(room.id, "before").await;
    slow(&ada, 300).await.unwrap();
    let first = ClientId::generate();
    let sent = bob.try_say(room.id, first, "one").await.unwrap();
    let refused = bob.try_say(room.id, ClientId::generate(), "two").await.unwrap_err().public();
    assert_eq!(refused.code, ErrorCode::Throttled);
    assert!((290..=300).contains(&refused.retry_after.unwrap()), "{refused:?}");
    assert_eq!(bob.try_say(room.id, first, "one").await.unwrap(), sent, "a retry is no second message");
    for _ in 0..3 {
        ada.say(room.id, "I keep order").await;
    }
    slow(&ada, 0).await.unwrap();
    bob.say(room.id, "three").await;
}

#[tokio::test]
async fn an_archived_room_is_read_only_and_out_of_the_lists_until_it_is_brought_back() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    bob.say(room.id, "before").await;
    let archive = async |person: &Person, archived| rooms::archive(&scene.chat, person.actor(), &room.id.into(), archived).await;
    let found = async |text| {
        let page = rooms::search(&scene.chat, Actor::Guest, rooms::Search { text, ..rooms::Search::default() }).await.unwrap();
        page.rooms.iter().any(|found| found.room.id == room.id)
    };
    let listed = async || rooms::list(&scene.chat, bob.actor()).await.unwrap().iter().any(|listed| listed.id == room.id);
    assert_eq!(code(archive(&bob, true).await), ErrorCode::NotAllowed);
    archive(&ada, true).await.unwrap();
    for person in [&ada, &bob] {
        assert_eq!(code(person.try_say(room.id, ClientId::generate(), "?").await), ErrorCode::Archived);
    }
    assert_eq!(readable(&scene, Actor::Guest, room.id).await.unwrap().messages.len(), 1);
    assert!(!listed().await && !found("").await && found("garden").await, "who looks for it finds it");
    archive(&ada, false).await.unwrap();
    assert!(listed().await && found("").await);
    bob.say(room.id, "after").await;
}

#[tokio::test]
async fn a_deleted_room_is_gone_with_all_that_was_in_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    rooms::set_address(&scene.chat, ada.actor(), &room.id.into(), "herbs").await.unwrap();
    // More than goes at once.
    for sends in (0..12).map(|_| (0..100).map(|_| ada.say(room.id, "thyme")).collect::<Vec<_>>()) {
        futures::future::join_all(sends).await;
    }
    let message = bob.say(room.id, "sage").await.seq;
    chat::messages::report(&scene.chat, ada.actor(), &room.id.into(), message, "Off topic").await.unwrap();
    let (his, guests) = (bob.connect().await, Socket::open(&scene.chat, None).await.unwrap());
    subscribe(&his, room.id, None).await;
    subscribe(&guests, room.id, None).await;
    let delete = async |person: &Person, name: &str| rooms::delete(&scene.chat, person.actor(), &room.id.into(), name).await;
    assert_eq!(code(delete(&bob, "Garden").await), ErrorCode::NotAllowed);
    assert_eq!(delete(&ada, "garden").await.unwrap_err().public().fields[0].problem, Problem::Different);
    delete(&ada, "Garden").await.unwrap();
    for socket in [&his, &guests] {
        assert_eq!(socket.next_frame().await, ServerFrame::Unsubscribed { room: room.id, again: true });
    }
    assert_eq!(code(his.subscribe(&room.id.into(), None, None).await), ErrorCode::NotFound);
    for name in [room.id.into(), RoomRef::Slug("garden".into()), RoomRef::Slug("herbs".into())] {
        assert_eq!(code(readable(&scene, ada.actor(), name).await), ErrorCode::NotFound);
    }
    assert_eq!(ada.room("Herbs", "public").await.slug, "herbs");
    gone(&scene).await;
}

/// Waits until nothing is left of deleted rooms.
async fn gone(scene: &Scene) {
    let gone = async {
        while scene.number("SELECT COUNT(*) FROM rooms WHERE deleted_at IS NOT NULL").await > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), gone).await.expect("a deleted room stays");
    for table in ["messages", "room_events", "memberships", "room_addresses", "reports"] {
        let left = format!("SELECT COUNT(*) FROM {table} WHERE room_id NOT IN (SELECT id FROM rooms)");
        assert_eq!(scene.number(&left).await, 0, "{table}");
    }
    assert_eq!(scene.number("SELECT COUNT(*) FROM messages WHERE body IN ('thyme', 'sage')").await, 0);
}

#[tokio::test]
async fn what_a_stop_leaves_of_a_deleted_room_goes_after_the_next_start() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    ada.say(room.id, "thyme").await;
    scene.sql("UPDATE rooms SET deleted_at = 1, visibility = 'private' WHERE slug = 'garden'").await;
    // Its members have rows there yet, and are in no such room.
    assert_eq!(code(readable(&scene, ada.actor(), room.id).await), ErrorCode::NotFound);
    assert!(!rooms::list(&scene.chat, ada.actor()).await.unwrap().iter().any(|listed| listed.id == room.id));
    let found = rooms::search(&scene.chat, ada.actor(), rooms::Search::default()).await.unwrap().rooms;
    assert!(!found.iter().any(|found| found.room.id == room.id));
    let scene = scene.restart().await;
    gone(&scene).await;
}
