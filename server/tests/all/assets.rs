//! The files of the site.

use reqwest::{Method, StatusCode};
use server::assets::{Site, SourceFile};

use crate::support::{TestApp, person::Answer};

fn file(path: &str, content: &'static str, hash: u8) -> SourceFile {
    SourceFile { path: path.to_owned(), data: content.into(), sha256: [hash; 32] }
}

fn site() -> Site {
    Site::of([
        file("pkg/snug.js", "the script", 1),
        file("pkg/snug.js.br", "the script by brotli", 2),
        file("pkg/snug.js.gz", "the script by gzip", 3),
        file("pkg/snug.wasm", "the module", 4),
        file("pkg/snug.css", "the style", 5),
        file("humans.txt", "robots", 6),
    ])
}

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = app.stranger().request(Method::GET, path);
    Answer::to(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_link_files_by_their_hash_which_are_kept_for_ever() {
    let app = TestApp::builder().site(site()).start().await;
    let page = app.stranger().get("/r/lobby").await;
    for (path, content, content_type) in [
        ("/pkg/snug.0101010101010101.js", "the script", "text/javascript; charset=utf-8"),
        ("/pkg/snug.0404040404040404.wasm", "the module", "application/wasm"),
        ("/pkg/snug.0505050505050505.css", "the style", "text/css; charset=utf-8"),
    ] {
        page.assert_has(&format!("\"{path}\""));
        let answer = get(&app, path, &[]).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, content));
        assert_eq!(answer.header("content-type"), content_type);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_eq!(get(&app, "/pkg/snug.0202020202020202.js", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_without_a_hash_are_asked_for_again() {
    let app = TestApp::builder().site(site()).start().await;
    assert_eq!(get(&app, "/pkg/snug.js", &[]).await.header("cache-control"), "no-cache");
    assert_eq!(get(&app, "/humans.txt", &[]).await.header("cache-control"), "public, max-age=3600");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_best_coding_that_the_client_takes_is_sent() {
    let app = TestApp::builder().site(site()).start().await;
    for (accepted, coding, content) in [
        ("gzip, deflate, br, zstd", "br", "the script by brotli"),
        ("br;q=0, gzip", "gzip", "the script by gzip"),
        ("GZIP ; q=0.5", "gzip", "the script by gzip"),
        ("zstd", "", "the script"),
        ("br;q=0.0, gzip;q=0", "", "the script"),
        ("", "", "the script"),
    ] {
        let answer = get(&app, "/pkg/snug.js", &[("accept-encoding", accepted)]).await;
        assert_eq!((answer.header("content-encoding"), answer.text.as_str()), (coding, content), "{accepted}");
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(answer.header("vary"), "accept-encoding");
    }
    let single = get(&app, "/humans.txt", &[("accept-encoding", "br")]).await;
    assert_eq!((single.header("content-encoding"), single.text.as_str()), ("", "robots"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_has_already_is_not_sent_again() {
    let app = TestApp::builder().site(site()).start().await;
    let known = |tag: String, coding: &'static str| {
        let app = &app;
        async move { get(app, "/pkg/snug.js", &[("accept-encoding", coding), ("if-none-match", &tag)]).await }
    };
    let etag = get(&app, "/pkg/snug.js", &[("accept-encoding", "br")]).await.header("etag").to_owned();
    for tag in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}")] {
        let answer = known(tag, "br").await;
        assert_eq!((answer.status, answer.text.as_str(), answer.header("etag")), (StatusCode::NOT_MODIFIED, "", etag.as_str()));
    }
    // The same file in another coding is something else, and so is another file.
    assert_eq!(known(etag.clone(), "gzip").await.status, StatusCode::OK);
    assert_eq!(known("\"other\"".to_owned(), "br").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_read_and_nothing_else() {
    let app = TestApp::builder().site(site()).start().await;
    let head = Answer::to(app.stranger().request(Method::HEAD, "/humans.txt")).await;
    assert_eq!((head.status, head.text.as_str(), head.header("content-length")), (StatusCode::OK, "", "6"));
    let post = Answer::to(app.stranger().request(Method::POST, "/humans.txt")).await;
    assert_eq!(post.status, StatusCode::NOT_FOUND);
}
