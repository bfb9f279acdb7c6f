use chat::Limits;
use protocol::{CloseCode, ErrorCode, Event, RoomRef, Seq, ServerFrame, limits};

use crate::{
    scene::{Scene, a_few_at_a_time, code, limits as plenty, subscribe},
    socket::{Delivery, Socket},
    upkeep::{Folder, execute},
};

async fn next_event(socket: &Socket) -> Event {
    match socket.next_frame().await {
        ServerFrame::Event(event) => event,
        other => panic!("not an event: {other:?}"),
    }
}

/// Waits until this socket was given an event: by then every other that gets it has it too.
async fn wait_for(witness: &Socket, seq: Seq) {
    while next_event(witness).await.seq < seq {}
}

#[tokio::test]
async fn events_come_in_order_to_those_who_subscribed() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (garden, shed) = (ada.room("Garden", "public").await, ada.room("Shed", "public").await);
    let socket = bob.connect().await;
    subscribe(&socket, RoomRef::Slug("garden".into()), None).await;
    ada.say(shed.id, "not for bob").await;
    bob.join(&garden).await;
    for n in 0..10 {
        ada.say(garden.id, &n.to_string()).await;
    }
    for expected in 2..=12 {
        let event = next_event(&socket).await;
        assert_eq!((event.room, event.seq), (garden.id, Seq(expected)));
    }
    let witness = ada.connect().await;
    subscribe(&witness, garden.id, None).await;
    socket.unsubscribe(&garden.id.into()).await.unwrap();
    assert_eq!(socket.next_frame().await, ServerFrame::Unsubscribed { room: garden.id, again: false });
    wait_for(&witness, ada.say(garden.id, "too late").await.seq).await;
    assert!(socket.try_next().is_none());
}

#[tokio::test]
async fn a_resume_replays_what_was_missed_and_goes_on_without_a_double() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    for n in 0..5 {
        ada.say(room.id, &n.to_string()).await;
    }
    let socket = ada.connect().await;
    // Subscribed before: what is said now waits in the mailbox, and is in the log as well.
    subscribe(&socket, room.id, Some(Seq(6))).await;
    ada.say(room.id, "in both").await;
    let resumed = subscribe(&socket, room.id, Some(Seq(3))).await;
    assert_eq!((resumed.head, resumed.reset), (Seq(7), false));
    assert_eq!(resumed.replay, [4, 5, 6, 7]);
    ada.say(room.id, "live").await;
    assert_eq!(next_event(&socket).await.seq, Seq(8));
}

#[tokio::test]
async fn resuming_under_fire_leaves_no_hole() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    let writer = async {
        for n in 0..150 {
            ada.say(room.id, &n.to_string()).await;
        }
    };
    let reader = async {
        let mut have = 0;
        while have < 151 {
            let socket = bob.connect().await;
            let resumed = subscribe(&socket, room.id, Some(Seq(have))).await;
            for seq in resumed.replay {
                assert_eq!(seq, have + 1);
                have = seq;
            }
            for _ in 0..7 {
                if have == 151 {
                    break;
                }
                let event = next_event(&socket).await;
                assert_eq!(event.seq.0, have + 1);
                have = event.seq.0;
            }
        }
    };
    futures::join!(writer, reader);
}

#[tokio::test]
async fn who_missed_too_much_or_knows_the_future_is_told_to_reset() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let count = limits::REPLAY_MAX;
    a_few_at_a_time((0..count).map(|n| {
        let body = n.to_string();
        let (ada, room) = (&ada, &room);
        async move { ada.say(room.id, &body).await }
    }))
    .await;
    let socket = ada.connect().await;
    let head = Seq(i64::try_from(count).unwrap() + 1);
    let resumed = subscribe(&socket, room.id, Some(Seq(1))).await;
    assert_eq!((resumed.reset, resumed.replay.len() as u64), (false, count));
    let reset = subscribe(&socket, room.id, Some(Seq(0))).await;
    assert_eq!((reset.reset, reset.head, reset.replay.len()), (true, head, 0));
    let reset = subscribe(&socket, room.id, Some(head.next())).await;
    assert!(reset.reset);
    ada.say(room.id, "on").await;
    assert_eq!(next_event(&socket).await.seq, head.next());
}

#[tokio::test]
async fn a_replay_is_bounded_in_bytes_too() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let long = "é".repeat(limits::BODY_MAX);
    for _ in 0..70 {
        ada.say(room.id, &long).await;
    }
    let socket = ada.connect().await;
    assert!(subscribe(&socket, room.id, Some(Seq(1))).await.reset);
    assert!(!subscribe(&socket, room.id, Some(Seq(61))).await.reset);
}

#[tokio::test]
async fn a_hole_in_the_log_is_an_error_and_never_skipped() {
    let folder = Folder::new();
    let url = folder.sqlite("data");
    let scene = Scene::on(&url).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    for n in 2..=4 {
        ada.say(room.id, &n.to_string()).await;
    }
    scene.chat.close().await;
    execute(&url, "UPDATE room_events SET seq = 9 WHERE seq = 3").await;
    let scene = Scene::on(&url).await;
    let socket = ada.at(&scene.chat).connect().await;
    assert_eq!(code(socket.subscribe(&room.id.into(), Some(Seq(1)), None).await), ErrorCode::Internal);
    assert_eq!(subscribe(&socket, room.id, Some(Seq(3))).await.replay, [4]);
}

#[tokio::test]
async fn a_reader_who_is_too_slow_is_closed_and_the_others_notice_nothing() {
    let scene = Scene::with(Limits { mailbox_bytes: 20_000, ..plenty() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    let (slow, quick) = (bob.connect().await, ada.connect().await);
    subscribe(&slow, room.id, None).await;
    subscribe(&quick, room.id, None).await;
    for expected in 2..=60 {
        ada.say(room.id, &"x".repeat(500)).await;
        assert_eq!(next_event(&quick).await.seq, Seq(expected));
    }
    assert_eq!(slow.next().await, Delivery::Close(CloseCode::TooSlow));
    drop(slow);

    let back = bob.connect().await;
    let resumed = subscribe(&back, room.id, Some(Seq(1))).await;
    assert_eq!(resumed.replay, (2..=60).collect::<Vec<_>>());
}

#[tokio::test]
async fn guests_hear_public_rooms_only() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let (garden, plans) = (ada.room("Garden", "public").await, ada.room("Plans", "open").await);
    let guest = Socket::open(&scene.chat, None).await.unwrap();
    assert_eq!(code(guest.subscribe(&plans.id.into(), None, None).await), ErrorCode::NotFound);
    assert_eq!(code(guest.subscribe(&RoomRef::Slug("nowhere".into()), None, None).await), ErrorCode::NotFound);
    subscribe(&guest, garden.id, None).await;
    ada.say(plans.id, "hush").await;
    let said = ada.say(garden.id, "hello").await;
    let heard = next_event(&guest).await;
    assert_eq!((heard.room, heard.seq), (garden.id, said.seq));
}

#[tokio::test]
async fn who_has_not_joined_or_has_left_an_open_room_does_not_hear_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let plans = ada.room("Plans", "open").await;
    let (socket, witness) = (bob.connect().await, ada.connect().await);
    subscribe(&witness, plans.id, None).await;
    assert_eq!(code(socket.subscribe(&plans.id.into(), None, None).await), ErrorCode::NotAMember);
    wait_for(&witness, ada.say(plans.id, "hush").await.seq).await;
    assert!(socket.try_next().is_none());
    bob.join(&plans).await;
    subscribe(&socket, plans.id, None).await;
    bob.leave(&plans).await;
    assert!(matches!(next_event(&socket).await.change, protocol::Change::MemberLeft));
    assert_eq!(socket.next_frame().await, ServerFrame::Unsubscribed { room: plans.id, again: false });
    wait_for(&witness, ada.say(plans.id, "hush again").await.seq).await;
    assert!(socket.try_next().is_none());
}

#[tokio::test]
async fn who_leaves_a_public_room_still_hears_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let garden = ada.room("Garden", "public").await;
    bob.join(&garden).await;
    let socket = bob.connect().await;
    subscribe(&socket, garden.id, None).await;
    bob.leave(&garden).await;
    ada.say(garden.id, "bye").await;
    assert!(matches!(next_event(&socket).await.change, protocol::Change::MemberLeft));
    assert!(next_event(&socket).await.message().is_some());
}

#[tokio::test]
async fn a_socket_holds_so_many_subscriptions_and_no_more() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let socket = ada.connect().await;
    for n in 0..limits::SUBSCRIPTIONS_MAX {
        let room = ada.room(&format!("Room {n}"), "public").await;
        subscribe(&socket, room.id, None).await;
    }
    assert_eq!(code(socket.subscribe(&RoomRef::Slug("lobby".into()), None, None).await), ErrorCode::TooLarge);
    socket.subscribe(&RoomRef::Slug("room-0".into()), None, None).await.unwrap();
}
