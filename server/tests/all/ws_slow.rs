//! A reader that does not read (G6).

use std::time::Duration;

use chat::Limits;
use protocol::{ClientId, CloseCode, Seq, ServerFrame, limits as bounds};
use server::ws;

use crate::support::{
    PATIENCE, Received, TestApp, eventually, limits,
    person::Program,
    socket::{Socket, message, request},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_closed_the_others_notice_nothing_and_it_resumes() {
    // Enough to fill what the kernel holds back on both sides and the queue of the hub, below the bounds of a replay.
    const SENDS: usize = 150;
    let sockets = ws::Limits { goodbye: PATIENCE, ..ws::Limits::default() };
    let limits = Limits { mailbox_bytes: 16 * 1024, ..limits() };
    let app = TestApp::builder().limits(limits).sockets(sockets).start().await;
    app.ada().await;
    let mut slow = Socket::narrow(app.addr, request(app.addr, "")).await;
    let (start, _) = slow.subscribe("lobby", None).await;
    let mut quick = app.guest_socket().await;
    quick.subscribe("lobby", None).await;

    let mut ada = Program::at(app.addr).socket("ada").await;
    let body = "x".repeat(bounds::BODY_MAX);
    for number in 1..=SENDS {
        // One after the other, so that the quick reader's queue never holds more than one.
        let client_id = ClientId::generate();
        ada.send(&message("lobby", client_id, &body)).await;
        ada.ack(client_id).await;
        assert_eq!(quick.event().await.seq.0, start.0 + i64::try_from(number).unwrap());
    }

    let (frames, code) = slow.closed().await;
    assert_eq!(code, CloseCode::TooSlow.number());
    let mut last = start;
    for frame in frames {
        let ServerFrame::Event(event) = frame else { panic!("{frame:?}") };
        assert_eq!(event.seq, last.next());
        last = event.seq;
    }
    let end = Seq(start.0 + i64::try_from(SENDS).unwrap());
    assert!(last < end, "nothing was missed, so nothing was tested");

    let mut back = app.guest_socket().await;
    assert_eq!(back.subscribe("lobby", Some(last)).await, (end, false));
    while last < end {
        let event = back.event().await;
        assert_eq!(event.seq, last.next());
        last = event.seq;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_pauses_within_its_bound_misses_nothing() {
    let app = TestApp::builder().limits(Limits { mailbox_bytes: 64 * 1024 * 1024, ..limits() }).start().await;
    app.ada().await;
    let mut pausing = Socket::narrow(app.addr, request(app.addr, "")).await;
    let (start, _) = pausing.subscribe("lobby", None).await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    let end = ada.say_many("lobby", &"x".repeat(2_000), 1_000).await;
    for seq in start.0 + 1..=end.0 {
        assert_eq!(pausing.event().await.seq, Seq(seq));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_never_reads_loses_its_place() {
    let sockets = ws::Limits { sockets: 2, goodbye: Duration::from_millis(50), ..ws::Limits::default() };
    let limits = Limits { mailbox_bytes: 16 * 1024, ..limits() };
    let app = TestApp::builder().limits(limits).sockets(sockets).start().await;
    app.ada().await;
    let mut deaf = Socket::narrow(app.addr, request(app.addr, "")).await;
    deaf.subscribe("lobby", None).await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    // One after the other: it is a write that hangs in the end, and not a burst that fills the queue.
    let body = "x".repeat(bounds::BODY_MAX);
    let mut last = Seq::ZERO;
    for _ in 0..150 {
        last = ada.say("lobby", &body).await.seq;
    }
    eventually("its place is free", async || {
        let (mut next, _) = Socket::connect(app.addr, request(app.addr, "")).await.unwrap();
        matches!(next.receive().await, Received::Frame(ServerFrame::Hello { .. })).then_some(())
    })
    .await;
    assert_eq!(ada.say("lobby", "and on").await.seq, last.next());
}
