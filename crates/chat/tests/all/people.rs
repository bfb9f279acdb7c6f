//! What people say of themselves, and who sees it.

use chat::{
    accounts::{ProfileEdit, edit_profile, picture, profile, remove_picture, set_picture},
    messages,
};
use protocol::{ErrorCode, Field, ServerFrame, User, Window};

use crate::scene::{Person, Scene, code, subscribe};

const NOTHING: ProfileEdit<'_> = ProfileEdit { display_name: "", bio: "", pronouns: "", time_zone: "" };
const RED: &[u8] = include_bytes!("../../../../server/tests/all/support/red.png");

/// Who wrote the first message of a room, as a page has it.
async fn author(reader: &Person, scene: &Scene, room: &protocol::Room) -> User {
    let page = messages::page(&scene.chat, reader.actor(), &room.id.into(), Window::Latest).await.unwrap();
    page.messages[0].author.clone()
}

#[tokio::test]
async fn another_name_stands_at_once_beside_what_was_written_before_and_is_told_from_others() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    ada.say(room.id, "before").await;
    assert_eq!(author(&bob, &scene, &room).await, ada.user());

    edit_profile(&scene.chat, &ada.session, ProfileEdit { display_name: "Ada Lovelace", ..NOTHING }).await.unwrap();
    let named = User { name: "Ada Lovelace".into(), ..ada.user() };
    assert_eq!(author(&bob, &scene, &room).await, named);
    // What she writes next is told by her new name too.
    let socket = bob.connect().await;
    let said = ada.say(room.id, "after").await;
    subscribe(&socket, room.id, Some(protocol::Seq(said.seq.0 - 1))).await;
    let live = ada.say(room.id, "live").await;
    match socket.next_frame().await {
        ServerFrame::Event(event) => assert_eq!((event.seq, event.actor), (live.seq, named.clone())),
        other => panic!("not an event: {other:?}"),
    }

    // Bob takes the name that looks like hers: both are marked, and she stays it when she changes something else.
    edit_profile(&scene.chat, &bob.session, ProfileEdit { display_name: "Ada LoveIace", ..NOTHING }).await.unwrap();
    assert!(author(&bob, &scene, &room).await.ambiguous);
    assert!(profile(&scene.chat, &bob.session).await.unwrap().user.ambiguous);
    let more = ProfileEdit { display_name: "Ada Lovelace", bio: "Counts.", ..NOTHING };
    edit_profile(&scene.chat, &ada.session, more).await.unwrap();
    assert!(author(&bob, &scene, &room).await.ambiguous);
    // One's own name is not another's.
    let cy = scene.person("cy").await;
    edit_profile(&scene.chat, &cy.session, ProfileEdit { display_name: "cy", pronouns: "they", ..NOTHING }).await.unwrap();
    assert!(!profile(&scene.chat, &cy.session).await.unwrap().user.ambiguous);
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let (long, longer) = ("x".repeat(51), "x".repeat(301));
    let wrong = ProfileEdit { display_name: &long, bio: &longer, pronouns: "a\u{202e}b", time_zone: "EST" };
    let refused = edit_profile(&scene.chat, &ada.session, wrong).await.unwrap_err().public();
    let fields: Vec<Field> = refused.fields.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, [Field::DisplayName, Field::Bio, Field::Pronouns, Field::TimeZone]);
    assert_eq!(profile(&scene.chat, &ada.session).await.unwrap().user, ada.user());
}

#[tokio::test]
async fn a_picture_comes_with_its_person_wherever_they_are_named() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    let socket = bob.connect().await;
    ada.say(room.id, "before").await;
    assert_eq!(author(&bob, &scene, &room).await.picture, None);
    assert_eq!(code(set_picture(&scene.chat, &ada.session, b"hello".to_vec()).await), ErrorCode::Invalid);

    set_picture(&scene.chat, &ada.session, RED.to_vec()).await.unwrap();
    let etag = author(&bob, &scene, &room).await.picture.unwrap();
    assert!(picture(&scene.chat, ada.session.user.id, &etag).await.unwrap().is_some());
    assert_eq!(picture(&scene.chat, bob.session.user.id, &etag).await.unwrap(), None);
    assert_eq!(picture(&scene.chat, ada.session.user.id, "another").await.unwrap(), None);
    let said = ada.say(room.id, "after").await;
    // Read from the log, and as it happens.
    subscribe_and_see(&socket, &room, said.seq, &etag).await;
    let live = ada.say(room.id, "live").await;
    see(&socket, live.seq, Some(&etag)).await;
    let again = scene.chat.clone();
    let session = chat::sessions::by_refresh_token(&again, &ada.refresh_token).await.unwrap().unwrap().session;
    assert_eq!(session.user.picture.as_deref(), Some(etag.as_str()));

    remove_picture(&scene.chat, &ada.session).await.unwrap();
    assert_eq!(picture(&scene.chat, ada.session.user.id, &etag).await.unwrap(), None);
    assert_eq!(author(&bob, &scene, &room).await.picture, None);
    let last = ada.say(room.id, "without").await;
    see(&socket, last.seq, None).await;
}

async fn subscribe_and_see(socket: &crate::socket::Socket, room: &protocol::Room, seq: protocol::Seq, etag: &str) {
    socket.subscribe(&room.id.into(), Some(protocol::Seq(seq.0 - 1)), None).await.unwrap();
    assert!(matches!(socket.next_frame().await, ServerFrame::Subscribed { .. }));
    see(socket, seq, Some(etag)).await;
}

async fn see(socket: &crate::socket::Socket, seq: protocol::Seq, etag: Option<&str>) {
    match socket.next_frame().await {
        ServerFrame::Event(event) => assert_eq!((event.seq, event.actor.picture.as_deref()), (seq, etag)),
        other => panic!("not an event: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_is_shown_by_other_nodes_too() {
    let redis = testkit::Redis::start().await;
    let (scene, other) = Scene::of_two_nodes(&redis.url()).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    ada.say(room.id, "before").await;
    let there = || async {
        let page = messages::page(&other, bob.actor(), &room.id.into(), Window::Latest).await.unwrap();
        page.messages[0].author.name.clone()
    };
    assert_eq!(there().await, "ada");
    edit_profile(&scene.chat, &ada.session, ProfileEdit { display_name: "Countess", ..NOTHING }).await.unwrap();
    let seen = async {
        while there().await != "Countess" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), seen).await.expect("the old name stays");
}
