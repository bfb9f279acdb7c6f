//! What every request has to pass and every answer carries.

use protocol::ErrorCode;
use reqwest::{Method, StatusCode};

use crate::support::{
    TestApp,
    person::{Answer, Person, Program},
};

#[tokio::test(flavor = "multi_thread")]
async fn pages_run_only_their_own_scripts() {
    let app = TestApp::start().await;
    app.ada().await.write("lobby", "**bold** and `code`").await;
    let mut nonces = Vec::new();
    for path in ["/", "/r/lobby", "/login", "/nothing"] {
        let page = app.stranger().get(path).await;
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "'strict-dynamic'",
            "'wasm-unsafe-eval'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{part} is not in {policy}");
        }
        for part in ["'unsafe-inline'", "'unsafe-eval'", "*"] {
            assert!(!policy.contains(part), "{part} is in {policy}");
        }
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        // Data is no script, whatever its element is called.
        let scripts = page.text.matches("<script").count() - page.text.matches(" type=\"application/json\"").count();
        assert!(scripts > 0);
        assert_eq!(page.text.matches(&format!(" nonce=\"{nonce}\"")).count(), scripts);
        // style-src 'self' would drop these without a word.
        for inline in [" style=\"", "<style", " onclick=", " onload="] {
            page.assert_has_not(inline);
        }
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4, "a nonce was used twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers_that_protect() {
    let app = TestApp::start().await;
    for path in ["/", "/r/lobby", "/nothing", "/api/v1/nothing", "/healthz", "/ws"] {
        let answer = app.stranger().get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path} over plain HTTP");
        assert_ne!(answer.header("x-request-id"), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_browsers_are_told_to_stay_there_and_the_socket_too() {
    let app = TestApp::start().await;
    let request = app.stranger().request(Method::GET, "/").header("x-forwarded-proto", "https").header("host", "localhost:8443");
    let page = Answer::to(request).await;
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
    assert!(page.header("content-security-policy").contains("connect-src 'self' wss://localhost:8443;"));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_other_sites_change_nothing() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let forged = [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("sec-fetch-site", "")];
    for (name, value) in forged {
        let form = [("client_id", &*protocol::ClientId::generate().to_string()), ("body", "forged")];
        let answer = Answer::to(ada.request(Method::POST, "/r/lobby").header(name, value).form(&form)).await;
        assert_eq!(answer.status.as_u16(), ErrorCode::ForeignOrigin.status(), "{name}: {value}");
    }
    ada.get("/r/lobby").await.assert_has_not("forged");
    // Reading is free: links from elsewhere lead here.
    let link = Answer::to(ada.request(Method::GET, "/r/lobby").header("sec-fetch-site", "cross-site")).await;
    assert_eq!(link.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_browser_is_known_by_its_origin() {
    let app = TestApp::start().await;
    let program = Program::at(app.addr);
    let own = format!("http://{}", app.addr);
    let sign_out = |headers: Vec<(&'static str, String)>| {
        let request = program.post("/api/fn/set_theme").form(&[("theme", "dark")]);
        Answer::to(headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)))
    };
    let cookie = || ("cookie", "snug_session=x".to_owned());
    assert_eq!(sign_out(vec![cookie(), ("origin", own)]).await.status, StatusCode::OK);
    for headers in [vec![cookie()], vec![cookie(), ("origin", "https://evil.example".into())], vec![("origin", "null".into())]] {
        assert_eq!(sign_out(headers.clone()).await.status.as_u16(), ErrorCode::ForeignOrigin.status(), "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_ours_is_refused() {
    let app = TestApp::start().await;
    let ask = |stranger: Person, host: &'static str, path: &'static str| async move {
        Answer::to(stranger.request(Method::GET, path).header("host", host)).await.status
    };
    for path in ["/", "/r/lobby", "/api/v1/auth/token", "/ws"] {
        for host in ["evil.example", "evil.example:3000", "localhost.evil.example", "me@localhost"] {
            assert_eq!(ask(app.stranger(), host, path).await, StatusCode::MISDIRECTED_REQUEST, "{host}{path}");
        }
    }
    assert_eq!(ask(app.stranger(), "localhost:9999", "/").await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_taken_over_when_it_is_harmless() {
    let app = TestApp::start().await;
    let ask = async |id: &str| {
        let answer = Answer::to(app.stranger().request(Method::GET, "/healthz").header("x-request-id", id)).await;
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(ask("edge-7.a_B").await, "edge-7.a_B");
    let long = "x".repeat(65);
    for id in ["a b", "", "x=\"1\"", long.as_str()] {
        let made = ask(id).await;
        assert!(made != id && made.len() == 36, "{made}");
    }
}
