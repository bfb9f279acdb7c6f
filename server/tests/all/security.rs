//! What every request has to pass and every answer carries.

use protocol::ErrorCode;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{
    PASSWORD, TestApp,
    api::Api,
    binary::Binary,
    person::{Answer, Person, Program},
    raw::ask,
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

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_says_two_things_is_refused() {
    let app = TestApp::start().await;
    let own = format!("http://{}", app.addr);
    for headers in [
        "Host: localhost\r\nHost: localhost\r\n".to_owned(),
        "Host: localhost\r\nHost: evil.example\r\n".to_owned(),
        format!("Host: {}\r\nOrigin: {own}\r\nOrigin: {own}\r\n", app.addr),
        format!("Host: {}\r\nOrigin: {own}\r\nOrigin: https://evil.example\r\n", app.addr),
    ] {
        for line in ["GET /r/lobby", "POST /api/fn/set_theme", "GET /ws", "POST /api/v1/auth/token"] {
            let answer =
                ask(app.addr, &format!("{line} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: 0\r\n\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{line} {headers:?}: {answer}");
        }
    }
    let elsewhere = "GET http://evil.example/r/lobby HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(ask(app.addr, elsewhere).await.starts_with("HTTP/1.1 421"));
    let absolute = "GET http://localhost/r/lobby HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(ask(app.addr, absolute).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_no_address_of_ours_is_refused_before_anything_trips_over_it() {
    let app = TestApp::start().await;
    for (line, status) in [
        ("CONNECT x:1", 405),
        ("CONNECT localhost:80", 405),
        ("CONNECT /r/lobby", 405),
        ("OPTIONS *", 405),
        ("GET *", 405),
        ("TRACE /r/lobby", 405),
        ("BREW /", 405),
    ] {
        let answer = ask(app.addr, &format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await;
        // What is no target at all never gets past HTTP itself.
        let refused = answer.starts_with(&format!("HTTP/1.1 {status}")) || answer.starts_with("HTTP/1.1 400");
        assert!(refused && !answer.contains("panicked"), "{line}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_host_but_name_and_port_gets_into_the_page() {
    let app = TestApp::start().await;
    for host in [
        "localhost:4200;script-src",
        "localhost:4200 *",
        "localhost:x",
        "localhost:99999",
        "localhost'",
        "localhost;",
        "127.0.0.1,*",
    ] {
        let answer = ask(app.addr, &format!("GET /r/lobby HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 421"), "{host}: {answer}");
    }
    let page = Answer::to(app.stranger().request(Method::GET, "/r/lobby").header("host", "LOCALHOST:04200")).await;
    assert!(page.header("content-security-policy").contains("connect-src 'self' ws://localhost:4200;"), "{:?}", page.headers);
    page.assert_has("http://localhost:4200/r/lobby");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_is_ours_by_scheme_and_port_too() {
    let app = TestApp::start().await;
    let set_theme = async |headers: &[(&'static str, &str)]| {
        let request = Program::at(app.addr).post("/api/fn/set_theme").form(&[("theme", "dark")]);
        Answer::to(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await.status
    };
    for (host, proto, origin, status) in [
        ("localhost:8443", "https", "https://localhost:8443", StatusCode::OK),
        ("localhost", "https", "https://localhost", StatusCode::OK),
        ("localhost", "https", "https://localhost:443", StatusCode::OK),
        ("localhost", "https", "http://localhost", StatusCode::FORBIDDEN),
        ("localhost", "http", "https://localhost", StatusCode::FORBIDDEN),
        ("localhost", "http", "http://localhost:81", StatusCode::FORBIDDEN),
        ("localhost:81", "http", "http://localhost", StatusCode::FORBIDDEN),
    ] {
        let headers = [("host", host), ("x-forwarded-proto", proto), ("origin", origin), ("cookie", "snug_session=x")];
        assert_eq!(set_theme(&headers).await, status, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_logged_with_both_values_once_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[("SNUG_HOSTS", "chat.example.org")]);
    for port in [8443, 8444, 8445] {
        let origin = format!("https://chat.example.org:{port}");
        let socket =
            Person::at(server.addr).request(Method::GET, "/ws").header("host", "chat.example.org").header("origin", origin);
        assert_eq!(Answer::to(socket).await.status, StatusCode::FORBIDDEN);
        let page = Person::at(server.addr).request(Method::GET, "/").header("host", format!("evil.example:{port}"));
        assert_eq!(Answer::to(page).await.status, StatusCode::MISDIRECTED_REQUEST);
    }
    let log = server.log();
    let lines = |text| log.lines().filter(|line| line.contains(text)).collect::<Vec<_>>();
    let (origins, hosts) = (lines("refused requests of other origins"), lines("refused requests for another host"));
    assert_eq!((origins.len(), hosts.len()), (1, 1), "{log}");
    assert!(
        origins[0].contains("https://chat.example.org:8443") && origins[0].contains("own=\"http://chat.example.org\""),
        "{}",
        origins[0]
    );
    assert!(hosts[0].contains("evil.example:8443") && hosts[0].contains("known=chat.example.org "), "{}", hosts[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_stay_in_no_cache() {
    let app = TestApp::start().await;
    let ada = app.stranger();
    let registered =
        ada.submit("/register", "register", &[("username", "ada"), ("display_name", ""), ("password", PASSWORD)]).await;
    let renewed = Answer::to(ada.request(Method::POST, "/api/fn/renew_token").header("accept", "application/json")).await;
    assert!(renewed.text.contains("access_token"), "{}", renewed.text);
    let program = Program::at(app.addr);
    let tokens = program.auth("token", serde_json::json!({ "username": "ada", "password": PASSWORD })).await;
    let refresh = tokens.json()["refresh_token"].clone();
    let refreshed = program.auth("refresh", serde_json::json!({ "refresh_token": refresh })).await;
    let signed_in = app.stranger().submit("/login", "login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let signed_out = ada.submit("/r/lobby", "logout", &[]).await;
    let refused =
        Answer::to(app.stranger().request(Method::POST, "/api/fn/renew_token").header("accept", "application/json")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    for answer in [registered, renewed, tokens, refreshed, signed_in, signed_out, refused] {
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    }
}

/// Each page that shows a secret once, by the form that leads there.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_shows_a_secret_stays_in_no_cache() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("mill", "public").await;
    let api = Api::of(app.addr, "ada").await;
    let told = async |path: &str, body, field: &str| api.post(path, &body).await.json()[field].as_str().unwrap().to_owned();
    let bot = api.post("/api/v1/bots", &json!({ "username": "echo", "name": "Echo" })).await.json();
    let bot = bot["user"]["id"].as_str().unwrap();
    let url = ("url", "https://example.org/");
    let forms: [(&str, &[(&str, &str)]); 7] = [
        ("/admin/people/bob/reset-link", &[]),
        ("/settings/tokens", &[("name", "cron"), ("read", "true")]),
        (&format!("/settings/bots/{bot}"), &[("name", "cron"), ("read", "true")]),
        ("/r/mill/hooks", &[("what", "make"), ("name", "Tea")]),
        ("/r/mill/outgoing", &[("name", "Gnome"), url, ("words", "")]),
        ("/r/mill/commands", &[("word", "water"), ("name", "Gnome"), url]),
        ("/admin/commands", &[("word", "weed"), ("name", "Gnome"), url]),
    ];
    for (path, fields) in forms {
        let page = Answer::to(ada.request(Method::POST, path).form(fields)).await;
        page.assert_has("class=\"made");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }

    let reset = told("/api/v1/admin/people/bob/reset-link", json!({}), "path").await;
    let code = told("/api/v1/invites", json!({}), "code").await;
    api.put("/api/v1/admin/people/bob/suspension", &json!({})).await;
    let suspended = bob.submit("/login", "login", &[("username", "bob"), ("password", PASSWORD)]).await;
    let shown = ada.get(&format!("/admin/invites?show={code}")).await;
    shown.assert_has("class=\"made");
    let guest = app.stranger();
    let mut pages = vec![shown];
    for link in [reset.as_str(), suspended.leads_to(), &format!("/i/{code}"), "/register?first=tea", "/reset/wrong"] {
        pages.push(guest.get(link).await);
    }
    for page in pages {
        assert!(page.header("content-type").starts_with("text/html"));
        assert_eq!(page.header("cache-control"), "no-store", "{}", page.text);
    }
    assert_eq!(guest.get("/register").await.header("cache-control"), "private, no-cache");
}

/// Each operation that tells a secret once; what is kept for who asks again with the same key has none either.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_tells_a_secret_is_kept_nowhere() {
    let app = TestApp::start().await;
    let (ada, _bob) = (app.ada().await, app.bob().await);
    ada.create_room("mill", "public").await;
    let api = Api::of(app.addr, "ada").await;
    let bot = api.post("/api/v1/bots", &json!({ "username": "echo", "name": "Echo" })).await.json()["user"]["id"].clone();
    let hook = api.post("/api/v1/rooms/mill/hooks", &json!({ "name": "Tea" })).await.json()["hook"]["id"].clone();
    let (bot, hook) = (bot.as_str().unwrap(), hook.as_str().unwrap());
    let (token, url) = (json!({ "name": "cron", "scopes": ["read"] }), "https://example.org/");
    for (number, (path, body)) in [
        ("/api/v1/admin/people/bob/reset-link".to_owned(), json!({})),
        ("/api/v1/me/tokens".to_owned(), token.clone()),
        (format!("/api/v1/bots/{bot}/tokens"), token),
        ("/api/v1/rooms/mill/hooks".to_owned(), json!({ "name": "Tea" })),
        (format!("/api/v1/rooms/mill/hooks/{hook}/renewal"), json!({})),
        ("/api/v1/rooms/mill/outgoing".to_owned(), json!({ "name": "Gnome", "url": url })),
        ("/api/v1/rooms/mill/commands".to_owned(), json!({ "word": "water", "name": "Gnome", "url": url })),
        ("/api/v1/commands".to_owned(), json!({ "word": "weed", "name": "Gnome", "url": url })),
    ]
    .into_iter()
    .enumerate()
    {
        let ask =
            async || Answer::to(api.request(Method::POST, &path).header("idempotency-key", number.to_string()).json(&body)).await;
        let told = ask().await;
        assert_eq!((told.status, told.header("cache-control")), (StatusCode::CREATED, "no-store"), "{path}: {}", told.text);
        ask().await.assert_refused(ErrorCode::Conflict);
    }
}

/// What is refused before anything of the API has seen it.
#[tokio::test(flavor = "multi_thread")]
async fn an_early_refusal_has_the_shape_of_its_door() {
    let app = TestApp::start().await;
    let program = Program::at(app.addr);
    let large = "x".repeat(64 * 1024 + 1);
    for (name, value, body, status, code) in [
        ("host", "evil.example", "", 421, ErrorCode::BadRequest),
        ("sec-fetch-site", "cross-site", "", 403, ErrorCode::ForeignOrigin),
        ("accept", "*/*", large.as_str(), 413, ErrorCode::TooLarge),
    ] {
        for path in ["/api/v1/auth/token", "/api/v1/nothing", "/api/fn/login", "/api/fn/nothing"] {
            let answer = Answer::to(program.post(path).header(name, value).body(body.to_owned())).await;
            let error = if path.starts_with("/api/v1/") { answer.error() } else { serde_json::from_str(&answer.text).unwrap() };
            assert_eq!((answer.status.as_u16(), error.code), (status, code), "{path}: {}", answer.text);
            assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"));
        }
    }
    let elsewhere = Answer::to(program.post("/api/v1/auth/token").header("host", "evil.example")).await;
    elsewhere.assert_has("SNUG_HOSTS");
    let page = Answer::to(app.stranger().request(Method::GET, "/").header("host", "evil.example")).await;
    assert!(page.text.starts_with("This Snug does not answer"), "{}", page.text);
}
