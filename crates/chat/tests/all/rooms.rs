use chat::{
    Actor,
    rooms::{self, NewRoom},
};
use protocol::{ErrorCode, Field, Standing, Window};

use crate::scene::{Scene, code};

#[tokio::test]
async fn a_room_gets_a_slug_of_its_own_from_its_name() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    for (name, slug) in [
        ("Garden & Café", "garden-cafe"),
        ("garden cafe", "garden-cafe-2"),
        ("日本", "ri-ben"),
        ("!!!", "room"),
        ("Lobby", "lobby-2"),
    ] {
        assert_eq!(ada.room(name, "public").await.slug, slug);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_new_room_is_said() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let new = NewRoom { name: " ", topic: &"x".repeat(251), visibility: "secret" };
    let error = rooms::create(&scene.chat, ada.actor(), new).await.unwrap_err().public();
    let fields: Vec<_> = error.fields.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, [Field::Name, Field::Topic, Field::Visibility]);
    let new = NewRoom { name: "Garden", topic: "", visibility: "public" };
    assert_eq!(code(rooms::create(&scene.chat, Actor::Guest, new).await), ErrorCode::NotAuthenticated);
}

#[tokio::test]
async fn an_open_room_does_not_exist_for_guests_and_shows_no_messages_before_joining() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Plans", "open").await;
    ada.say(room.id, "hush").await;

    let read = async |actor: Actor| chat::messages::page(&scene.chat, actor, &room.id.into(), Window::Latest).await;
    assert_eq!(code(read(Actor::Guest).await), ErrorCode::NotFound);
    let before = read(bob.actor()).await.unwrap();
    assert_eq!((before.standing, before.messages.len()), (Standing::MayJoin, 0));
    bob.join(&room).await;
    let after = read(bob.actor()).await.unwrap();
    assert_eq!((after.standing, after.messages.len(), after.members), (Standing::Member, 1, 2));

    let slugs = async |actor| {
        let rooms = rooms::list(&scene.chat, actor).await.unwrap();
        rooms.into_iter().map(|summary| summary.room.slug).collect::<Vec<_>>()
    };
    assert_eq!(slugs(Actor::Guest).await, ["lobby"]);
    assert_eq!(slugs(bob.actor()).await, ["lobby", "plans"]);
}

#[tokio::test]
async fn joining_and_leaving_twice_is_once() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    let head = async || chat::messages::page(&scene.chat, ada.actor(), &room.id.into(), Window::Latest).await.unwrap();
    bob.join(&room).await;
    bob.join(&room).await;
    assert_eq!((head().await.head.0, head().await.members), (2, 2));
    bob.leave(&room).await;
    bob.leave(&room).await;
    assert_eq!((head().await.head.0, head().await.members), (3, 1));
}

#[tokio::test]
async fn the_lobby_is_made_once() {
    let scene = Scene::open().await.restart().await;
    let rooms = rooms::list(&scene.chat, Actor::Guest).await.unwrap();
    assert_eq!(rooms.len(), 1);
}
