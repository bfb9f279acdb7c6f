//! A database that does not answer (G7). Always PostgreSQL: what hangs is the network to it.

use std::time::Duration;

use futures::future::join_all;
use protocol::{ClientId, ErrorCode};
use testkit::{Line, Postgres};
use tokio::time::{Instant, pause, resume, sleep};

use crate::scene::{Scene, code};

/// The guarantee says 5 s; timers go off at the next whole millisecond.
const SOON: Duration = Duration::from_millis(5_010);

/// The clock stands still except where everybody waits for it: on the busiest machine the test measures nothing but what Snug waits.
#[tokio::test]
async fn while_the_database_does_not_answer_a_send_fails_within_5_s_and_then_its_retry_succeeds() {
    let postgres = Postgres::shared().await;
    let line = Line::to(([127, 0, 0, 1], postgres.port())).await;
    let direct = format!("127.0.0.1:{}", postgres.port());
    let scene = Scene::on(&postgres.database().await.replace(&direct, &line.addr().to_string())).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;

    line.forget_all();
    line.cut();
    pause();
    let ids: Vec<_> = (0..10).map(|_| ClientId::generate()).collect();
    let sends = ids.iter().zip(0..).map(|(id, number)| {
        let (ada, room) = (&ada, room.id);
        async move {
            // One after the other, so that they wait for each other's transactions too.
            sleep(number * Duration::from_secs(1)).await;
            let began = Instant::now();
            (code(ada.try_say(room, *id, "now?").await), began.elapsed())
        }
    });
    for (code, waited) in join_all(sends).await {
        assert_eq!(code, ErrorCode::Unavailable);
        assert!(waited < SOON, "{waited:?}");
    }
    resume();

    // The connections from before are dead for good. Whoever waits for them is not to hold up the others.
    line.restore();
    for id in ids {
        ada.try_say(room.id, id, "now?").await.unwrap();
    }
}
