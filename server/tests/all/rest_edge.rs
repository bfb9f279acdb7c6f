//! The edges of the API: what is refused before a handler sees it, always in the one shape.

use std::time::Duration;

use chat::Limits;
use protocol::{ClientId, ErrorCode};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, api::Api, app::rate, limits, person::Answer};

/// Sends this body to the sign-in.
async fn sign_in(api: &Api, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    let request = api.request(Method::POST, "/api/v1/auth/token").body(body);
    Answer::to(content_type.into_iter().fold(request, |request, kind| request.header("content-type", kind))).await
}

#[track_caller]
fn assert_status(answer: &Answer, status: StatusCode, code: ErrorCode) {
    assert_eq!((answer.status, answer.error().code), (status, code), "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(!answer.json()["error"]["message"].as_str().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_in_the_one_shape() {
    let app = TestApp::start().await;
    let guest = Api::guest(app.addr);
    for path in
        ["/api/", "/api/v1", "/api/v1/", "/api/v2/rooms", "/api/v1/rooms/", "/api/v1/nothing", "/api/v1/rooms/%FF/messages"]
    {
        assert_status(&guest.get(path).await, StatusCode::NOT_FOUND, ErrorCode::NotFound);
    }
    assert_status(&guest.get("/api/v1/rooms/nowhere/messages").await, StatusCode::NOT_FOUND, ErrorCode::NotFound);
    assert_status(&guest.post("/api/v1/nothing", &json!({})).await, StatusCode::NOT_FOUND, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_told_the_right_ones() {
    let app = TestApp::start().await;
    let guest = Api::guest(app.addr);
    for (method, path, allowed) in [
        (Method::GET, "/api/v1/auth/token", "POST"),
        (Method::PUT, "/api/v1/rooms/lobby/messages", "GET,HEAD,POST"),
        (Method::DELETE, "/api/v1/openapi.json", "GET,HEAD"),
        (Method::TRACE, "/api/v1/auth/verify", "POST"),
    ] {
        let answer = Answer::to(guest.request(method, path)).await;
        assert_status(&answer, StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest);
        assert_eq!(answer.header("allow"), allowed, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_an_object_of_json_in_utf_8() {
    let app = TestApp::start().await;
    let guest = Api::guest(app.addr);
    let right = r#"{"username":"ada","password":"x"}"#;
    for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx")] {
        let answer = sign_in(&guest, content_type, right).await;
        assert_status(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadRequest);
        answer.assert_has("Content-Type: application/json");
    }
    for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        assert_status(&sign_in(&guest, Some(content_type), right).await, StatusCode::UNAUTHORIZED, ErrorCode::WrongCredentials);
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let bodies: [(&[u8], &str); 9] = [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (br#"{"username":"\ud800","password":"x"}"#, "not JSON"),
        (b"{\"username\":\"\xff\",\"password\":\"x\"}", "not JSON"),
        (b"{\"username\":\"\xed\xa0\x80\",\"password\":\"x\"}", "not JSON"),
        (deep.as_bytes(), "not JSON"),
        (b"[null]", "JSON object"),
        (br#"{"username":"ada"}"#, "missing field `password`"),
        (br#"{"username":"ada","password":"x","more":1}"#, "unknown field `more`"),
    ];
    for (body, why) in bodies {
        let answer = sign_in(&guest, Some("application/json"), body.to_vec()).await;
        assert_status(&answer, StatusCode::BAD_REQUEST, ErrorCode::BadRequest);
        answer.assert_has(why);
    }
    let large = sign_in(&guest, Some("application/json"), "x".repeat(65 * 1024)).await;
    assert_status(&large, StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_behind_the_question_mark_is_text_and_known() {
    let app = TestApp::start().await;
    let guest = Api::guest(app.addr);
    for query in ["text=%FF", "text=%00", "text=%ED%A0%80", "text=%C3", "text=a&text=b", "txet=a", "after=", "after=x"] {
        let answer = guest.get(&format!("/api/v1/rooms?{query}")).await;
        assert_status(&answer, StatusCode::BAD_REQUEST, ErrorCode::BadRequest);
    }
    for query in ["", "text=", "text=%C3%A9", "text=%E2%80%AE"] {
        assert_eq!(guest.get(&format!("/api/v1/rooms?{query}")).await.status, StatusCode::OK, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_the_api_with_what_is_here_alone() {
    let app = TestApp::start().await;
    let page = app.stranger().get("/api").await;
    assert_eq!(page.status, StatusCode::OK);
    for file in ["swagger-ui.css", "swagger-ui.js", "api.js"] {
        page.assert_has(&format!("\"/late/{file}\""));
    }
    page.assert_has("data-description=\"/api/v1/openapi.json\"");
    for elsewhere in ["src=\"http", "href=\"http", "src=\"//", "href=\"//"] {
        page.assert_has_not(elsewhere);
    }
    // Each script has the nonce of the policy.
    let nonce = page.header("content-security-policy").split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    assert_eq!(page.text.matches("<script").count(), page.text.matches(&format!(" nonce=\"{nonce}\"")).count());
    let description = app.stranger().get("/api/v1/openapi.json").await;
    assert_eq!((description.status, description.header("content-type")), (StatusCode::OK, "application/json"));
    assert_eq!(description.json()["openapi"], "3.1.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_says_how_much_is_left() {
    let limits =
        Limits { sends: rate(3, Duration::from_secs(60)), sends_per_address: rate(100, Duration::from_secs(60)), ..limits() };
    let app = TestApp::builder().limits(limits).start().await;
    app.ada().await;
    let ada = Api::of(app.addr, "ada").await;
    let send =
        async || ada.post("/api/v1/rooms/lobby/messages", &json!({ "client_id": ClientId::generate(), "body": "Tea" })).await;
    let left = |answer: &Answer| ["limit", "remaining"].map(|name| answer.header(&format!("ratelimit-{name}")).to_owned());
    for remaining in ["2", "1", "0"] {
        let sent = send().await;
        assert_eq!((sent.status, left(&sent)), (StatusCode::CREATED, ["3".to_owned(), remaining.to_owned()]));
        assert!((1..=180).contains(&sent.header("ratelimit-reset").parse::<u64>().unwrap()));
    }
    let refused = send().await;
    refused.assert_refused(ErrorCode::Throttled);
    assert_eq!(left(&refused), ["3", "0"]);
    assert_eq!(refused.header("retry-after"), refused.error().retry_after.unwrap().to_string());
    assert_eq!(left(&ada.get("/api/v1/rooms").await), ["", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_again_with_a_key_is_done_once() {
    let app = TestApp::start().await;
    app.ada().await;
    let ada = Api::of(app.addr, "ada").await;
    let other = Api::of(app.addr, "ada").await;
    let make = async |api: &Api, name: &str| {
        let request = api.request(Method::POST, "/api/v1/rooms").header("idempotency-key", "one");
        Answer::to(request.json(&json!({ "name": name, "visibility": "public" }))).await
    };
    let first = make(&ada, "Garden").await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (StatusCode::CREATED, ""), "{}", first.text);
    let again = make(&ada, "Garden").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
    assert_eq!((&again.text, again.header("location")), (&first.text, first.header("location")));
    make(&ada, "Kitchen").await.assert_refused(ErrorCode::Conflict);
    make(&other, "Garden").await.assert_refused(ErrorCode::Conflict);
    let rooms = ada.get("/api/v1/rooms?text=Garden").await;
    assert_eq!(rooms.json()["rooms"].as_array().map(Vec::len), Some(1), "{}", rooms.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_nul_in_it_is_not_taken() {
    let app = TestApp::start().await;
    app.ada().await;
    let ada = Api::of(app.addr, "ada").await;
    ada.patch("/api/v1/me", &json!({ "bio": "a\u{0}b" })).await.assert_refused(ErrorCode::Invalid);
    let message = json!({ "client_id": ClientId::generate(), "body": "Tea", "extra": { "note": ["\u{0}"] } });
    ada.post("/api/v1/rooms/lobby/messages", &message).await.assert_refused(ErrorCode::Invalid);
}
