//! Places of one epoch of the logs say nothing about those of another (G4): a backup was restored in between, or the database is another.

use std::{fs, time::Duration};

use chat::{messages, upkeep};
use protocol::{CloseCode, EpochId, ErrorCode, Room, RoomPage, Seq, ServerFrame, Window};
use tokio::time::timeout;

use crate::{
    scene::{Person, Scene, code},
    socket::{Delivery, Socket},
    upkeep::{Folder, execute, postgres},
};

/// Says so many things.
async fn talk(person: &Person, room: &Room, count: usize) -> Seq {
    let mut last = Seq::ZERO;
    for number in 0..count {
        last = person.say(room.id, &number.to_string()).await.seq;
    }
    last
}

/// What the answer to a subscription says.
struct Answer {
    head: Seq,
    epoch: EpochId,
    reset: bool,
}

async fn resume(socket: &Socket, room: &Room, after: Option<Seq>, epoch: Option<EpochId>) -> Answer {
    socket.subscribe(&room.id.into(), after, epoch).await.unwrap();
    loop {
        if let ServerFrame::Subscribed { head, epoch, reset, .. } = socket.next_frame().await {
            return Answer { head, epoch: epoch.unwrap(), reset };
        }
    }
}

async fn page(scene: &Scene, room: &Room) -> RoomPage {
    messages::page(&scene.chat, None.into(), &room.id.into(), Window::Latest).await.unwrap()
}

/// Tables, those first that refer to others.
const TABLES: [&str; 7] = ["room_events", "messages", "memberships", "rooms", "refresh_tokens", "sessions", "users"];

/// What an operator does who wants to restore into the same database.
async fn empty(url: &str) {
    for table in TABLES {
        execute(url, &format!("DELETE FROM {table}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_a_place_of_before_is_a_reset() {
    let folder = Folder::new();
    for (number, (from, to)) in
        [(folder.sqlite("from"), folder.sqlite("to")), (postgres().await, postgres().await)].into_iter().enumerate()
    {
        let scene = Scene::on(&from).await;
        let ada = scene.person("ada").await;
        let room = ada.room("Garden", "public").await;
        talk(&ada, &room, 19).await;
        let file = folder.file(&format!("{number}.db"));
        upkeep::backup(&from, &file).await.unwrap();
        let seen = talk(&ada, &room, 20).await;
        let before = page(&scene, &room).await;
        assert_eq!((before.head, before.epoch), (seen, scene.chat.epoch()));
        scene.chat.close().await;

        upkeep::restore(&to, &file, &|_| ()).await.unwrap();
        let scene = Scene::on(&to).await;
        let ada = ada.at(&scene.chat);
        let head = talk(&ada, &room, 30).await;
        assert!(seen < head, "the log has grown past the place");
        let now = page(&scene, &room).await.epoch;
        assert_ne!(now, before.epoch);

        let socket = Socket::open(&scene.chat, None).await.unwrap();
        let old = resume(&socket, &room, Some(seen), Some(before.epoch)).await;
        assert_eq!((old.head, old.epoch, old.reset), (head, now, true));
        // Also where the place would be the head.
        assert!(resume(&socket, &room, Some(head), Some(before.epoch)).await.reset);
        assert!(!resume(&socket, &room, Some(head), Some(now)).await.reset);
        assert!(!resume(&socket, &room, None, Some(before.epoch)).await.reset, "it has no place");
        // Clients that know of no epoch.
        assert!(resume(&socket, &room, Some(head.next()), None).await.reset);
        assert!(!resume(&socket, &room, Some(seen), None).await.reset);
        let Delivery::Frame(ServerFrame::Event(event)) = socket.next().await else { panic!("no replay") };
        assert_eq!(event.seq, seen.next());
    }
}

#[tokio::test]
async fn a_restart_is_no_other_epoch() {
    let scene = Scene::open().await;
    let epoch = scene.chat.epoch();
    assert_eq!(scene.restart().await.chat.epoch(), epoch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_under_which_a_backup_is_restored_closes_its_sockets_and_goes_on_from_there() {
    let folder = Folder::new();
    for (number, url) in [folder.sqlite("data"), postgres().await].into_iter().enumerate() {
        let scene = Scene::on(&url).await;
        let ada = scene.person("ada").await;
        let room = ada.room("Garden", "public").await;
        talk(&ada, &room, 19).await;
        let file = folder.file(&format!("{number}.db"));
        upkeep::backup(&url, &file).await.unwrap();
        let seen = talk(&ada, &room, 20).await;
        let before = page(&scene, &room).await;
        let socket = Socket::open(&scene.chat, None).await.unwrap();
        resume(&socket, &room, Some(seen), Some(before.epoch)).await;

        empty(&url).await;
        upkeep::restore(&url, &file, &|_| ()).await.unwrap();
        assert_eq!(socket.next().await, Delivery::Close(CloseCode::Restart));
        let after = page(&scene, &room).await;
        assert_eq!((after.head, after.messages.len()), (Seq(20), 19));
        assert_eq!(after.epoch, scene.chat.epoch());
        assert_ne!(after.epoch, before.epoch);

        // The same place, and another message in it.
        let socket = Socket::open(&scene.chat, None).await.unwrap();
        assert!(resume(&socket, &room, Some(seen), Some(before.epoch)).await.reset);
        for _ in 0..20 {
            ada.say(room.id, "after").await;
        }
        let after = page(&scene, &room).await;
        assert_eq!(after.head, before.head);
        assert_eq!(after.messages.last().map(|message| message.body.as_str()), Some("after"));
        for seq in 21..=40 {
            let Delivery::Frame(ServerFrame::Event(event)) = socket.next().await else { panic!("no event") };
            assert_eq!(event.seq, Seq(seq));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_that_is_put_back_is_another_epoch() {
    let url = postgres().await;
    let scene = Scene::on(&url).await;
    let epoch = scene.chat.epoch();
    // It brings the old row, in a table that is made anew.
    for statement in [
        "CREATE TABLE dumped (LIKE epoch INCLUDING ALL)",
        "INSERT INTO dumped TABLE epoch",
        "DROP TABLE epoch",
        "ALTER TABLE dumped RENAME TO epoch",
    ] {
        execute(&url, statement).await;
    }
    assert_ne!(scene.restart().await.chat.epoch(), epoch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_in_the_place_of_the_database_is_another_epoch() {
    let folder = Folder::new();
    let url = folder.sqlite("data");
    let scene = Scene::on(&url).await;
    let epoch = scene.chat.epoch();
    scene.person("ada").await;
    upkeep::backup(&url, &folder.file("backup.db")).await.unwrap();
    scene.chat.close().await;
    fs::copy(folder.file("backup.db"), folder.file("data/snug.db")).unwrap();
    assert_ne!(Scene::on(&url).await.chat.epoch(), epoch);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_of_the_file_that_is_put_back_is_another_epoch() {
    let folder = Folder::new();
    let url = folder.sqlite("data");
    let (file, copy) = (folder.file("data/snug.db"), folder.file("copy.db"));
    let scene = Scene::on(&url).await;
    let epoch = scene.chat.epoch();
    scene.chat.close().await;
    fs::copy(&file, &copy).unwrap();
    // Nothing has to have been written since: what matters is that there was a start.
    let scene = Scene::on(&url).await;
    assert_eq!(scene.chat.epoch(), epoch);
    scene.chat.close().await;
    fs::copy(&copy, &file).unwrap();
    let scene = Scene::on(&url).await;
    let renewed = scene.chat.epoch();
    assert_ne!(renewed, epoch);
    assert_eq!(scene.restart().await.chat.epoch(), renewed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_replaced_is_noticed_and_nothing_more_is_written() {
    let folder = Folder::new();
    let url = folder.sqlite("data");
    let scene = Scene::on(&url).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    upkeep::backup(&url, &folder.file("backup.db")).await.unwrap();
    fs::rename(folder.file("backup.db"), folder.file("data/snug.db")).unwrap();
    timeout(Duration::from_secs(30), scene.chat.lost()).await.expect("nobody noticed");
    let refused = ada.try_say(room.id, protocol::ClientId::generate(), "into the void").await;
    assert_eq!(code(refused), ErrorCode::Unavailable);
}
