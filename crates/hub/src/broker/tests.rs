//! What every broker must do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{sync::atomic::Ordering, time::Duration};

use protocol::{EpochId, News, PersonPresence, Presence, RoomId, Seq, SessionId, Status, UserId};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::*;
use crate::{Audience, Bars, Call, Frame, NodeId, Published, Seen};

const PATIENCE: Duration = Duration::from_secs(30);

fn events(room: RoomId, seqs: std::ops::Range<i64>) -> Vec<Signal> {
    let epoch = EpochId::generate();
    seqs.map(|seq| {
        let frame = Frame::text(format!(r#"{{"body":"\"{seq}\" ü"}}"#));
        Signal::Event(Published {
            room,
            seq: Seq(seq),
            epoch,
            frame,
            bars: if seq == 3 { Bars::One(UserId::generate()) } else { Bars::Nobody },
            news: (seq == 4).then(|| News { seq: Seq(seq), author: UserId::generate(), deleted: None }),
        })
    })
    .collect()
}

/// Signals until there are so many.
async fn collect(inbox: &mut mpsc::Receiver<Vec<Signal>>, count: usize) -> Vec<Signal> {
    let mut signals = Vec::new();
    while signals.len() < count {
        signals.extend(timeout(PATIENCE, inbox.recv()).await.expect("nothing came").unwrap());
    }
    signals
}

/// What a node publishes comes to the hub of each node once, in its order and as it was.
async fn carries_everything_in_order(broker: &dyn Broker, inboxes: &mut [mpsc::Receiver<Vec<Signal>>]) {
    let room = RoomId::generate();
    let mut said = Vec::new();
    for start in [1, 4, 5] {
        let mut batch = events(room, start..start + if start == 1 { 3 } else { 1 });
        batch.push(Signal::Cut(SessionId::generate()));
        batch.push(Signal::Accounts);
        batch.push(Signal::Rooms(UserId::generate()));
        batch.push(Signal::Account { user: UserId::generate(), rev: start, frame: Frame::text(r#"{"text":"\"ü"}"#) });
        batch.push(Signal::Announce { to: Audience::Accounts, frame: Frame::text(r#"{"name":"\"ü"}"#) });
        let user = UserId::generate();
        let status = Status { emoji: String::new(), text: "\"ü".to_owned(), until: Some(start) };
        let people = vec![PersonPresence { user, presence: Presence::Away, status: Some(status.clone()) }];
        batch.push(Signal::Presence { node: NodeId::generate(), people });
        batch.push(Signal::Seen { user, seen: Seen { invisible: true, quiet: false, status: Some(status) } });
        batch.push(Signal::Typing { room, user: UserId::generate(), frame: Frame::text(r#"{"name":"\"ü"}"#) });
        let (id, stream) = (Uuid::new_v4(), Uuid::new_v4());
        for session in [None, Some(SessionId::generate())] {
            batch.push(Signal::Call(Call { id, stream, session, frame: Frame::text(r#"{"type":"ping"}"#) }));
        }
        for frame in [None, Some(Frame::text(r#"{"type":"pong"}"#))] {
            batch.push(Signal::Answer { call: id, frame });
        }
        said.extend(batch.clone());
        broker.publish(batch).await;
    }
    for inbox in inboxes {
        assert_eq!(collect(inbox, said.len()).await, said);
        assert!(inbox.try_recv().is_err());
    }
}

#[tokio::test]
async fn in_process_keeps_the_contract() {
    let (broker, inbox) = in_process();
    carries_everything_in_order(&broker, &mut [inbox]).await;
}

#[tokio::test]
async fn only_what_was_committed_counts_as_a_commit() {
    let (broker, _inbox) = in_process();
    let commits = broker.commits();
    let typing = Signal::Typing { room: RoomId::generate(), user: UserId::generate(), frame: Frame::text("{}") };
    broker.publish(vec![typing]).await;
    broker.publish(vec![Signal::Cut(SessionId::generate())]).await;
    assert_eq!(commits.load(Ordering::Acquire), 0);
    broker.publish(events(RoomId::generate(), 1..3)).await;
    assert_eq!(commits.load(Ordering::Acquire), 1);
}

fn node(url: &str) -> (RedisBroker, mpsc::Receiver<Vec<Signal>>) {
    let (own, inbox) = in_process();
    let (broker, work) = RedisBroker::new(url, own).unwrap();
    tokio::spawn(work);
    (broker, inbox)
}

/// Publishes until the other node hears: a subscription takes a moment to stand.
async fn meet(broker: &RedisBroker, inboxes: &mut [mpsc::Receiver<Vec<Signal>>; 2]) {
    let hello = Signal::Cut(SessionId::generate());
    timeout(PATIENCE, async {
        while inboxes[1].is_empty() {
            broker.publish(vec![hello.clone()]).await;
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the nodes did not meet");
    // What was said before everybody listened is out of the way when this has come.
    let end = Signal::Cut(SessionId::generate());
    broker.publish(vec![end.clone()]).await;
    for inbox in inboxes {
        while collect(inbox, 1).await != [end.clone()] {}
    }
}

#[tokio::test]
async fn redis_keeps_the_contract_and_is_found_again_after_it_was_gone() {
    let redis = testkit::Redis::start().await;
    let ((broker, here), (_other, there)) = (node(&redis.url()), node(&redis.url()));
    let mut inboxes = [here, there];
    meet(&broker, &mut inboxes).await;
    carries_everything_in_order(&broker, &mut inboxes).await;

    redis.kill();
    // The own hub hears at once, whatever has become of Redis.
    broker.publish(events(RoomId::generate(), 1..2)).await;
    assert_eq!(collect(&mut inboxes[0], 1).await.len(), 1);
    redis.start_again().await;
    meet(&broker, &mut inboxes).await;
    carries_everything_in_order(&broker, &mut inboxes).await;
}
