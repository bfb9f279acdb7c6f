use chat::messages;
use protocol::{Room, RoomPage, Seq, Window, limits};

use crate::{
    scene::{Person, Scene, subscribe},
    upkeep::{Folder, execute},
};

/// A room with this many messages, at the places 2, 3, 4 …
async fn room_with(ada: &Person, count: u64) -> Room {
    let room = ada.room("Garden", "public").await;
    for n in 0..count {
        ada.say(room.id, &n.to_string()).await;
    }
    room
}

fn span(page: &RoomPage) -> (i64, i64) {
    let seqs: Vec<_> = page.messages.iter().map(|message| message.seq.0).collect();
    assert!(seqs.is_sorted_by(|a, b| a + 1 == *b), "{seqs:?}");
    (seqs.first().copied().unwrap_or(0), seqs.last().copied().unwrap_or(0))
}

#[tokio::test]
async fn pages_cover_the_history_without_a_hole() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = room_with(&ada, 120).await;
    let page = async |window| messages::page(&scene.chat, ada.actor(), &room.id.into(), window).await.unwrap();

    let latest = page(Window::Latest).await;
    assert_eq!((span(&latest), latest.head, latest.has_older, latest.has_newer), ((72, 121), Seq(121), true, false));
    let middle = page(Window::Before(Seq(72))).await;
    assert_eq!((span(&middle), middle.has_older, middle.has_newer), ((22, 71), true, true));
    let first = page(Window::Before(Seq(22))).await;
    assert_eq!((span(&first), first.has_older, first.has_newer), ((2, 21), false, true));
    let forward = page(Window::After(Seq(21))).await;
    assert_eq!((span(&forward), forward.has_older, forward.has_newer), ((22, 71), true, true));
    let end = page(Window::After(Seq(71))).await;
    assert_eq!((span(&end), end.has_older, end.has_newer), ((72, 121), true, false));
    let around = page(Window::Around(Seq(60))).await;
    assert_eq!((span(&around), around.has_older, around.has_newer), ((35, 84), true, true));
}

#[tokio::test]
async fn long_messages_come_a_few_at_a_time_without_a_hole() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    for _ in 0..20 {
        ada.say(room.id, &"🌱".repeat(limits::BODY_MAX)).await;
    }
    let page = async |window| messages::page(&scene.chat, ada.actor(), &room.id.into(), window).await.unwrap();
    let bytes = |page: &RoomPage| page.messages.iter().map(|message| message.body.len()).sum::<usize>();

    let (mut before, mut has_older, mut back) = (i64::MAX, true, Vec::new());
    while has_older {
        let page = page(Window::Before(Seq(before))).await;
        assert!(bytes(&page) <= 128 * 1024);
        let (first, last) = span(&page);
        back.push((first, last));
        (before, has_older) = (first, page.has_older);
    }
    assert!(back.windows(2).all(|pair| pair[1].1 + 1 == pair[0].0), "{back:?}");
    assert_eq!((back.first().unwrap().1, back.last().unwrap().0), (21, 2));

    let (mut after, mut has_newer) = (0, true);
    while has_newer {
        let page = page(Window::After(Seq(after))).await;
        assert!(bytes(&page) <= 128 * 1024);
        let (first, last) = span(&page);
        assert_eq!(first, (after + 1).max(2));
        (after, has_newer) = (last, page.has_newer);
    }
    assert_eq!(after, 21);
    let around = page(Window::Around(Seq(10))).await;
    let (first, last) = span(&around);
    assert!((first..=last).contains(&10) && around.has_older && around.has_newer);
}

#[tokio::test]
async fn the_edges_of_history_are_no_error() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = room_with(&ada, 3).await;
    let page = async |window| messages::page(&scene.chat, ada.actor(), &room.id.into(), window).await.unwrap();
    for extreme in [i64::MIN, -1, 0, 1, 2, i64::MAX] {
        for window in [Window::Before(Seq(extreme)), Window::After(Seq(extreme)), Window::Around(Seq(extreme))] {
            span(&page(window).await);
        }
    }
    let all = page(Window::Before(Seq(i64::MAX))).await;
    assert_eq!((span(&all), all.has_older, all.has_newer), ((2, 4), false, false));
    assert_eq!(page(Window::Before(Seq(2))).await.messages.len(), 0);
}

#[tokio::test]
async fn history_outlives_a_restart() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = room_with(&ada, limits::PAGE).await;
    let read = async |scene: &Scene| messages::page(&scene.chat, ada.actor(), &room.id.into(), Window::Latest).await.unwrap();
    let before = read(&scene).await;
    let scene = scene.restart().await;
    assert_eq!(read(&scene).await, before);
}

#[tokio::test]
async fn order_does_not_hear_the_clock() {
    let folder = Folder::new();
    let url = folder.sqlite("data");
    let scene = Scene::on(&url).await;
    let ada = scene.person("ada").await;
    let room = room_with(&ada, 5).await;
    scene.chat.close().await;
    // As if the clock had gone backwards all the time.
    execute(&url, "UPDATE messages SET created_at = -seq").await;
    execute(&url, "UPDATE room_events SET at = -seq").await;

    let scene = Scene::on(&url).await;
    for window in [Window::Latest, Window::Before(Seq(7)), Window::After(Seq(1)), Window::Around(Seq(4))] {
        let page = messages::page(&scene.chat, ada.actor(), &room.id.into(), window).await.unwrap();
        assert_eq!(span(&page), (2, 6), "{window:?}");
    }
    let socket = ada.at(&scene.chat).connect().await;
    assert_eq!(subscribe(&socket, room.id, Some(Seq(1))).await.replay, [2, 3, 4, 5, 6]);
}
