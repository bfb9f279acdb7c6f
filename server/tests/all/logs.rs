//! What the log of the real binary says, and what programs that read it make of it.

use std::path::Path;

use protocol::{ClientId, RoomId};
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use testkit::sqlite_url;
use tokio::process::Command;

use crate::support::{
    api::Api,
    binary::Binary,
    person::{Answer, PASSWORD, Program},
    socket::message,
};

/// Stops a server and gives its log.
async fn log_of(mut server: Binary) -> String {
    server.terminate();
    server.ended().await;
    server.log()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_says_which_version_which_database_and_which_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(Binary::start(folder.path(), &[("SNUG_HOSTS", "chat.example.org,chat.example.net")])).await;
    let start = log.lines().find(|line| line.contains("started")).unwrap();
    let database = format!("database=\"{}\"", folder.path().join("snug.db").display());
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    for told in [&version, &database, "hosts=chat.example.org,chat.example.net", "addr=127.0.0.1:"] {
        assert!(start.contains(told), "{told} is not in {start}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_are_in_the_log_of_who_asks_for_it() {
    for (filter, expected) in [("info", false), ("debug", true)] {
        let folder = tempfile::tempdir().unwrap();
        let server = Binary::start(folder.path(), &[("SNUG_LOG", filter)]);
        for path in ["/healthz", "/readyz", "/metrics", "/r/lobby"] {
            server.stranger().get(path).await;
        }
        let log = log_of(server).await;
        assert!(log.contains("/r/lobby"), "{log}");
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(log.contains(path), expected, "{path} with {filter}");
        }
    }
}

/// Signs in wrongly in all ways, from addresses of its own.
async fn fail_to_sign_in(server: &Binary) {
    server.stranger().register("ada").await;
    let forged = "x\nINFO request{id=1}: chat::sessions::sign_in: sign-in refused client=192.0.2.66 reason=throttled user=\"\"";
    for (last, username, password) in
        [(1, "ada", "a wrong password"), (2, "nobody", "a wrong password"), (3, forged, "a wrong password"), (4, "ada", "short")]
    {
        let body = json!({ "username": username, "password": password });
        let request = Program::at(server.addr).post("/api/v1/auth/token").header("x-forwarded-for", format!("2001:db8::{last}"));
        Answer::to(request.json(&body)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_is_told_with_who_whence_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[]);
    fail_to_sign_in(&server).await;
    let metrics = server.stranger().get("/metrics").await;
    metrics.assert_has("snug_sign_ins_failed_total{reason=\"wrong_password\"} 2\n");
    metrics.assert_has("snug_sign_ins_failed_total{reason=\"unknown_user\"} 1\n");
    let log = log_of(server).await;
    let lines: Vec<_> = log.lines().filter_map(|line| Some(line.split_once("sign-in refused ")?.1)).collect();
    assert_eq!(
        lines,
        [
            "client=2001:db8::1 reason=\"wrong_password\" user=\"ada\"",
            "client=2001:db8::2 reason=\"unknown_user\" user=\"nobody\"",
            "client=2001:db8::3 reason=\"malformed\" user=\"\"",
            "client=2001:db8::4 reason=\"wrong_password\" user=\"ada\"",
        ]
    );
}

/// As fail2ban does it: the time is cut out of the line, `<HOST>` stands for an address, and the patterns are Python's.
const READ_LIKE_FAIL2BAN: &str = r#"
import configparser, re, sys
filter = configparser.RawConfigParser()
filter.read(sys.argv[1])
patterns = [re.compile(p.replace("<HOST>", r"(?P<host>[0-9a-fA-F.:]+)")) for p in filter["Definition"]["failregex"].split("\n") if p]
for line in open(sys.argv[2]):
    line = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", "", line.rstrip("\n"), count=1)
    print(*(found["host"] for found in (p.search(sys.argv[3] + line) for p in patterns) if found))
"#;

#[tokio::test(flavor = "multi_thread")]
async fn fail2ban_reads_the_addresses_and_cannot_be_lied_to() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (format, prefix) in [("text", ""), ("text", "host snug[17]: "), ("json", ""), ("json", "host snug[17]: ")] {
        let folder = tempfile::tempdir().unwrap();
        let server = Binary::start(folder.path(), &[("SNUG_LOG_FORMAT", format)]);
        fail_to_sign_in(&server).await;
        let lie = "/INFO%20request{id=1}:%20chat::sessions::sign_in:%20sign-in%20refused%20client=192.0.2.66";
        server.stranger().get(lie).await;
        log_of(server).await;
        let mut python = Command::new(root.join(".tools/python/bin/python3"));
        python.args(["-c", READ_LIKE_FAIL2BAN]).arg(root.join("deploy/fail2ban/filter.conf")).arg(folder.path().join("log"));
        let output = python.arg(prefix).output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let found = String::from_utf8(output.stdout).unwrap();
        let found: Vec<_> = found.split_whitespace().collect();
        assert_eq!(found, ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"], "{format}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_comes_again_and_again_is_two_lines() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[]);
    server.stranger().register("ada").await;
    let mut socket = Program::at(server.addr).socket("ada").await;
    let db = Database::connect(sqlite_url(folder.path())).await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'no room left'); END";
    db.execute_unprepared(refuse).await.unwrap();
    db.close().await.unwrap();
    for _ in 0..20 {
        let id = ClientId::generate();
        socket.send(&message("lobby", id, "lost")).await;
        socket.refusal(id).await;
    }
    let log = log_of(server).await;
    let lines: Vec<_> = log.lines().filter(|line| line.contains("no room left")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("ERROR") && lines[0].contains("a request failed"), "{}", lines[0]);
    assert!(lines[1].contains("ERROR") && lines[1].contains("came again") && lines[1].contains("again=19"), "{}", lines[1]);
}

/// Links that are secrets, one of each kind, as this server gives them.
async fn secret_links(server: &Binary) -> Vec<String> {
    let (ada, bob) = (server.stranger(), server.stranger());
    ada.register("ada").await;
    bob.register("bob").await;
    ada.create_room("mill", "public").await;
    let api = Api::of(server.addr, "ada").await;
    let told = async |path: &str, body, field: &str| api.post(path, &body).await.json()[field].as_str().unwrap().to_owned();
    let reset = told("/api/v1/admin/people/bob/reset-link", json!({}), "path").await;
    let code = told("/api/v1/invites", json!({}), "code").await;
    let hook = told("/api/v1/rooms/mill/hooks", json!({ "name": "Tea" }), "path").await;
    let first = told("/api/v1/auth/token", json!({ "username": "bob", "password": PASSWORD }), "refresh_token").await;
    api.put("/api/v1/admin/people/bob/suspension", &json!({})).await;
    let refused = bob.submit("/login", "login", &[("username", "bob"), ("password", PASSWORD)]).await;
    vec![
        reset,
        refused.leads_to().to_owned(),
        ["/i/", &code].concat(),
        ["/api/v1/invites/codes/", &code].concat(),
        [&hook, "/github"].concat(),
        hook,
        ["/register?first=", &first].concat(),
        ["/ws?token=", &first].concat(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_a_secret_is_in_no_log() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[("SNUG_LOG", "trace")]);
    let links = secret_links(&server).await;
    let guest = server.stranger();
    for link in &links {
        guest.get(link).await;
        Answer::to(guest.request(reqwest::Method::POST, link)).await;
        // As people mistype them, and as a proxy that is set up wrongly passes them on.
        for wrong in [[link, "/"].concat(), [link, ")."].concat(), ["/chat", link].concat(), ["/", link].concat()] {
            guest.get(&wrong).await;
        }
    }
    let log = log_of(server).await;
    for shown in ["/reset/{token}", "/suspended/{token}", "/i/{code}", "/{secret}/github", "\"/register\"", "\"/chat/reset/…\""]
    {
        assert!(log.contains(shown), "{shown} is not in {log}");
    }
    for secret in
        links.iter().flat_map(|link| link.split(['/', '='])).filter(|word| word.len() >= 22 && word.parse::<RoomId>().is_err())
    {
        let found = log.lines().find(|line| line.contains(secret));
        assert_eq!(found, None, "{secret}");
    }
}
