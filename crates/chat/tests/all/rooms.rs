use chat::{
    Actor,
    rooms::{self, NewRoom, RoomEdit},
};
use protocol::{ErrorCode, Event, Field, Problem, Room, RoomId, RoomRef, Seq, ServerFrame, Standing, Window};

use crate::{
    scene::{Person, Scene, code, subscribe},
    socket::Socket,
};

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
    let new = NewRoom { name: " ", topic: &"x".repeat(251), visibility: "secret", allow_duplicate: false };
    let error = rooms::create(&scene.chat, ada.actor(), new).await.unwrap_err().public();
    let fields: Vec<_> = error.fields.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, [Field::Name, Field::Topic, Field::Visibility]);
    let new = NewRoom { name: "Garden", topic: "", visibility: "public", allow_duplicate: false };
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
        rooms.into_iter().map(|room| room.slug).collect::<Vec<_>>()
    };
    assert_eq!(slugs(Actor::Guest).await, ["lobby"]);
    assert_eq!(slugs(bob.actor()).await, ["lobby", "plans"]);
}

#[tokio::test]
async fn a_private_room_does_not_exist_for_others_not_even_by_an_address_that_is_taken() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Plans", "private").await;
    assert!(room.slug.starts_with("plans-"), "{}", room.slug);
    for actor in [Actor::Guest, bob.actor()] {
        for name in [room.id.into(), RoomRef::Slug(room.slug.clone())] {
            let read = chat::messages::page(&scene.chat, actor, &name, Window::Latest).await;
            assert_eq!(code(read), ErrorCode::NotFound);
        }
        assert!(rooms::namesake(&scene.chat, actor, "Plans").await.unwrap().is_none());
        let found = rooms::search(&scene.chat, actor, rooms::Search { text: "plans", ..rooms::Search::default() }).await.unwrap();
        assert!(found.rooms.is_empty());
    }
    assert_eq!(code(rooms::join(&scene.chat, bob.actor(), &room.id.into()).await), ErrorCode::NotFound);
    assert_eq!(bob.room("Plans", "public").await.slug, "plans", "there is no other room of the name");
    ada.say(room.id, "hush").await;
    assert!(rooms::list(&scene.chat, ada.actor()).await.unwrap().contains(&room));
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

#[tokio::test]
async fn its_owner_changes_a_rooms_name_and_topic_and_everybody_is_told_in_its_log() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    let socket = bob.connect().await;
    let head = subscribe(&socket, room.id, None).await.head;

    let changed = ada.edit(&room, " Herb  garden ", "Thyme and sage").await.unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.topic.as_str(), changed.slug.as_str()),
        ("Herb garden", "Thyme and sage", "garden")
    );
    let change = changed.changed();
    let event = event(&socket).await;
    assert_eq!((event.seq, event.actor.id, &event.change), (head.next(), ada.user().id, &change));

    // The same again is no change.
    ada.edit(&room, "Herb garden", "Thyme and sage").await.unwrap();
    assert_eq!(bob.say(room.id, "Lovely").await.seq, head.next().next());
    let page = chat::messages::page(&scene.chat, bob.actor(), &room.id.into(), Window::Latest).await.unwrap();
    assert_eq!((page.room, page.rights.edit), (changed, false));
    assert!(chat::messages::page(&scene.chat, ada.actor(), &room.id.into(), Window::Latest).await.unwrap().rights.edit);
}

#[tokio::test]
async fn who_was_away_while_a_room_changed_twice_gets_the_name_that_it_has() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    ada.edit(&room, "Herbs", "").await.unwrap();
    ada.edit(&room, "Roses", "Red ones").await.unwrap();
    let socket = ada.connect().await;
    socket.subscribe(&room.id.into(), Some(Seq(1)), None).await.unwrap();
    let mut told = Vec::new();
    while told.len() < 2 {
        told.push(event(&socket).await.change);
    }
    assert_eq!(told, vec![Room { name: "Roses".into(), topic: "Red ones".into(), ..room }.changed(); 2]);
}

#[tokio::test]
async fn nobody_but_the_owner_changes_a_room() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Plans", "open").await;
    assert_eq!(code(bob.edit(&room, "Mine", "").await), ErrorCode::NotAMember);
    bob.join(&room).await;
    assert_eq!(code(bob.edit(&room, "Mine", "").await), ErrorCode::NotAllowed);
    let guest =
        rooms::edit(&scene.chat, Actor::Guest, &room.id.into(), RoomEdit { name: "Mine", topic: "", allow_duplicate: false })
            .await;
    assert_eq!(code(guest), ErrorCode::NotAuthenticated);
    let fields: Vec<_> = ada.edit(&room, "", &"x".repeat(251)).await.unwrap_err().public().fields;
    assert_eq!(fields.iter().map(|fault| fault.field).collect::<Vec<_>>(), [Field::Name, Field::Topic]);
}

/// Lists of rooms are on screens that do not hear the room.
#[tokio::test]
async fn who_may_find_a_renamed_room_is_told_without_a_subscription_and_others_are_not() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (garden, plans) = (ada.room("Garden", "public").await, ada.room("Plans", "open").await);
    let (his, guests) = (bob.connect().await, Socket::open(&scene.chat, None).await.unwrap());
    ada.edit(&plans, "Secret plans", "").await.unwrap();
    ada.edit(&garden, "Herbs", "Thyme").await.unwrap();
    let renamed =
        |room: &Room, name: &str, topic: &str| ServerFrame::Renamed { room: room.id, name: name.into(), topic: topic.into() };
    assert_eq!(his.next_frame().await, renamed(&plans, "Secret plans", ""));
    assert_eq!(his.next_frame().await, renamed(&garden, "Herbs", "Thyme"));
    assert_eq!(guests.next_frame().await, renamed(&garden, "Herbs", "Thyme"));
}

async fn event(socket: &Socket) -> Event {
    loop {
        if let ServerFrame::Event(event) = socket.next_frame().await {
            return event;
        }
    }
}

#[tokio::test]
async fn a_room_of_the_same_name_is_not_made_by_accident() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let garden = ada.room("Tea Garden", "open").await;
    let create = async |actor: Actor, name: &str, allow_duplicate| {
        rooms::create(&scene.chat, actor, NewRoom { name, topic: "", visibility: "public", allow_duplicate }).await
    };
    for name in ["Tea Garden", " tea  GARDEN", "Теа Garden", "Tea-Garden"] {
        let error = create(bob.actor(), name, false).await.unwrap_err().public();
        assert_eq!((error.fields[0].field, error.fields[0].problem), (Field::Name, Problem::Taken), "{name}");
        assert_eq!(rooms::namesake(&scene.chat, bob.actor(), name).await.unwrap().unwrap().id, garden.id);
    }
    assert!(rooms::namesake(&scene.chat, Actor::Guest, "Tea Garden").await.unwrap().is_none(), "told of an open room");
    assert_ne!(create(bob.actor(), "Tea Garden", true).await.unwrap().id, garden.id);

    let twice = futures::future::join_all((0..4).map(|_| create(ada.actor(), "Herbs", false))).await;
    assert_eq!(twice.iter().filter(|result| result.is_ok()).count(), 1);

    // A rename is no way round, and a room does not stand in its own way.
    let roses = ada.room("Roses", "public").await;
    let rename = async |name: &str, allow_duplicate| {
        rooms::edit(&scene.chat, ada.actor(), &roses.id.into(), RoomEdit { name, topic: "Red ones", allow_duplicate }).await
    };
    let error = rename("herbs", false).await.unwrap_err().public();
    assert_eq!((error.fields[0].field, error.fields[0].problem), (Field::Name, Problem::Taken));
    rename("ROSES", false).await.unwrap();
    rename("Herbs", true).await.unwrap();
}

#[tokio::test]
async fn rooms_are_listed_as_people_sort() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    for name in ["Room 10", "zoo", "Äpfel", "room 9", "Birnen"] {
        ada.room(name, "public").await;
    }
    let names = rooms::list(&scene.chat, ada.actor()).await.unwrap().into_iter().map(|room| room.name).collect::<Vec<_>>();
    assert_eq!(names, ["Äpfel", "Birnen", "Lobby", "room 9", "Room 10", "zoo"]);
}

#[tokio::test]
async fn of_some_rooms_that_are_named_those_are_found_that_one_may_find() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (garden, cellar) = (ada.room("garden", "open").await, ada.room("cellar", "private").await);
    let among = [garden.id, cellar.id];
    let found = async |person: &Person, among: &[RoomId]| {
        let search = rooms::Search { among: Some(among), ..rooms::Search::default() };
        let page = rooms::search(&scene.chat, person.actor(), search).await.unwrap();
        page.rooms.into_iter().map(|summary| summary.room.slug).collect::<Vec<_>>()
    };
    assert_eq!(found(&ada, &among).await, [cellar.slug, garden.slug.clone()]);
    assert_eq!(found(&bob, &among).await, [garden.slug]);
    assert!(found(&ada, &[]).await.is_empty());
}
