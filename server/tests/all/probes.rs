//! `/healthz`, `/readyz`, `/metrics`

use protocol::ErrorCode;
use reqwest::{Method, StatusCode};

use crate::support::{TestApp, eventually, person::Answer};

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

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_nobodys_business_outside() {
    let app = TestApp::start().await;
    let outside = app.stranger().request(Method::GET, "/metrics").header("x-forwarded-for", "203.0.113.5");
    let answer = Answer::to(outside).await;
    assert_eq!(answer.status.as_u16(), ErrorCode::NotFound.status());
    answer.assert_has_not("snug_connections");
}
