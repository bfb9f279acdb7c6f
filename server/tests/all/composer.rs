//! Messages from the composer without JavaScript: what is refused comes back.

use protocol::{ClientId, ErrorCode, limits};
use reqwest::StatusCode;

use crate::support::{TestApp, person::Answer};

/// What stands in the composer of a page.
fn typed(page: &Answer) -> &str {
    let (_, rest) = page.text.split_once("<textarea").unwrap();
    let (_, rest) = rest.split_once('>').unwrap();
    // A browser takes the first line end for the author's habit.
    rest.split_once("</textarea>").unwrap().0.strip_prefix('\n').unwrap()
}

fn id() -> String {
    ClientId::generate().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_too_long_comes_back_with_the_reason() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let text = format!("\n</textarea><b>{}", "語".repeat(limits::BODY_MAX));
    let page = ada.send("lobby", &id(), &text).await;
    assert_eq!(page.status.as_u16(), ErrorCode::Invalid.status());
    // In the composer of the room, and not on the page for what cannot stand there.
    page.assert_has("Lobby · Snug</title>");
    assert!(page.tag_with("name=\"body\"").contains("aria-invalid=\"true\""));
    page.assert_has("Message can have at most 8000 characters.");
    assert_eq!(typed(&page), text.replace('<', "&lt;").replace('>', "&gt;"));
    page.assert_has_not("<b>");
    ada.get("/r/lobby").await.assert_has_not("語");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_text_gets_through_in_any_script() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.write("lobby", &"😀".repeat(limits::BODY_MAX)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_text_says_that_something_is_missing() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let page = ada.send("lobby", &id(), " \n ").await;
    assert_eq!(page.status.as_u16(), ErrorCode::Invalid.status());
    page.assert_has("Message is missing.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_outlives_the_session() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("kitchen", "open").await;
    ada.submit("/r/lobby", "logout", &[]).await;
    for room in ["lobby", "kitchen"] {
        let page = ada.send(room, &id(), "a long & careful text").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        page.assert_has(ErrorCode::NotAuthenticated.message());
        page.assert_has(&format!("href=\"/login?next=/r/{room}\""));
        page.assert_has(&format!("action=\"/r/{room}\""));
        assert_eq!(typed(&page), "a long &amp; careful text");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_for_another_reason_comes_back_too() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("kitchen", "open").await;
    let page = bob.send("kitchen", &id(), "let me in").await;
    assert_eq!((page.status.as_u16(), typed(&page)), (ErrorCode::NotAMember.status(), "let me in"));
    page.assert_has(ErrorCode::NotAMember.message());
    let page = bob.send("nowhere", &id(), "hello?").await;
    assert_eq!((page.status.as_u16(), typed(&page)), (ErrorCode::NotFound.status(), "hello?"));
    let used = id();
    bob.send("lobby", &used, "first").await.leads_to();
    let page = bob.send("lobby", &used, "second").await;
    assert_eq!((page.status.as_u16(), typed(&page)), (ErrorCode::Conflict.status(), "second"));
    assert!(!page.tag_with("name=\"client_id\"").contains(&used));
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_that_is_refused_says_so_in_the_room() {
    let app = TestApp::start().await;
    let guest = app.stranger();
    let back = guest.submit("/r/lobby", "join_room", &[("room", "lobby")]).await;
    guest.get(back.leads_to()).await.assert_has(ErrorCode::NotAuthenticated.message());
}
