//! Sending: once (G2), in one order without gaps (G3).

use std::collections::HashMap;

use protocol::{ClientId, ErrorCode, ServerFrame};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{
    TestApp,
    audit::Audit,
    person::Program,
    socket::{Ack, Socket, message},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_send_again_gives_the_first_result() {
    let app = TestApp::start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    let mut ada = program.socket("ada").await;
    let client_id = ClientId::generate();
    ada.send(&message("lobby", client_id, "once")).await;
    ada.send(&message("lobby", client_id, "once")).await;
    let first = ada.ack(client_id).await;
    assert_eq!(ada.ack(client_id).await, first);
    ada.say("lobby", "something else").await;
    // From another socket, and after a restart of the server.
    let mut again = program.socket("ada").await;
    again.send(&message("lobby", client_id, "once")).await;
    assert_eq!(again.ack(client_id).await, first);
    drop((ada, again));
    let app = TestApp::builder().start_on(app.end().await).await;
    let mut again = Program::at(app.addr).socket("ada").await;
    again.send(&message("lobby", client_id, "once")).await;
    assert_eq!(again.ack(client_id).await, first);

    let audit = Audit::of(app.database_url(), "lobby").await;
    audit.assert_no_gaps();
    audit.assert_holds(&[first]);
    assert_eq!(audit.messages.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_send_is_delivered_once() {
    let app = TestApp::start().await;
    app.ada().await;
    let mut guest = app.guest_socket().await;
    guest.subscribe("lobby", None).await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    let client_id = ClientId::generate();
    for _ in 0..3 {
        ada.send(&message("lobby", client_id, "once")).await;
        ada.ack(client_id).await;
    }
    ada.say("lobby", "the next").await;
    assert_eq!(guest.event().await.message().unwrap().client_id, client_id);
    assert_eq!(guest.event().await.message().unwrap().body, "the next");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_for_something_else_is_a_conflict() {
    let app = TestApp::start().await;
    app.ada().await.create_room("kitchen", "public").await;
    app.bob().await;
    let program = Program::at(app.addr);
    let mut ada = program.socket("ada").await;
    let client_id = ClientId::generate();
    ada.send(&message("lobby", client_id, "one thing")).await;
    let first = ada.ack(client_id).await;
    for (room, body) in [("lobby", "another thing"), ("kitchen", "one thing")] {
        ada.send(&message(room, client_id, body)).await;
        assert_eq!(ada.refusal(client_id).await.code, ErrorCode::Conflict, "{room}: {body}");
    }
    // Ids of different people have nothing to do with each other.
    let mut bob = program.socket("bob").await;
    bob.send(&message("lobby", client_id, "another thing")).await;
    assert_eq!(bob.ack(client_id).await.seq, first.seq.next());
}

/// Sends so many messages without waiting in between, and returns what they were acknowledged with, in the order of the sends.
async fn pipeline(mut socket: Socket, count: usize) -> Vec<Ack> {
    let ids: Vec<_> = (0..count).map(|_| ClientId::generate()).collect();
    for (number, id) in ids.iter().enumerate() {
        socket.send(&message("lobby", *id, &format!("message {number}"))).await;
    }
    let mut acks = HashMap::new();
    while acks.len() < count {
        if let ServerFrame::Ack { client_id, message, seq, .. } = socket.frame().await {
            acks.insert(client_id, Ack { client_id, message, seq });
        }
    }
    ids.iter().map(|id| acks[id]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_one_order_without_gaps() {
    const SENDERS: usize = 4;
    const EACH: usize = 100;
    let app = TestApp::start().await;
    let program = Program::at(app.addr);
    let mut sending = Vec::new();
    for number in 0..SENDERS {
        let name = format!("sender{number}");
        app.person(&name).await;
        sending.push(program.socket(&name).await);
    }
    let mut guests = [app.guest_socket().await, app.guest_socket().await];
    let mut head = protocol::Seq::ZERO;
    for guest in &mut guests {
        (head, _) = guest.subscribe("lobby", None).await;
    }
    let sending: Vec<_> = sending.into_iter().map(|socket| tokio::spawn(pipeline(socket, EACH))).collect();

    let mut seen = Vec::new();
    for guest in &mut guests {
        let mut last = head;
        let mut ids = Vec::new();
        for _ in 0..SENDERS * EACH {
            let event = guest.event().await;
            assert_eq!(event.seq, last.next());
            last = event.seq;
            ids.push((event.seq, event.message().unwrap().client_id));
        }
        seen.push(ids);
    }
    assert_eq!(seen[0], seen[1]);
    for acks in sending {
        let acks = acks.await.unwrap();
        assert!(acks.is_sorted_by(|a, b| a.seq < b.seq), "sends of one socket changed their order");
        assert!(acks.iter().all(|ack| seen[0].contains(&(ack.seq, ack.client_id))));
    }
    Audit::of(app.database_url(), "lobby").await.assert_no_gaps();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_programs_keep_with_a_message_comes_with_it_at_once_and_when_it_is_replayed() {
    let app = TestApp::start().await;
    app.ada().await;
    let program = Program::at(app.addr);
    let mut ada = program.socket("ada").await;
    let (head, _) = ada.subscribe("lobby", None).await;
    let extra = r#""extra":{"lines":[{"price":2.5}],"order":7}"#;
    let client_id = ClientId::generate();
    let send = format!(r#"{{"type":"send","room":"lobby","client_id":"{client_id}","body":"An order",{extra}}}"#);
    ada.send_raw(Message::text(send.as_str())).await;
    let event = ada.text_with("message_created").await;
    assert!(event.contains(extra), "{event}");
    let mut later = program.socket("ada").await;
    later.subscribe("lobby", Some(head)).await;
    let event = later.text_with("message_created").await;
    assert!(event.contains(extra), "{event}");

    let other = send.replace("2.5", "3.5");
    later.send_raw(Message::text(other)).await;
    assert_eq!(later.refusal(client_id).await.code, ErrorCode::Conflict);
    let large = send.replace("2.5", &format!("\"{}\"", "9".repeat(4_096)));
    let large = large.replace(&client_id.to_string(), &ClientId::generate().to_string());
    ada.send_raw(Message::text(large)).await;
    let refused = ada.text_with("too_large").await;
    assert!(refused.contains("client_id"), "{refused}");
}
