//! Pages as they arrive, before any script runs.

use protocol::limits;
use reqwest::StatusCode;

use crate::{
    api_fn::without_nonce,
    support::{
        TestApp,
        person::{PASSWORD, Program},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn a_public_room_is_whole_in_the_first_html() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.write("lobby", "The **kettle** is on").await;
    let page = app.stranger().get("/r/lobby").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "private, no-cache");
    page.assert_has("The <strong>kettle</strong> is on");
    page.assert_has("Lobby · Snug</title>");
    page.assert_has("name=\"description\"");
    page.assert_has("property=\"og:title\"");
    let canonical = page.tag_with("rel=\"canonical\"");
    assert!(canonical.contains(&format!("href=\"http://{}/r/lobby\"", app.addr)), "{canonical}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_text_and_never_markup() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.write("lobby", "<script>alert(1)</script> </textarea><img src=x onerror=alert(1)> [x](javascript:alert(1))").await;
    let page = app.stranger().get("/r/lobby").await;
    page.assert_has("alert(1)");
    for markup in ["<script>alert", "<img src=x", "href=\"javascript:"] {
        page.assert_has_not(markup);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn older_messages_are_a_link_away() {
    let app = TestApp::start().await;
    app.ada().await;
    let mut socket = Program::at(app.addr).socket("ada").await;
    let mut seqs = Vec::new();
    for number in 0..=limits::PAGE {
        seqs.push(socket.say("lobby", &format!("message-{number}.")).await.seq);
    }
    let page = app.stranger().get("/r/lobby").await;
    page.assert_has_not("message-0.");
    page.assert_has("message-1.");
    page.assert_has(&format!("message-{}.", limits::PAGE));
    let older = format!("?before={}", seqs[1]);
    page.assert_has(&format!("href=\"/r/lobby{older}\""));

    let page = app.stranger().get(&format!("/r/lobby{older}")).await;
    page.assert_has("message-0.");
    page.assert_has_not("message-1.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permalink_opens_around_its_message() {
    let app = TestApp::start().await;
    app.ada().await;
    let mut socket = Program::at(app.addr).socket("ada").await;
    let seq = socket.say("lobby", "this one").await.seq;
    for number in 0..=limits::PAGE {
        socket.say("lobby", &format!("later-{number}.")).await;
    }
    app.stranger().get("/r/lobby").await.assert_has_not("this one");
    let page = app.stranger().get(&format!("/r/lobby/m/{seq}")).await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_has("this one");
    let element = page.tag_with(&format!("id=\"m{seq}\""));
    assert!(element.contains("message--focus"), "{element}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_open_looks_to_a_stranger_like_what_does_not_exist() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("kitchen", "open").await;
    ada.write("kitchen", "the recipe").await;
    for suffix in ["", "?before=3", "/m/2"] {
        let closed = app.stranger().get(&format!("/r/kitchen{suffix}")).await;
        let missing = app.stranger().get(&format!("/r/nowhere{suffix}")).await;
        assert_eq!((closed.status, missing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        assert_eq!(without_nonce(&closed).replace("kitchen", "ROOM"), without_nonce(&missing).replace("nowhere", "ROOM"));
    }
    app.stranger().get("/").await.assert_has_not("kitchen");
    ada.get("/r/kitchen").await.assert_has("the recipe");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_join_sees_the_room_and_its_messages_after_joining() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("kitchen", "open").await;
    ada.write("kitchen", "the recipe").await;
    let bob = app.bob().await;
    bob.get("/").await.assert_has("/r/kitchen");
    let page = bob.get("/r/kitchen").await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_has_not("the recipe");
    assert_eq!(bob.submit("/r/kitchen", "join_room", &[("room", "kitchen")]).await.status, StatusCode::FOUND);
    bob.get("/r/kitchen").await.assert_has("the recipe");
    assert_eq!(bob.submit("/r/kitchen", "leave_room", &[("room", "kitchen")]).await.status, StatusCode::FOUND);
    bob.get("/r/kitchen").await.assert_has_not("the recipe");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_a_page_of_ours_with_the_right_status() {
    let app = TestApp::start().await;
    for path in ["/nothing", "/r", "/r/lobby/x", "/pkg/nothing.js", "/r/lobby/m/x"] {
        let page = app.stranger().get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.assert_has("<html");
        assert!(page.header("content-security-policy").contains("'nonce-"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_too_large_to_be_kept_is_shown_all_the_same() {
    let app = TestApp::start().await;
    app.ada().await;
    let mut socket = Program::at(app.addr).socket("ada").await;
    socket.say_many("lobby", &"é".repeat(limits::BODY_MAX), limits::PAGE).await;
    for _ in 0..2 {
        assert_eq!(app.stranger().get("/r/lobby").await.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_is_shown_is_not_shown_to_another() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.get("/r/lobby").await.assert_has("@ada");
    let first = app.stranger().get("/r/lobby").await;
    first.assert_has_not("@ada");
    let second = app.stranger().get("/r/lobby").await;
    assert_ne!(first.header("content-security-policy"), second.header("content-security-policy"));
    assert_eq!(without_nonce(&first), without_nonce(&second));
    ada.get("/r/lobby").await.assert_has("@ada");
    // At once, for everybody.
    ada.write("lobby", "news").await;
    app.stranger().get("/r/lobby").await.assert_has("news");
}

/// Without a script: from the room to the form and back, and what is refused is said in its place.
#[tokio::test(flavor = "multi_thread")]
async fn its_owner_renames_a_room_on_a_page_and_pages_and_their_heads_follow() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    assert_eq!(ada.get("/r/garden/edit").await.header("location"), "/r/garden/settings", "it had another address");
    ada.get("/r/garden").await.assert_has("href=\"/r/garden/settings\"");
    ada.get("/r/garden/settings").await.assert_has("value=\"garden\"");

    let form = |name, topic| [("room", "garden"), ("name", name), ("topic", topic)];
    let long = "x".repeat(limits::ROOM_NAME_MAX + 1);
    let refused = ada.submit("/r/garden/settings", "edit_room", &form(&long, "Thyme")).await;
    let again = ada.get(refused.leads_to()).await;
    again.assert_has("Name can have at most 60 characters.");
    again.assert_has("value=\"Thyme\"");

    let saved = ada.submit("/r/garden/settings", "edit_room", &form("Herb garden", "Thyme & sage")).await;
    assert_eq!(saved.leads_to(), "/r/garden");
    for page in [app.stranger().get("/r/garden").await, bob.get("/r/garden").await] {
        page.assert_has("Herb garden · Snug</title>");
        page.assert_has("Thyme &amp; sage");
        assert!(page.tag_with("property=\"og:title\"").contains("Herb garden"));
        page.assert_has_not("href=\"/r/garden/settings\"");
    }
    app.stranger().get("/").await.assert_has("Herb garden");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_to_edit_a_room_is_its_owners() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    ada.create_room("plans", "open").await;
    bob.submit("/r/garden", "join_room", &[("room", "garden")]).await;
    assert_eq!(bob.get("/r/garden/settings").await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.stranger().get("/r/garden/settings").await.status, StatusCode::UNAUTHORIZED);
    // To a guest, a room for members does not exist.
    assert_eq!(app.stranger().get("/r/plans/settings").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.stranger().get("/r/nowhere/settings").await.status, StatusCode::NOT_FOUND);
    let form = [("room", "garden"), ("name", "Bob's"), ("topic", "")];
    bob.submit("/r/garden", "edit_room", &form).await;
    ada.get("/r/garden").await.assert_has_not("Bob");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_room_of_a_name_is_made_only_by_whoever_means_it() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    let fields = [("name", "Garden"), ("topic", "Herbs"), ("visibility", "open")];
    let refused = bob.submit("/rooms/new", "create_room", &fields).await;
    let form = bob.get(refused.leads_to()).await;
    form.assert_has("There is a room of this name.");
    form.assert_has("It is here: <a href=\"/r/garden\"");
    assert!(form.tag_with("name=\"allow_duplicate\"").contains("value=\"true\""));
    for kept in ["value=\"Garden\"", "value=\"Herbs\""] {
        form.assert_has(kept);
    }
    let meant = fields.into_iter().chain([("allow_duplicate", "true")]).collect::<Vec<_>>();
    assert_eq!(bob.submit("/rooms/new", "create_room", &meant).await.leads_to(), "/r/garden-2");

    ada.create_room("plans", "public").await;
    let rename = [("room", "plans"), ("name", "GARDEN"), ("topic", "")];
    let refused = ada.submit("/r/plans/settings", "edit_room", &rename).await;
    ada.get(refused.leads_to()).await.assert_has("name=\"allow_duplicate\"");
    let meant = rename.into_iter().chain([("allow_duplicate", "true")]).collect::<Vec<_>>();
    assert_eq!(ada.submit("/r/plans/settings", "edit_room", &meant).await.leads_to(), "/r/plans");
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_name_that_two_people_have_stands_who_it_is() {
    let app = TestApp::start().await;
    let people = [("ada", "Ada"), ("eve", "Аdа"), ("joe", "Joe")];
    for (username, display_name) in people {
        let person = app.stranger();
        let fields = [("username", username), ("display_name", display_name), ("password", PASSWORD)];
        person.submit("/register", "register", &fields).await.leads_to();
        person.write("lobby", &format!("It is me, {username}")).await;
    }
    let page = app.stranger().get("/r/lobby").await;
    for (username, _) in &people[..2] {
        page.assert_has(&format!("<span class=\"message-handle\">@{username}<"));
    }
    page.assert_has_not("message-handle\">@joe");
    let joe = app.stranger();
    let refused =
        joe.submit("/register", "register", &[("username", "jo-e"), ("display_name", ""), ("password", PASSWORD)]).await;
    joe.get(refused.leads_to()).await.assert_has("This one is taken.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_has_the_direction_of_its_own_letters() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let fields = [("name", "חדר"), ("topic", "שיחה"), ("visibility", "public")];
    assert!(ada.submit("/rooms/new", "create_room", &fields).await.leads_to().starts_with("/r/"));
    ada.write("lobby", "שלום").await;
    let auto = |tag: &str| assert!(tag.contains("dir=\"auto\""), "{tag}");
    let page = ada.get("/r/lobby").await;
    for part in
        ["class=\"message-author\"", "class=\"message-body\"", "class=\"room-name\"", "class=\"room-topic\"", "name=\"body\""]
    {
        auto(page.tag_with(part));
    }
    page.assert_has("<span dir=\"auto\">חדר<");
    page.assert_has("<strong dir=\"auto\">ada<");
    let home = ada.get("/").await;
    for part in ["class=\"card-name\"", "class=\"card-topic\""] {
        auto(home.tag_with(part));
    }
    let form = ada.get("/rooms/new").await;
    for part in ["id=\"name\"", "id=\"topic\""] {
        auto(form.tag_with(part));
    }
    auto(app.stranger().get("/register").await.tag_with("id=\"display_name\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_not_there_says_so_and_shows_the_room() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.write("lobby", "the kettle is on").await;
    // The second is a place in the log, but of somebody who joined.
    for seq in [999, 1] {
        for page in [ada.get(&format!("/r/lobby/m/{seq}")).await, app.stranger().get(&format!("/r/lobby/m/{seq}")).await] {
            assert_eq!(page.status, StatusCode::NOT_FOUND);
            page.assert_has("There is no message at this address.");
            page.assert_has("the kettle is on");
        }
    }
    ada.get("/r/lobby/m/2").await.assert_has_not("There is no message at this address.");
}
