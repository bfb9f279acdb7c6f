//! Clients that open connections for nothing: they send no request, or half of one, or never read the answer.

use std::{
    fs::{self, File},
    process::Command,
    time::Duration,
};

use crate::support::{
    TestApp,
    binary::{Binary, snug},
    eventually,
    person::Answer,
    raw::{Raw, ask},
};
use futures::future::join_all;
use protocol::ErrorCode;
use reqwest::StatusCode;
use server::{
    assets::{Site, SourceFile},
    connections::Limits,
};

const HTTP_2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const MIB: usize = 1024 * 1024;

fn limits() -> Limits {
    Limits::for_files(usize::MAX)
}

/// A file of this size, which takes no compression.
fn large(bytes: usize) -> Site {
    Site::of([SourceFile { path: "large.txt".to_owned(), data: vec![b'x'; bytes].into(), sha256: [7; 32] }])
}

async fn ask_for_the_large_file(app: &TestApp) -> Raw {
    let mut raw = Raw::narrow(app.addr).await;
    raw.write("GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    raw.begins().await;
    raw
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_not_spoken() {
    let app = TestApp::start().await;
    let mut raw = Raw::open(app.addr).await;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    raw.write([HTTP_2, &settings].concat()).await;
    let answer = raw.rest().await;
    assert!(!answer.starts_with(&[0, 0]), "a frame of HTTP/2: {answer:?}");
    let upgrade = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n\
                   HTTP2-Settings: AAMAAABkAAQAoAAA\r\n\r\n";
    assert!(ask(app.addr, upgrade).await.starts_with("HTTP/1.1 200"));
}

/// Whatever is refused, and however early: what was sent with it is not in the way of the answer, nor of what comes after it.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_goes_on_after_a_body_that_nobody_wanted() {
    let app = TestApp::start().await;
    let body = vec![b'x'; 2 * MIB];
    for (path, status) in [
        ("/admin/icon", 404),
        ("/settings/picture", 401),
        ("/api/v1/me/picture", 405),
        ("/api/v1/auth/token", 413),
        ("/api/fn/login", 413),
        ("/r/lobby", 413),
        ("/nothing/here", 413),
    ] {
        let mut raw = Raw::open(app.addr).await;
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nContent-Length: {}\r\n\r\n", body.len());
        raw.write([head.as_bytes(), &body, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"].concat())
            .await;
        let answers = String::from_utf8_lossy(&raw.rest().await).into_owned();
        assert!(answers.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answers}");
        assert!(answers.contains("HTTP/1.1 200"), "{path}: {answers}");
    }
}

/// Who asks first whether to send it is not made to.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_not_wanted_is_not_asked_for() {
    let app = TestApp::start().await;
    let head = "PUT /api/v1/me/picture HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n";
    let answer = ask(app.addr, head).await;
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("connection: close"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_on_which_no_request_comes_ends() {
    let within = async |head| TestApp::builder().connections(Limits { head, ..limits() }).start().await;
    let app = within(Duration::from_millis(100)).await;
    let answer = async |app: &TestApp, start: &str| {
        let mut raw = Raw::open(app.addr).await;
        raw.write(start).await;
        raw.rest().await
    };
    for start in ["", "P", "GET / HTTP/1.1\r\nHost: loc", "GET / HTTP/1.1\r\nHost: localhost\r\n", "\r\n\r\n"] {
        assert!(!answer(&app, start).await.starts_with(b"HTTP/1.1 200"), "{start:?}");
    }
    // A busy machine takes a while to send a whole one. After its answer no other comes.
    let app = within(Duration::from_secs(2)).await;
    assert!(answer(&app, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_comes_byte_by_byte_gets_no_more_time() {
    let app = TestApp::builder().connections(Limits { head: Duration::from_millis(300), ..limits() }).start().await;
    let raw = Raw::open(app.addr).await;
    // Each of these questions sends a byte, too.
    eventually("it is let go", async || raw.is_over().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    let limits = Limits { stall: Duration::from_millis(200), ..limits() };
    let app = TestApp::builder().connections(limits).site(large(8 * MIB)).start().await;
    let raw = ask_for_the_large_file(&app).await;
    eventually("it is let go", async || raw.is_over().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_slowly_gets_the_whole_answer() {
    let limits = Limits { stall: Duration::from_secs(5), ..limits() };
    let app = TestApp::builder().connections(limits).site(large(2 * MIB)).start().await;
    let mut raw = Raw::narrow(app.addr).await;
    raw.write("GET /large.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    let answer = raw.rest().await;
    assert!(answer.len() > 2 * MIB && answer.ends_with(b"x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_reads_do_not_fill_the_memory() {
    const READERS: usize = 10;
    const KEPT: usize = 4;
    let limits = Limits { answers: KEPT * MIB + MIB / 2, ..limits() };
    let app = TestApp::builder().connections(limits).site(large(MIB)).start().await;
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(ask_for_the_large_file(&app).await);
    }
    eventually("most of them are let go", async || {
        (readers.iter().filter(|raw| raw.is_over()).count() >= READERS - KEPT).then_some(())
    })
    .await;
    let honest = app.stranger().get("/large.txt").await;
    assert_eq!((honest.status, honest.text.len()), (StatusCode::OK, MIB));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_only_wait_make_room_and_sockets_stay() {
    let app = TestApp::builder().connections(Limits { all: 12, ..limits() }).start().await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        sockets.push(app.guest_socket().await);
    }
    let silent = join_all((0..30).map(|_| Raw::open(app.addr))).await;
    assert!(ask(app.addr, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.starts_with("HTTP/1.1 200"));
    for socket in &mut sockets {
        socket.subscribe("lobby", None).await;
    }
    drop(silent);
}

/// A request whose body does not come: it is under way until then.
async fn under_way(app: &TestApp, from: &str) -> Raw {
    let mut raw = Raw::open(app.addr).await;
    let head = "POST /api/v1/auth/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n";
    raw.write(format!("{head}{from}Expect: 100-continue\r\n\r\n")).await;
    // It is asked for its body.
    raw.begins().await;
    raw
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_behind_a_proxy_has_its_share_and_the_proxy_has_no_bound() {
    let app = TestApp::builder().connections(Limits { per_address: 3, ..limits() }).start().await;
    let page = async |from: &str| {
        Answer::to(app.stranger().request(reqwest::Method::GET, "/r/lobby").header("x-forwarded-for", from)).await
    };
    let mut greedy = Vec::new();
    for _ in 0..3 {
        greedy.push(under_way(&app, "X-Forwarded-For: 203.0.113.1\r\n").await);
    }
    let refused = page("203.0.113.1").await;
    assert_eq!(refused.status.as_u16(), ErrorCode::Throttled.status());
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);

    // Others, the proxy itself, and another proxy in the private network.
    let mut others = Vec::new();
    for from in ["", "X-Forwarded-For: 10.0.0.7\r\n"] {
        for _ in 0..5 {
            others.push(under_way(&app, from).await);
        }
    }
    for from in ["203.0.113.2", "unknown", "127.0.0.1", "10.0.0.7"] {
        assert_eq!(page(from).await.status, StatusCode::OK, "{from}");
    }
    greedy[0].write("{}").await;
    eventually("its share is free again", async || (page("203.0.113.1").await.status == StatusCode::OK).then_some(())).await;
}

/// The real binary under limits of the shell (`ulimit`).
fn limited(folder: &std::path::Path, limit: &str) -> Binary {
    let server = snug(&["serve", "--addr", "127.0.0.1:0", "--data-dir"]);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit {limit} && exec \"$@\""), "sh"]).arg(server.get_program()).args(server.get_args());
    let log = folder.join("log");
    Binary::run(command.arg(folder), File::create(&log).unwrap(), log)
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_soft_limit_of_files_is_raised_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let server = limited(folder.path(), "-S -n 64");
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let numbers: Vec<_> = line.split_whitespace().collect();
    let (soft, hard): (usize, usize) = (numbers[0].parse().unwrap(), numbers[1].parse().unwrap());
    assert!(soft > 64 && soft >= hard.min(24_000), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_few_files_may_be_open_strangers_who_say_nothing_keep_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = limited(folder.path(), "-n 160");
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(Raw::open(server.addr).await);
    }
    for path in ["/healthz", "/readyz", "/r/lobby"] {
        assert_eq!(server.stranger().get(path).await.status, StatusCode::OK, "{path}");
    }
    assert!(server.log().contains("few files may be open"), "{}", server.log());
}
