//! Whether messages can be stored. On PostgreSQL, where somebody else may take that away; a full disk is in the tests of the server.

use std::time::Duration;

use chat::NotReady;
use sea_orm::{ConnectionTrait, Database};
use testkit::{Durability, Line, Postgres};
use tokio::time::{Instant, advance, pause, resume, sleep};

use crate::{scene::Scene, upkeep::execute};

/// Asks again until it is so: an answer holds for a second.
async fn becomes(scene: &Scene, expected: fn(&Result<(), NotReady>) -> bool) {
    loop {
        let answer = scene.chat.ready().await;
        if expected(&answer) {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

fn is_refused(answer: &Result<(), NotReady>, why: &str) -> bool {
    matches!(answer, Err(NotReady::Refused(told)) if told.contains(why))
}

#[tokio::test(flavor = "multi_thread")]
async fn on_either_database_a_chat_is_ready() {
    let scene = Scene::open().await;
    for _ in 0..3 {
        scene.chat.ready().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_only_reads_is_not_ready_until_it_writes_again() {
    let postgres = Postgres::start(Durability::Fast).await;
    let url = postgres.database().await;
    let scene = Scene::on(&url).await;
    becomes(&scene, Result::is_ok).await;
    let set = async |value: &str| {
        execute(&url, &format!("ALTER SYSTEM SET default_transaction_read_only = {value}")).await;
        execute(&url, "SELECT pg_reload_conf()").await;
    };
    set("on").await;
    becomes(&scene, |answer| is_refused(answer, "read-only")).await;
    set("off").await;
    becomes(&scene, Result::is_ok).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_whose_rights_were_taken_is_not_ready() {
    let postgres = Postgres::shared().await;
    let all = postgres.database().await;
    let database = all.rsplit('/').next().unwrap().to_owned();
    execute(&all, &format!("CREATE ROLE guest_{database} LOGIN")).await;
    execute(&all, &format!("ALTER DATABASE {database} OWNER TO guest_{database}")).await;
    let url = all.replace("snug@", &format!("guest_{database}@"));
    let scene = Scene::on(&url).await;
    becomes(&scene, Result::is_ok).await;
    execute(&all, &format!("REVOKE INSERT ON messages FROM guest_{database}")).await;
    becomes(&scene, |answer| is_refused(answer, "the table messages")).await;
    execute(&all, &format!("GRANT INSERT ON messages TO guest_{database}")).await;
    becomes(&scene, Result::is_ok).await;
}

/// The clock stands still except where everybody waits for it.
#[tokio::test]
async fn while_the_database_hangs_the_answer_comes_within_a_second() {
    let postgres = Postgres::shared().await;
    let line = Line::to(([127, 0, 0, 1], postgres.port())).await;
    let (url, direct) = (postgres.database().await, format!("127.0.0.1:{}", postgres.port()));
    let scene = Scene::on(&url.replace(&direct, &line.addr().to_string())).await;
    becomes(&scene, Result::is_ok).await;
    line.cut();
    pause();
    advance(Duration::from_secs(2)).await;
    for _ in 0..8 {
        let begun = Instant::now();
        assert!(scene.chat.ready().await.is_err());
        assert!(begun.elapsed() <= Duration::from_millis(1_000), "{:?}", begun.elapsed());
        sleep(Duration::from_secs(1)).await;
    }
    resume();
    line.restore();
    becomes(&scene, Result::is_ok).await;
    // Nothing of all the tries is left.
    let db = Database::connect(&url).await.unwrap();
    assert_eq!(db.execute_unprepared("DELETE FROM upkeep").await.unwrap().rows_affected(), 0);
}
