//! Direct conversations.

use chat::{
    messages, rooms,
    rooms::{Search, converse, hide, list},
};
use protocol::{ErrorCode, Field, Problem, Room, Visibility, Window, limits};

use super::scene::{Person, Scene};

/// The conversation of somebody with others, whom they name.
async fn with(scene: &Scene, person: &Person, people: &str) -> chat::Result<Room> {
    converse(&scene.chat, person.actor(), people).await
}

async fn listed(scene: &Scene, person: &Person) -> Vec<String> {
    let rooms = list(&scene.chat, person.actor()).await.unwrap();
    rooms.into_iter().filter(|room| room.visibility == Visibility::Direct).map(|room| room.name).collect()
}

#[tokio::test]
async fn between_the_same_people_there_is_one_and_each_sees_the_names_of_the_others() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = with(&scene, &ada, "@bob").await.unwrap();
    assert_eq!((room.name.as_str(), room.visibility), ("bob", Visibility::Direct));
    assert_eq!(room.slug, room.id.to_string(), "an address names nobody");
    assert_eq!(with(&scene, &ada, "bob ada").await.unwrap().id, room.id, "oneself is in it anyway");
    let his = with(&scene, &bob, "ada").await.unwrap();
    assert_eq!((his.id, his.name.as_str()), (room.id, "ada"));
    let three = with(&scene, &ada, "eve, bob").await.unwrap();
    assert_ne!(three.id, room.id);
    assert_eq!(three.name, "bob, eve");
    assert_eq!(with(&scene, &eve, "ada bob").await.unwrap().id, three.id);
}

/// On one node, and on two that find at the same time that there is none.
#[tokio::test(flavor = "multi_thread")]
async fn two_who_begin_at_once_are_in_the_same_conversation() {
    let here = Scene::open().await;
    let (scene, node) = Scene::of_two_nodes("redis://127.0.0.1:1").await;
    for (scene, other) in [(&here, &here.chat), (&scene, &node)] {
        let ada = scene.person("ada").await;
        for name in ["bob", "carl", "dora", "emma"] {
            let person = scene.person(name).await;
            let (one, two) = futures::join!(with(scene, &ada, name), converse(other, person.actor(), "ada"));
            assert_eq!(one.unwrap().id, two.unwrap().id, "{name}");
        }
        assert_eq!(scene.number("SELECT COUNT(*) FROM rooms WHERE visibility = 'direct'").await, 4);
    }
}

#[tokio::test]
async fn the_others_have_it_in_their_lists_with_the_first_message_and_again_after_they_hid_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = with(&scene, &ada, "bob").await.unwrap();
    assert_eq!((listed(&scene, &ada).await, listed(&scene, &bob).await), (vec!["bob".to_owned()], vec![]));
    ada.say(room.id, "Tea?").await;
    assert_eq!(listed(&scene, &bob).await, ["ada"]);
    for _ in 0..2 {
        // What is known of who writes here is known from before it is hidden.
        ada.say(room.id, "Not yet").await;
        hide(&scene.chat, bob.actor(), &room.id.into()).await.unwrap();
        assert_eq!(listed(&scene, &bob).await, [""; 0]);
    }
    assert_eq!(listed(&scene, &ada).await, ["bob"], "only his own list");
    // By the way that is taken where the author is known already.
    ada.say(room.id, "With milk?").await;
    assert_eq!(listed(&scene, &bob).await, ["ada"]);
}

#[tokio::test]
async fn nobody_else_knows_of_it_and_nobody_is_added_or_leaves() {
    let scene = Scene::open().await;
    let (ada, _bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = with(&scene, &ada, "bob").await.unwrap();
    ada.say(room.id, "Between us").await;
    for name in [room.id.into(), room.slug.clone().into()] {
        let code = |error: chat::Error| error.public().code;
        let eve = eve.actor();
        assert_eq!(messages::page(&scene.chat, eve, &name, Window::Latest).await.map_err(code), Err(ErrorCode::NotFound));
        assert_eq!(rooms::join(&scene.chat, eve, &name).await.map_err(code), Err(ErrorCode::NotFound));
        assert_eq!(hide(&scene.chat, eve, &name).await.map_err(code), Err(ErrorCode::NotFound));
        assert_eq!(rooms::leave(&scene.chat, ada.actor(), &name).await.map_err(code), Err(ErrorCode::NotAllowed));
        assert_eq!(rooms::add(&scene.chat, ada.actor(), &name, "eve").await.map_err(code), Err(ErrorCode::NotAllowed));
    }
    for actor in [ada.actor(), eve.actor()] {
        let all = rooms::search(&scene.chat, actor, Search::default()).await.unwrap();
        assert!(all.rooms.iter().all(|room| room.room.visibility != Visibility::Direct), "it is no room to be found");
    }
    assert!(hide(&scene.chat, ada.actor(), &"lobby".to_owned().into()).await.is_err(), "no conversation");
}

#[tokio::test]
async fn whom_there_is_not_one_cannot_write_to() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    scene.person("bob").await;
    let problem = async |people: &str| {
        let error = with(&scene, &ada, people).await.unwrap_err().public();
        error.fields.first().map(|fault| (fault.field, fault.problem))
    };
    for people in ["nobody", "bob nobody"] {
        assert_eq!(problem(people).await, Some((Field::People, Problem::NotAChoice)), "{people}");
    }
    assert_eq!(problem("ada").await, Some((Field::People, Problem::Empty)), "that is oneself");
    let many: Vec<_> = (0..limits::CONVERSATION_MAX).map(|n| format!("p{n}")).collect();
    assert_eq!(problem(&many.join(" ")).await, Some((Field::People, Problem::TooLong { max: limits::CONVERSATION_MAX - 1 })));
}
