//! Editing and deleting without JavaScript, and that nothing is left of what was said.

use protocol::{ErrorCode, Seq};
use reqwest::{Method, StatusCode, header::ACCEPT};

use crate::support::{
    TestApp,
    person::{Answer, Person},
};

/// The owner of a public room, a member, and a guest.
async fn garden(app: &TestApp) -> (Person, Person, Person) {
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    bob.submit("/r/garden", "join_room", &[("room", "garden")]).await.leads_to();
    (ada, bob, app.stranger())
}

/// Writes something in the garden, and gives its place.
async fn say(person: &Person, text: &str) -> Seq {
    let answer = person.send("garden", &protocol::ClientId::generate().to_string(), text).await;
    answer.leads_to().rsplit_once("#m").unwrap().1.parse().unwrap()
}

async fn edit(person: &Person, seq: Seq, revision: u32, text: &str) -> Answer {
    let form = [("revision", revision.to_string()), ("body", text.to_owned())];
    Answer::to(person.request(Method::POST, &format!("/r/garden/m/{seq}/edit")).form(&form)).await
}

async fn delete(person: &Person, seq: Seq) {
    let fields = [("room", "garden"), ("seq", &seq.to_string())];
    person.submit(&format!("/r/garden/m/{seq}/delete"), "delete_message", &fields).await.leads_to();
}

/// Every page on which what was said in the garden may stand, for this person.
async fn pages(person: &Person, seq: Seq) -> Vec<(String, String)> {
    let (before, after) = (seq.0 + 1, seq.0 - 1);
    let mut pages = Vec::new();
    for path in [
        "/r/garden".to_owned(),
        format!("/r/garden?before={before}"),
        format!("/r/garden?after={after}"),
        format!("/r/garden/m/{seq}"),
        format!("/r/garden/m/{seq}/edit"),
        format!("/r/garden/m/{seq}/history"),
        format!("/r/garden/m/{seq}/delete"),
        format!("/r/garden/m/{seq}/report"),
        "/r/garden/reports".to_owned(),
        "/r/garden/members".to_owned(),
        "/admin/reports".to_owned(),
        "/alerts".to_owned(),
        "/".to_owned(),
        "/u/bob".to_owned(),
    ] {
        pages.push((path.clone(), person.get(&path).await.text));
    }
    let window = [("room", "garden".to_owned()), ("window[before]", before.to_string())];
    let list = Answer::to(person.request(Method::POST, "/api/fn/room_page").header(ACCEPT, "*/*").form(&window)).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    pages.push(("room_page".to_owned(), list.text));
    pages
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_edited_by_a_form_and_what_it_said_is_for_few() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = garden(&app).await;
    let seq = say(&bob, "a <rose>").await;
    let address = format!("/r/garden/m/{seq}");
    bob.get(&address).await.assert_has(&format!("{address}/edit"));
    ada.get(&address).await.assert_has_not(&format!("{address}/edit"));
    let form = bob.get(&format!("{address}/edit")).await;
    form.assert_has("\na &lt;rose&gt;</textarea>");
    assert_eq!(ada.get(&format!("{address}/edit")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(guest.get(&format!("{address}/edit")).await.status, StatusCode::UNAUTHORIZED);

    assert_eq!(edit(&bob, seq, 0, "a tulip").await.leads_to(), format!("{address}#m{seq}"));
    let history = format!("{address}/history");
    for (person, may_see) in [(&bob, true), (&ada, true), (&guest, false)] {
        let page = person.get(&address).await;
        page.assert_has("<p>a tulip</p>");
        page.assert_has("title=\"Edited ");
        assert_eq!(page.text.contains(&history), may_see);
        assert!(!page.text.contains("rose"), "{}", page.text);
        let page = person.get(&history).await;
        assert_eq!((page.status == StatusCode::OK, page.text.contains("&lt;rose&gt;")), (may_see, may_see));
        assert!(may_see || page.status == StatusCode::NOT_FOUND);
    }
    delete(&bob, seq).await;
    for person in [&bob, &ada] {
        assert_eq!(person.get(&history).await.status, StatusCode::NOT_FOUND);
        assert!(!person.get(&format!("{address}/edit")).await.status.is_success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_forms_the_later_one_is_told_so_and_keeps_its_text() {
    let app = TestApp::start().await;
    let (ada, ..) = garden(&app).await;
    let seq = say(&ada, "a rose").await;
    edit(&ada, seq, 0, "two roses").await.leads_to();
    let refused = edit(&ada, seq, 0, "three\nroses & more").await;
    assert_eq!(refused.status.as_u16(), ErrorCode::Changed.status());
    refused.assert_has("two roses");
    refused.assert_has("\nthree\nroses &amp; more</textarea>");
    refused.assert_has("name=\"revision\" value=\"1\"");
    edit(&ada, seq, 1, "three roses").await.leads_to();
    let long = "x".repeat(protocol::limits::BODY_MAX + 1);
    let refused = edit(&ada, seq, 2, &long).await;
    assert_eq!(refused.status.as_u16(), ErrorCode::Invalid.status());
    refused.assert_has(&format!("\n{long}</textarea>"));
    ada.get("/r/garden").await.assert_has("three roses");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_a_ghost_of_what_was_edited_or_deleted() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = garden(&app).await;
    let seq = say(&bob, "nightshade").await;
    ada.submit("/r/garden", "report_message", &[("room", "garden"), ("seq", &seq.to_string()), ("reason", "Poison")])
        .await
        .leads_to();
    // Twice: then what is kept is what is shown.
    let mut shown = 0;
    for person in [&ada, &bob, &guest, &ada, &bob, &guest] {
        shown += pages(person, seq).await.iter().filter(|(_, page)| page.contains("nightshade")).count();
    }
    assert!(shown > 20, "{shown}");
    ada.get(&format!("/r/garden/m/{seq}")).await.assert_has("name=\"description\" content=\"nightshade\"");

    edit(&bob, seq, 0, "foxglove").await.leads_to();
    for person in [&ada, &bob, &guest] {
        for (path, page) in pages(person, seq).await {
            // Its history is what has it.
            assert!(!page.contains("nightshade") || path.ends_with("/history"), "{path}");
        }
        person.get("/r/garden").await.assert_has("foxglove");
    }
    ada.get("/r/garden/reports").await.assert_has(&format!("/r/garden/m/{seq}/history"));
    delete(&bob, seq).await;
    for person in [&ada, &bob, &guest] {
        for (path, page) in pages(person, seq).await {
            assert!(!page.contains("nightshade") && !page.contains("foxglove"), "{path}: {page}");
        }
        // Nothing hangs on it: it has no row, but for whoever comes for it.
        person.get("/r/garden").await.assert_has_not("Message deleted.");
        person.get(&format!("/r/garden/m/{seq}")).await.assert_has("Message deleted.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_settles_for_how_long_people_may_edit() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let fields = [("name", "The Mill"), ("registration", "open"), ("default_rooms", "lobby"), ("edit_minutes", "15")];
    assert_eq!(ada.submit("/admin/settings", "settle", &fields).await.leads_to(), "/admin/settings?done");
    assert_eq!(app.chat.settings().edit_minutes, Some(15));
    assert!(ada.get("/admin/settings").await.tag_with("value=\"15\"").contains("selected"));
    ada.submit("/admin/settings", "settle", &[&fields[..3], &[("edit_minutes", "")]].concat()).await.leads_to();
    assert_eq!(app.chat.settings().edit_minutes, None);
}
