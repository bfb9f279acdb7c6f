//! A database that does not answer, or takes no commit (G1, G7). Always PostgreSQL: what hangs is the network to it.

use std::time::Duration;

use chat::messages::{self, Outgoing};
use futures::{
    FutureExt,
    future::{join_all, join3},
};
use protocol::{ClientId, ErrorCode, Seq, ServerFrame};
use sea_orm::{ConnectionTrait, Database, TransactionTrait};
use testkit::{Line, Postgres};
use tokio::time::{Instant, pause, resume, sleep, timeout};

use crate::{
    scene::{Scene, code, subscribe},
    upkeep::{execute, texts},
};

/// The guarantee says 5 s; timers go off at the next whole millisecond.
const SOON: Duration = Duration::from_millis(5_010);
/// Several times what dead connections may take to be given up on both sides.
const RECOVERED: Duration = Duration::from_secs(30);

/// The clock stands still except where everybody waits for it: on the busiest machine the test measures nothing but what Snug waits.
#[tokio::test]
async fn while_the_database_does_not_answer_a_send_fails_within_5_s_and_then_its_retry_succeeds() {
    let postgres = Postgres::shared().await;
    let line = Line::to(([127, 0, 0, 1], postgres.port())).await;
    let (url, direct) = (postgres.database().await, format!("127.0.0.1:{}", postgres.port()));
    let scene = Scene::on(&url.replace(&direct, &line.addr().to_string())).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let ids: Vec<_> = (0..10).map(|_| ClientId::generate()).collect();
    let submit = |id| {
        let message = Outgoing::new(room.id.into(), id, "now?".to_owned());
        messages::submit(&scene.chat, ada.actor(), message)
    };

    // The first is in the middle of its transaction when the network goes.
    let other = Database::connect(&url).await.unwrap();
    let lock = other.begin().await.unwrap();
    lock.execute_unprepared("LOCK TABLE messages IN EXCLUSIVE MODE").await.unwrap();
    let first = submit(ids[0]).map(code);
    let waits = async { while texts(&url, "SELECT 'waits' FROM pg_locks WHERE NOT granted").await.is_empty() {} };
    timeout(RECOVERED, waits).await.expect("it waits for the table");
    line.forget_all();
    line.cut();
    pause();
    let others = ids[1..].iter().zip(1..).map(|(id, number)| async move {
        // One after the other, so that they wait for each other's transactions too.
        sleep(number * Duration::from_secs(1)).await;
        let began = Instant::now();
        (code(submit(*id).await), began.elapsed())
    });
    // What has a transaction for itself does not wait for those of all that stand before it.
    let changes = (0..4).map(|_| async {
        let began = Instant::now();
        let changed = messages::react(&scene.chat, ada.actor(), &room.id.into(), Seq(99), "👍", true).await;
        (code(changed), began.elapsed())
    });
    let (first, others, changes) = join3(timeout(SOON, first), join_all(others), join_all(changes)).await;
    assert_eq!(first, Ok(ErrorCode::Unavailable));
    for (code, waited) in others.into_iter().chain(changes) {
        assert_eq!(code, ErrorCode::Unavailable);
        assert!(waited < SOON, "{waited:?}");
    }
    resume();
    lock.rollback().await.unwrap();
    line.restore();

    // The connections from before are dead for good. Neither who waits for them here nor what they hold there stays in the way.
    let mut places = Vec::new();
    for id in ids {
        let again = async {
            loop {
                if let Ok(sent) = submit(id).await {
                    return sent.seq.0;
                }
            }
        };
        places.push(timeout(RECOVERED, again).await.expect("it goes on"));
    }
    // What still stood in the queue may have come before the retry of the first.
    places.sort_unstable();
    assert_eq!(places, (2..12).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_are_written_when_the_network_has_forgotten_one_in_the_middle() {
    let postgres = Postgres::shared().await;
    let line = Line::to(([127, 0, 0, 1], postgres.port())).await;
    let (url, direct) = (postgres.database().await, format!("127.0.0.1:{}", postgres.port()));
    let scene = Scene::on(&url.replace(&direct, &line.addr().to_string())).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    let seq = ada.say(room.id, "read this").await.seq;
    let other = Database::connect(&url).await.unwrap();
    let lock = other.begin().await.unwrap();
    lock.execute_unprepared("LOCK TABLE memberships IN EXCLUSIVE MODE").await.unwrap();
    chat::reads::read(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();
    let waits = async { while texts(&url, "SELECT 'waits' FROM pg_locks WHERE NOT granted").await.is_empty() {} };
    timeout(RECOVERED, waits).await.expect("it waits for the table");
    line.forget_all();
    lock.rollback().await.unwrap();
    let mark = format!("SELECT 'read' FROM memberships WHERE user_id = '{}' AND last_read_seq = {seq}", bob.user().id);
    let written = async { while texts(&url, &mark).await.is_empty() {} };
    timeout(RECOVERED, written).await.expect("it is written by another connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_committed_is_told_to_nobody() {
    let url = Postgres::shared().await.database().await;
    let scene = Scene::on(&url).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let socket = ada.connect().await;
    subscribe(&socket, room.id, None).await;

    // It is the commit that fails, after all statements went well.
    execute(&url, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$").await;
    let trigger = "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED \
                   FOR EACH ROW EXECUTE FUNCTION refuse()";
    execute(&url, trigger).await;
    assert_eq!(code(ada.try_say(room.id, ClientId::generate(), "never").await), ErrorCode::Unavailable);
    execute(&url, "DROP TRIGGER refuse ON messages").await;

    // Nor does it leave a hole.
    assert_eq!(ada.say(room.id, "stored").await.seq, Seq(2));
    let ServerFrame::Event(event) = socket.next_frame().await else { panic!("not an event") };
    assert_eq!((event.seq, event.message().map(|message| message.body)), (Seq(2), Some("stored".to_owned())));
}
