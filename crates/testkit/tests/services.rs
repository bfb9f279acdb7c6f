//! The services and the line do what tests rely on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database};
use testkit::{Durability, Line, Postgres, Redis};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// For an answer that must come, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);
/// Short enough to wait for one that must not come.
const MOMENT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn postgres_keeps_what_was_committed_and_ends_connections() {
    let postgres = Postgres::start(Durability::Full).await;
    let url = postgres.database().await;
    assert_ne!(url, postgres.database().await);
    let db = Database::connect(&url).await.unwrap();
    db.execute_unprepared("CREATE TABLE kept (id int)").await.unwrap();
    postgres.restart().await;
    let db = Database::connect(&url).await.unwrap();
    db.execute_unprepared("INSERT INTO kept VALUES (1)").await.unwrap();

    let hung = tokio::spawn({
        let db = db.clone();
        async move { db.execute_unprepared("SELECT pg_sleep(3600)").await }
    });
    while !hung.is_finished() {
        // At the first of these it may not have begun.
        postgres.terminate_connections().await;
    }
    assert!(hung.await.unwrap().is_err());

    postgres.freeze();
    assert!(timeout(MOMENT, Database::connect(&url)).await.is_err());
    postgres.thaw();
    Database::connect(&url).await.unwrap();
}

async fn answers_within(patience: Duration, redis: &Redis) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", redis.port())).await else { return false };
    stream.write_all(b"PING\r\n").await.unwrap();
    let mut pong = [0; 7];
    matches!(timeout(patience, stream.read_exact(&mut pong)).await, Ok(Ok(_)))
}

#[tokio::test]
async fn redis_can_be_killed_and_frozen() {
    let redis = Redis::start().await;
    assert!(answers_within(PATIENCE, &redis).await);
    redis.freeze();
    assert!(!answers_within(MOMENT, &redis).await);
    redis.kill();
    assert!(!answers_within(MOMENT, &redis).await);
    redis.start_again().await;
    assert!(answers_within(PATIENCE, &redis).await);
}

/// A line to a server that sends everything back.
async fn line_to_echo() -> Line {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let line = Line::to(listener.local_addr().unwrap()).await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                tokio::io::copy(&mut read, &mut write).await
            });
        }
    });
    line
}

async fn echoed(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"hello").await?;
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).await?;
    assert_eq!(&heard, b"hello");
    Ok(())
}

#[tokio::test]
async fn a_line_carries_cuts_and_resets() {
    let line = line_to_echo().await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    echoed(&mut stream).await.unwrap();
    line.byte_by_byte(true);
    line.delay(Duration::from_millis(5));
    echoed(&mut stream).await.unwrap();

    line.cut();
    let mut late = TcpStream::connect(line.addr()).await.unwrap();
    stream.write_all(b"hello").await.unwrap();
    let mut heard = [0; 5];
    assert!(timeout(MOMENT, stream.read_exact(&mut heard)).await.is_err());
    assert!(timeout(MOMENT, echoed(&mut late)).await.is_err());
    line.restore();
    stream.read_exact(&mut heard).await.unwrap();
    late.read_exact(&mut heard).await.unwrap();

    line.reset_all();
    let error = stream.read(&mut heard).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    echoed(&mut stream).await.unwrap();

    line.forget_all();
    assert!(timeout(MOMENT, echoed(&mut stream)).await.is_err());
    echoed(&mut TcpStream::connect(line.addr()).await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_line_loses_the_answer_to_one_request() {
    let line = line_to_echo().await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    line.lose_answers_to("COMMIT");
    echoed(&mut stream).await.unwrap();
    stream.write_all(b"please COMMIT").await.unwrap();
    let error = stream.read(&mut [0; 5]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);

    line.restore();
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    stream.write_all(b"COMMIT").await.unwrap();
    stream.read_exact(&mut [0; 6]).await.unwrap();
}
