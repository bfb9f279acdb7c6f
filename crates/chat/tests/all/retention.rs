//! Messages are kept as long as the house says.

use chat::{Settings, house, messages, now};
use protocol::{Change, RoomRef, Seq, ServerFrame, Window};

use crate::scene::{Person, Scene, a_few_at_a_time, subscribe};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn keep(scene: &Scene, owner: &Person, days: Option<u32>) {
    let settings = Settings { retention_days: days, ..Settings::default() };
    house::change(&scene.chat, owner.actor(), settings).await.unwrap();
}

#[tokio::test]
async fn what_is_older_than_the_house_keeps_is_deleted_and_everybody_hears_of_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Cellar", "private").await;
    ada.add(&room, "bob").await.unwrap();
    let old = bob.say(room.id, "nightshade").await;
    messages::report(&scene.chat, ada.actor(), &room.id.into(), old.seq, "Poison").await.unwrap();
    let socket = bob.connect().await;
    subscribe(&socket, room.id, None).await;

    // Nothing goes where nothing is settled, however old it is.
    assert_eq!(messages::expire(&scene.chat, now() + 100_000 * DAY_MS).await.unwrap(), 0);
    keep(&scene, &ada, Some(30)).await;
    assert_eq!(messages::expire(&scene.chat, now() + 29 * DAY_MS).await.unwrap(), 0);
    let later = now() + 30 * DAY_MS + 60_000;
    assert_eq!(messages::expire(&scene.chat, later).await.unwrap(), 1);
    match socket.next_frame().await {
        ServerFrame::Event(event) => {
            assert_eq!(event.change, Change::MessageDeleted { id: old.message, seq: old.seq, thread_of: None, thread: None });
            assert_eq!(event.actor.name, "The house");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(messages::expire(&scene.chat, later).await.unwrap(), 0, "once");
    assert_eq!(scene.number("SELECT COUNT(*) FROM messages WHERE body <> ''").await, 0);
    assert_eq!(scene.number("SELECT COUNT(*) FROM reports WHERE closed_at IS NULL").await, 0);
    let page = messages::page(&scene.chat, bob.actor(), &room.id.into(), Window::Latest).await.unwrap();
    assert!(page.messages[0].deleted && page.messages[0].body.is_empty());
    // Whoever was away is told that it was there, and not what it said.
    let late = ada.connect().await;
    late.subscribe(&room.id.into(), Some(Seq(old.seq.0 - 1)), None).await.unwrap();
    late.next_frame().await;
    match late.next_frame().await {
        ServerFrame::Event(event) => match event.change {
            Change::MessageCreated { message } => assert!(message.deleted && message.body.is_empty()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn many_old_messages_go_in_portions_and_the_log_has_no_gap() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Cellar", "open").await;
    bob.join(&room).await;
    let lobby = RoomRef::Slug("lobby".to_owned());
    a_few_at_a_time((0..700).map(|number| {
        let to = if number % 3 == 0 { lobby.clone() } else { room.id.into() };
        bob.say(to, "old")
    }))
    .await;
    keep(&scene, &ada, Some(1)).await;
    let later = now() + 2 * DAY_MS;
    // What others write meanwhile gets its places, too.
    let write = async {
        for _ in 0..20 {
            ada.say(room.id, "meanwhile").await;
        }
    };
    let (gone, ()) = futures::join!(messages::expire(&scene.chat, later), write);
    let rest = messages::expire(&scene.chat, later).await.unwrap();
    assert_eq!(gone.unwrap() + rest, 720);
    assert_eq!(scene.number("SELECT COUNT(*) FROM room_events WHERE kind = 'message_deleted'").await, 720);
    let gaps = "SELECT COUNT(*) FROM rooms r WHERE r.last_seq <> (SELECT COUNT(*) FROM room_events e WHERE e.room_id = r.id)";
    assert_eq!(scene.number(gaps).await, 0);
}
