//! `/healthz`, `/readyz`, `/metrics`

use std::{fs::File, process::Command};

use protocol::ErrorCode;
use reqwest::{Method, StatusCode};

use crate::support::{
    TestApp,
    binary::{Binary, output, snug},
    eventually,
    person::Answer,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_works_says_so() {
    let app = TestApp::start().await;
    let alive = format!("ok {}\n", env!("CARGO_PKG_VERSION"));
    for (path, told) in [("/healthz", alive.as_str()), ("/readyz", "ok\n")] {
        let answer = app.stranger().get(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, told), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_a_server_lives_but_is_not_ready() {
    let app = TestApp::start().await;
    app.chat.close().await;
    assert_eq!(app.stranger().get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(app.stranger().get("/healthz").await.status, StatusCode::OK);
}

/// Sockets take their time to close; who asks meanwhile is answered.
#[tokio::test(flavor = "multi_thread")]
async fn during_a_stop_a_server_lives_and_is_not_ready() {
    let mut app = TestApp::start().await;
    // Never reads, so that its close is waited for.
    let socket = app.guest_socket().await;
    app.stop();
    eventually("it is not ready", async || {
        let answer = app.stranger().get("/readyz").await;
        (answer.status == StatusCode::SERVICE_UNAVAILABLE && answer.text == "stopping\n").then_some(())
    })
    .await;
    for path in ["/healthz", "/r/lobby"] {
        assert_eq!(app.stranger().get(path).await.status, StatusCode::OK, "{path}");
    }
    drop(socket);
    app.stopped().await;
}

/// A limit on the size of files stands in for a full disk: it fails the same writes, and takes nothing from others.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_disk_a_server_is_not_ready_until_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    // The signal that goes with the limit would end the process; a full disk sends none.
    let program = snug(&["serve", "--addr", "127.0.0.1:0", "--data-dir"]);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
    let log = folder.path().join("log");
    let server = Binary::run(command.arg(folder.path()), File::create(&log).unwrap(), log);
    let limit = |bytes: &str| {
        let limit = format!("--fsize={bytes}:unlimited");
        let status = Command::new("prlimit").args(["--pid", &server.pid().to_string(), &limit]).status();
        assert!(status.expect("prlimit is installed").success());
    };
    let becomes = async |status: StatusCode, text: &str| {
        eventually(text, async || {
            let answer = server.stranger().get("/readyz").await;
            (answer.status == status && answer.text == text).then_some(())
        })
        .await;
    };
    becomes(StatusCode::OK, "ok\n").await;
    limit("1");
    becomes(StatusCode::SERVICE_UNAVAILABLE, "the database takes no writes\n").await;
    assert_eq!(server.stranger().get("/r/lobby").await.status, StatusCode::OK);
    limit("unlimited");
    becomes(StatusCode::OK, "ok\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_are_asked_for_by_any_name() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = Answer::to(stranger.request(Method::GET, path).header("host", "10.1.2.3:3000")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_happens() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let _socket = app.guest_socket().await;
    stranger.get("/r/lobby?before=3").await;
    let metrics = eventually("the page view is counted", async || {
        let answer = stranger.get("/metrics").await;
        answer.text.contains(r#"route="/r/{slug}""#).then_some(answer.text)
    })
    .await;
    for name in [
        "snug_connections ",
        "snug_http_requests_total{",
        "snug_http_request_seconds_bucket{",
        "snug_batch_sends",
        "snug_writer_queue",
    ] {
        assert!(metrics.contains(name), "{name} is not in {metrics}");
    }
    // The addresses of strangers must not become labels.
    stranger.get("/a-path-that-somebody-made-up").await;
    assert!(!stranger.get("/metrics").await.text.contains("made-up"));
}

/// An alarm on a figure that is not there does not go off.
#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_there_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[]);
    let metrics = server.stranger().get("/metrics").await.text;
    for name in [
        "snug_connections ",
        "snug_writer_queue ",
        "snug_sends_total{result=\"ok\"} 0",
        "snug_sends_total{result=\"error\"} 0",
        "snug_sign_ins_failed_total{reason=\"wrong_password\"} 0",
        "snug_sign_ins_failed_total{reason=\"unknown_user\"} 0",
        "snug_sign_ins_failed_total{reason=\"malformed\"} 0",
        "snug_sign_ins_failed_total{reason=\"throttled\"} 0",
        "snug_deliveries_total 0",
        "snug_backup_timestamp_seconds 0",
        "snug_commit_seconds_count",
        "snug_batch_sends_count",
    ] {
        assert!(metrics.contains(name), "{name} is not in {metrics}");
    }
    for (name, least) in [("snug_database_bytes", 10_000.0), ("snug_disk_free_bytes", 1.0)] {
        eventually(name, async || {
            let metrics = server.stranger().get("/metrics").await.text;
            let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|value| value.parse::<f64>().ok()).filter(|value| *value >= least)
        })
        .await;
    }
    drop(server);
    let backup = output(snug(&["backup", "--data-dir"]).arg(folder.path()).arg(folder.path().join("backup.db")));
    assert!(backup.status.success(), "{backup:?}");
    let server = Binary::start(folder.path(), &[]);
    eventually("the backup is known", async || {
        let metrics = server.stranger().get("/metrics").await.text;
        (!metrics.contains("snug_backup_timestamp_seconds 0\n")).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_nobodys_business_outside() {
    let app = TestApp::start().await;
    let outside = app.stranger().request(Method::GET, "/metrics").header("x-forwarded-for", "203.0.113.5");
    let answer = Answer::to(outside).await;
    assert_eq!(answer.status.as_u16(), ErrorCode::NotFound.status());
    answer.assert_has_not("snug_connections");
}
