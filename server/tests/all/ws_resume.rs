//! Coming back (G4): all that was missed, or the word that it is too much.

use protocol::{ClientFrame, Seq, ServerFrame, limits};

use crate::support::{TestApp, person::Program, socket::room};

const AWAY: &str = "while you were away";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_comes_first_and_then_what_happens() {
    let app = TestApp::start().await;
    app.ada().await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    let mut guest = app.guest_socket().await;
    let (seen, _) = guest.subscribe("lobby", None).await;
    drop(guest);
    let missed = ada.say_many("lobby", AWAY, 20).await;

    let mut guest = app.guest_socket().await;
    assert_eq!(guest.subscribe("lobby", Some(seen)).await, (missed, false));
    ada.say_many("lobby", AWAY, 5).await;
    for seq in seen.0 + 1..=missed.0 + 5 {
        assert_eq!(guest.event().await.seq, Seq(seq));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_during_the_resume_are_neither_lost_nor_doubled() {
    let app = TestApp::start().await;
    app.ada().await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    let first = ada.say("lobby", "the first").await.seq;
    let sending = tokio::spawn(async move { ada.say_many("lobby", AWAY, 400).await });
    // Each of these comes in the middle of the sends.
    let mut ends = Vec::new();
    while !sending.is_finished() {
        let mut guest = app.guest_socket().await;
        guest.subscribe("lobby", Some(first)).await;
        let mut last = first;
        for _ in 0..20 {
            let event = guest.event().await;
            assert_eq!(event.seq, last.next());
            last = event.seq;
        }
        ends.push((guest, last));
    }
    let head = sending.await.unwrap();
    assert!(!ends.is_empty());
    for (mut guest, mut last) in ends {
        while last < head {
            let event = guest.event().await;
            assert_eq!(event.seq, last.next());
            last = event.seq;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_to_replay_is_a_reset() {
    let app = TestApp::start().await;
    app.ada().await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    let head = ada.say_many("lobby", AWAY, limits::REPLAY_MAX + 1).await;

    let mut guest = app.guest_socket().await;
    let most = i64::try_from(limits::REPLAY_MAX).unwrap();
    assert_eq!(guest.subscribe("lobby", Some(Seq(head.0 - most - 1))).await, (head, true));
    // Nothing is replayed then, but what happens is delivered.
    ada.say("lobby", "and on").await;
    assert_eq!(guest.event().await.seq, head.next());

    let mut guest = app.guest_socket().await;
    assert_eq!(guest.subscribe("lobby", Some(Seq(head.0 + 1 - most))).await, (head.next(), false));
    assert_eq!(guest.event().await.seq, Seq(head.0 + 2 - most));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_ahead_of_the_log_begins_anew() {
    // As after a restored backup.
    let app = TestApp::start().await;
    let mut guest = app.guest_socket().await;
    let (head, _) = guest.subscribe("lobby", None).await;
    let (same, reset) = app.guest_socket().await.subscribe("lobby", Some(Seq(head.0 + 1000))).await;
    assert_eq!((same, reset), (head, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_a_room_hears_no_more_of_it() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("kitchen", "open").await;
    let bob = app.bob().await;
    bob.submit("/r/kitchen", "join_room", &[("room", "kitchen")]).await;
    let mut socket = Program::at(app.addr).socket("bob").await;
    socket.subscribe("kitchen", None).await;
    ada.write("kitchen", "for members").await;
    assert_eq!(socket.event().await.message().unwrap().body, "for members");

    bob.submit("/r/kitchen", "leave_room", &[("room", "kitchen")]).await;
    socket.until(|frame| matches!(frame, ServerFrame::Unsubscribed { .. }).then_some(())).await;
    ada.write("kitchen", "not for strangers").await;
    socket.send(&ClientFrame::Subscribe { room: room("kitchen"), after: Some(Seq::ZERO), epoch: None }).await;
    assert!(matches!(socket.frame().await, ServerFrame::Error { .. }));
}
