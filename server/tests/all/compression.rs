//! What goes over the wire compressed, and what does not.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::{
    Method,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, VARY},
};
use serde_json::json;

use crate::support::{
    TestApp,
    person::{Answer, PASSWORD, Person, Program},
};

/// The answer to somebody who takes gzip, unpacked, and how many bytes it had on the way.
async fn gunzipped(person: &Person, path: &str) -> (Answer, usize) {
    let response = person.request(Method::GET, path).header(ACCEPT_ENCODING, "br, gzip").send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    assert_eq!(headers.get(CONTENT_ENCODING).map(|coding| coding.to_str().unwrap()), Some("gzip"), "{path}");
    assert_eq!(headers.get_all(VARY).iter().filter(|vary| *vary == "accept-encoding").count(), 1);
    let (bytes, mut text) = (response.bytes().await.unwrap(), String::new());
    GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    (Answer { status, headers, text }, bytes.len())
}

/// Guests share a page that is compressed once, members have one of their own: both get what they would get uncompressed.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_the_same_compressed_for_members_and_for_guests() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    for _ in 0..20 {
        ada.write("lobby", "The **kettle** is on").await;
    }
    // The second time, a guest is given the page that was kept.
    for person in [&app.stranger(), &app.stranger(), &ada] {
        let plain = person.get("/r/lobby").await;
        assert_eq!(plain.header("vary"), "accept-encoding");
        let (page, bytes) = gunzipped(person, "/r/lobby").await;
        assert_eq!(page.status, plain.status);
        assert!(bytes < plain.text.len() / 3, "{bytes} of {}", plain.text.len());
        for text in ["The <strong>kettle</strong> is on", "</html>"] {
            assert_eq!(page.text.matches(text).count(), plain.text.matches(text).count());
        }
        let nonce = page.tag_with("nonce=").split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(
            page.header("content-security-policy").contains(&format!("'nonce-{nonce}'")),
            "a page with somebody else's nonce"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_stands_in_a_compressed_answer() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let credentials = json!({"username": "ada", "password": PASSWORD});
    let asked = Program::at(app.addr).post("/api/v1/auth/token").header(ACCEPT_ENCODING, "gzip").json(&credentials);
    let answer = asked.send().await.unwrap();
    assert!(answer.headers().get(CONTENT_ENCODING).is_none());
    assert!(answer.text().await.unwrap().contains("access_token"));
    let answer = ada
        .request(Method::POST, "/api/fn/renew_token")
        .header(ACCEPT, "application/json")
        .header(ACCEPT_ENCODING, "gzip")
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success() && answer.headers().get(CONTENT_ENCODING).is_none());
}
