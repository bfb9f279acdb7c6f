//! Getting around: how the list of rooms is arranged, and what can be gone to by its name.

use chat::{Actor, rooms};
use protocol::{Arrangement, ErrorCode, Section, ServerFrame};

use crate::scene::{Person, Scene, code};

async fn listed(scene: &Scene, who: &Person) -> Vec<(String, bool)> {
    let list = rooms::list(&scene.chat, who.actor()).await.unwrap();
    list.into_iter().map(|room| (room.name, room.starred)).collect()
}

fn names(list: &[(String, bool)]) -> Vec<&str> {
    list.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn stars_are_ones_own_and_every_device_hears_of_them() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (garden, hidden) = (ada.room("Garden", "public").await, ada.room("Hidden", "private").await);
    bob.join(&garden).await;
    let socket = ada.connect().await;
    socket.greet("1").await.unwrap();
    let ServerFrame::Hello { rev: Some(rev), .. } = socket.next_frame().await else { panic!("no hello") };
    rooms::star(&scene.chat, ada.actor(), &garden.id.into(), true).await.unwrap();
    assert_eq!(socket.next_frame().await, ServerFrame::RoomsChanged { rev: rev + 1 });
    assert!(listed(&scene, &ada).await.contains(&("Garden".to_owned(), true)));
    assert!(listed(&scene, &bob).await.contains(&("Garden".to_owned(), false)));
    rooms::star(&scene.chat, ada.actor(), &garden.id.into(), false).await.unwrap();
    assert!(listed(&scene, &ada).await.contains(&("Garden".to_owned(), false)));

    for (who, expected) in [(bob.actor(), ErrorCode::NotFound), (Actor::Guest, ErrorCode::NotAuthenticated)] {
        assert_eq!(code(rooms::star(&scene.chat, who, &hidden.id.into(), true).await), expected);
    }
    bob.leave(&garden).await;
    assert_eq!(code(rooms::star(&scene.chat, bob.actor(), &garden.id.into(), true).await), ErrorCode::NotAMember);
}

#[tokio::test]
async fn the_list_is_arranged_as_its_person_wants() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    for name in ["Cellar", "Attic", "Barn"] {
        ada.room(name, "public").await;
    }
    assert_eq!(names(&listed(&scene, &ada).await), ["Attic", "Barn", "Cellar", "Lobby"]);
    rooms::order_by_activity(&scene.chat, &ada.session, true).await.unwrap();
    // Times decide here; two in one millisecond stand by name.
    scene.sql("UPDATE room_events SET at = 1000").await;
    scene.sql("UPDATE room_events SET at = 2000 WHERE room_id = (SELECT id FROM rooms WHERE slug = 'cellar')").await;
    assert_eq!(names(&listed(&scene, &ada).await), ["Cellar", "Attic", "Barn", "Lobby"]);
    rooms::fold(&scene.chat, &ada.session, Section::Direct, true).await.unwrap();
    rooms::fold(&scene.chat, &ada.session, Section::Rooms, true).await.unwrap();
    rooms::fold(&scene.chat, &ada.session, Section::Direct, true).await.unwrap();
    let arrangement = rooms::arrangement(&scene.chat, ada.actor()).await.unwrap();
    assert_eq!(arrangement, Arrangement { folded: vec![Section::Rooms, Section::Direct], by_activity: true });
    rooms::fold(&scene.chat, &ada.session, Section::Rooms, false).await.unwrap();
    rooms::order_by_activity(&scene.chat, &ada.session, false).await.unwrap();
    let arrangement = rooms::arrangement(&scene.chat, ada.actor()).await.unwrap();
    assert_eq!(arrangement, Arrangement { folded: vec![Section::Direct], by_activity: false });
    assert_eq!(rooms::arrangement(&scene.chat, Actor::Guest).await.unwrap(), Arrangement::default());
    assert_eq!(names(&listed(&scene, &ada).await), ["Attic", "Barn", "Cellar", "Lobby"]);
}

#[tokio::test]
async fn a_conversation_between_two_says_who_the_other_is() {
    let scene = Scene::open().await;
    let (ada, bob, _eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    rooms::converse(&scene.chat, ada.actor(), "bob").await.unwrap();
    rooms::converse(&scene.chat, ada.actor(), "bob, eve").await.unwrap();
    let list = rooms::list(&scene.chat, ada.actor()).await.unwrap();
    let people: Vec<_> = list.iter().filter_map(|room| room.person).collect();
    assert_eq!(people, [bob.user().id]);
}

#[tokio::test]
async fn what_can_be_gone_to_is_what_may_be_found() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    ada.room("Garden", "open").await;
    let hidden = ada.room("Hidden", "private").await;
    rooms::converse(&scene.chat, ada.actor(), "bob").await.unwrap();
    let said = ada.say(hidden.id, "**Nightshade** tea").await;
    let follow = async |who: &Person| {
        let (room, user) = (hidden.id.0.simple(), who.user().id.0.simple());
        let ids = if scene.database_url().starts_with("sqlite") {
            format!("x'{room}', {}, x'{user}'", said.seq)
        } else {
            format!("'{room}', {}, '{user}'", said.seq)
        };
        scene.sql(&format!("INSERT INTO follows (room_id, seq, user_id, last_read_seq) VALUES ({ids}, 0)")).await;
    };
    follow(&ada).await;
    // Followed once, and in the room no more.
    follow(&bob).await;
    let found = rooms::palette(&scene.chat, &bob.session).await.unwrap();
    let names: Vec<_> = found.rooms.iter().map(|room| room.name.as_str()).collect();
    let people: Vec<_> = found.people.iter().map(|person| person.username.as_str()).collect();
    assert_eq!((names, people), (vec!["Garden", "Lobby"], vec!["ada", "bob"]));
    assert!(found.threads.is_empty());
    let threads = rooms::palette(&scene.chat, &ada.session).await.unwrap().threads;
    let threads: Vec<_> = threads.iter().map(|thread| (thread.line.as_str(), thread.room.as_str(), thread.seq)).collect();
    assert_eq!(threads, [("Nightshade tea", "Hidden", said.seq)]);
}
