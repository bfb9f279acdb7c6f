//! Pages of other origins.

use protocol::ErrorCode;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::json;

use crate::support::{
    TestApp,
    api::Api,
    person::{Answer, Program},
    socket::{Socket, request, with_header, with_token},
};

const APP: &str = "capacitor://localhost";

async fn app(origins: &[&str]) -> TestApp {
    let app = TestApp::builder().cors(origins).start().await;
    app.ada().await;
    app
}

/// What a browser asks for a page of this origin.
async fn ask(api: &Api, method: Method, path: &str, origin: &str) -> Answer {
    Answer::to(api.request(method, path).header("origin", origin).header("sec-fetch-site", "cross-site")).await
}

async fn preflight(api: &Api, path: &str, origin: &str) -> Answer {
    let request = api.request(Method::OPTIONS, path).header("origin", origin);
    Answer::to(request.header("access-control-request-method", "POST").header("access-control-request-headers", "authorization"))
        .await
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    headers.get("access-control-allow-origin").map(|origin| origin.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_an_allowed_origin_is_told_so_before_and_with_each_answer() {
    let app = app(&[APP, "https://app.example.org"]).await;
    let guest = Api::guest(app.addr);
    for path in ["/api/v1/rooms", "/api/v1/nothing"] {
        let told = preflight(&guest, path, APP).await;
        assert_eq!((told.status, allowed(&told.headers)), (StatusCode::NO_CONTENT, Some(APP)), "{path}");
        for (name, part) in
            [("access-control-allow-methods", "DELETE"), ("access-control-allow-headers", "idempotency-key"), ("vary", "origin")]
        {
            assert!(told.header(name).contains(part), "{name}: {}", told.header(name));
        }
    }
    let large = guest.request(Method::POST, "/api/v1/auth/token").header("origin", APP).header("sec-fetch-site", "cross-site");
    for answer in [
        ask(&guest, Method::GET, "/api/v1/rooms", APP).await,
        ask(&guest, Method::GET, "/api/v1/nothing", APP).await,
        ask(&guest, Method::PUT, "/api/v1/rooms", APP).await,
        ask(&guest, Method::POST, "/api/v1/auth/verify", APP).await,
        Answer::to(large.body("x".repeat(70_000))).await,
    ] {
        assert_eq!(allowed(&answer.headers), Some(APP), "{}", answer.text);
        for name in ["etag", "link", "retry-after", "ratelimit-remaining"] {
            assert!(answer.header("access-control-expose-headers").contains(name), "{name}");
        }
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_is_told_nothing_and_does_nothing() {
    let app = app(&[APP]).await;
    let guest = Api::guest(app.addr);
    for origin in ["https://evil.example", "null", "capacitor://localhost:80", "CAPACITOR://localhost"] {
        let told = preflight(&guest, "/api/v1/rooms", origin).await;
        assert_eq!((told.status, allowed(&told.headers)), (StatusCode::METHOD_NOT_ALLOWED, None), "{origin}");
        assert_eq!(allowed(&ask(&guest, Method::GET, "/api/v1/rooms", origin).await.headers), None, "{origin}");
        ask(&guest, Method::POST, "/api/v1/auth/verify", origin).await.assert_refused(ErrorCode::ForeignOrigin);
    }
    // Server functions go by cookies: no other origin may call them.
    for origin in [APP, "https://evil.example"] {
        let called = ask(&guest, Method::POST, "/api/fn/logout", origin).await;
        assert_eq!((called.status, allowed(&called.headers)), (StatusCode::FORBIDDEN, None), "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_star_lets_in_everybody_and_without_the_setting_nobody_comes_in() {
    let open = app(&["*"]).await;
    let guest = Api::guest(open.addr);
    assert_eq!(allowed(&preflight(&guest, "/api/v1/rooms", "https://any.example").await.headers), Some("*"));
    let credentials = json!({ "username": "ada", "password": crate::support::PASSWORD });
    let request =
        guest.request(Method::POST, "/api/v1/auth/token").header("origin", "null").header("sec-fetch-site", "cross-site");
    let signed_in = Answer::to(request.json(&credentials)).await;
    assert_eq!((signed_in.status, allowed(&signed_in.headers)), (StatusCode::OK, Some("*")));
    assert_eq!(signed_in.header("vary"), "");

    let closed = app(&[]).await;
    let answer = ask(&Api::guest(closed.addr), Method::GET, "/api/v1/rooms", APP).await;
    assert_eq!((answer.status, allowed(&answer.headers)), (StatusCode::OK, None));
    assert!(!answer.headers.get_all("vary").iter().any(|vary| vary == "origin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_open_for_these_origins_and_for_none_at_all_with_a_token_of_their_own() {
    let open = app(&[APP]).await;
    let token = Program::at(open.addr).sign_in("ada").await.access_token;
    let from = |origin: &str| with_header(request(open.addr, ""), "origin", origin);
    for origin in [APP, "null"] {
        Socket::connect(open.addr, with_token(from(origin), &token)).await.unwrap();
        let query = with_header(request(open.addr, &format!("?token={token}")), "origin", origin);
        Socket::connect(open.addr, query).await.unwrap();
        // A cookie is no token.
        let cookie = with_header(from(origin), "cookie", &format!("snug_session={token}"));
        assert!(Socket::connect(open.addr, cookie).await.is_err(), "{origin}");
    }
    assert!(Socket::connect(open.addr, with_token(from("https://evil.example"), &token)).await.is_err());

    let closed = app(&[]).await;
    let token = Program::at(closed.addr).sign_in("ada").await.access_token;
    for origin in [APP, "null"] {
        let request = with_header(request(closed.addr, ""), "origin", origin);
        assert!(Socket::connect(closed.addr, with_token(request, &token)).await.is_err(), "{origin}");
    }
}
