//! The pages about a room, by forms without a script.

use reqwest::StatusCode;

use crate::support::{Person, TestApp};

async fn user_id(page: &str, name: &str) -> String {
    // The forms about somebody stand behind their name.
    let row = page.split(&format!("@{name}<")).nth(1).unwrap();
    row.split("name=\"user\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn private_room(ada: &Person) -> String {
    let fields = [("name", "Plans"), ("topic", ""), ("visibility", "private")];
    ada.submit("/rooms/new", "create_room", &fields).await.leads_to().strip_prefix("/r/").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_added_given_a_say_muted_removed_and_banned_on_a_page() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    let slug = private_room(&ada).await;
    let page = format!("/r/{slug}/members");
    ada.get(&format!("/r/{slug}")).await.assert_has(&format!("href=\"{page}\""));
    let shown = ada.get(&page).await;
    shown.assert_has(&format!("data-people=\"/r/{slug}/people\""));
    shown.assert_has_not("Find<");
    let offered = ada.get(&format!("/r/{slug}/people?text=bo")).await;
    assert!(offered.text.starts_with("<li ") && offered.text.contains("data-username=\"bob\""), "{}", offered.text);
    assert_eq!(ada.get(&format!("/r/{slug}/people?text=eve")).await.text.matches("<li").count(), 0);
    let refused = ada.submit(&page, "add_member", &[("room", &slug), ("username", "bobb")]).await;
    ada.get(refused.leads_to()).await.assert_has("Nobody here has this name.");
    // Those who have it in their name stand below the field.
    let refused = ada.submit(&page, "add_member", &[("room", &slug), ("username", "bo")]).await;
    let shown = ada.get(refused.leads_to()).await;
    shown.assert_has("value=\"bo\"");
    shown.assert_has("aria-label=\"Add bob\"");
    assert_eq!(ada.submit(&page, "add_member", &[("room", &slug), ("username", "bob")]).await.leads_to(), page);
    bob.get(&format!("/r/{slug}")).await.assert_has("Message to Plans");

    let shown = ada.get(&page).await;
    shown.assert_has("2 members");
    let bobs = user_id(&shown.text, "bob").await;
    let about = |rest: &[(&'static str, &'static str)]| {
        let start = [("room", slug.clone()), ("user", bobs.clone())];
        start.into_iter().chain(rest.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect::<Vec<_>>()
    };
    let send = async |person: &Person, function: &str, fields: Vec<(&str, String)>| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        person.submit(&page, function, &fields).await
    };
    send(&ada, "mute_member", about(&[("time", "day")])).await;
    ada.get(&page).await.assert_has("Muted until ");
    let refused = bob.send(&slug, "01900000-0000-7000-8000-000000000001", "hello?").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.assert_has("stopped you from writing");
    refused.assert_has("hello?");
    send(&ada, "mute_member", about(&[])).await;
    bob.write(&slug, "hello").await;

    send(&ada, "set_role", about(&[("role", "moderator")])).await;
    ada.get(&page).await.assert_has("<h2>Moderators");
    let refused = ada.submit(&format!("/r/{slug}"), "leave_room", &[("room", &slug)]).await;
    ada.get(refused.leads_to()).await.assert_has("There has to be an owner.");

    send(&ada, "remove_member", about(&[])).await;
    assert_eq!(bob.get(&format!("/r/{slug}")).await.status, StatusCode::NOT_FOUND);
    send(&ada, "ban_member", about(&[("reason", "Too loud"), ("time", "always")])).await;
    let shown = ada.get(&page).await;
    shown.assert_has("Too loud");
    shown.assert_has("for good");
    let refused = ada.submit(&page, "add_member", &[("room", &slug), ("username", "bob")]).await;
    ada.get(refused.leads_to()).await.assert_has("Let them in again first.");
    send(&ada, "unban_member", about(&[])).await;
    assert_eq!(ada.submit(&page, "add_member", &[("room", &slug), ("username", "bob")]).await.leads_to(), page);
    let shown = bob.get(&page).await;
    shown.assert_has("2 members");
    shown.assert_has_not("Manage");
    shown.assert_has_not("Add somebody");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_a_room_is_told_to_accounts_that_may_read_it() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    ada.create_room("kitchen", "open").await;
    for (person, room, status) in [
        (&bob, "garden", StatusCode::OK),
        (&app.stranger(), "garden", StatusCode::UNAUTHORIZED),
        (&bob, "kitchen", StatusCode::FORBIDDEN),
        (&app.stranger(), "kitchen", StatusCode::NOT_FOUND),
    ] {
        let page = person.get(&format!("/r/{room}/members")).await;
        assert_eq!(page.status, status, "{room}");
        let linked = person.get(&format!("/r/{room}")).await.text.contains(&format!("href=\"/r/{room}/members\""));
        assert_eq!(linked, status == StatusCode::OK, "{room}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_settles_everything_about_a_room_on_one_page() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    bob.submit("/r/garden", "join_room", &[("room", "garden")]).await;
    // Trying again would not help him.
    let refused = bob.get("/r/garden/settings").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.assert_has("href=\"/r/garden\"");
    refused.assert_has_not("Try again");
    let page = "/r/garden/settings";
    let form = ada.get(page).await;
    for part in ["Name and topic", "Who may see it", "Address", "Slow mode", "Archive", "Delete"] {
        form.assert_has(&format!("<h2>{part}"));
    }
    assert_eq!(form.text.matches("autofocus").count(), 1, "there is one focus");
    let refused = ada.submit(page, "set_address", &[("room", "garden"), ("address", "lobby")]).await;
    ada.get(refused.leads_to()).await.assert_has("This one is taken.");
    let moved = ada.submit(page, "set_address", &[("room", "garden"), ("address", "Herbs")]).await;
    assert_eq!(moved.leads_to(), "/r/herbs/settings");
    for (old, new) in [("/r/garden", "/r/herbs"), ("/r/garden?before=3", "/r/herbs?before=3"), ("/r/garden/m/1", "/r/herbs/m/1")]
    {
        let answer = app.stranger().get(old).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::PERMANENT_REDIRECT, new));
    }
    let sent = bob.send("garden", "01900000-0000-7000-8000-000000000003", "from a page that is older").await;
    assert!(sent.leads_to().starts_with("/r/herbs#m"), "{}", sent.leads_to());
    let page = "/r/herbs/settings";
    ada.submit(page, "slow_down", &[("room", "herbs"), ("seconds", "300")]).await;
    bob.write("herbs", "one").await;
    let refused = bob.send("herbs", "01900000-0000-7000-8000-000000000002", "two").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!((290..=300).contains(&refused.header("retry-after").parse::<u64>().unwrap()));

    ada.submit(page, "archive_room", &[("room", "herbs"), ("archived", "true")]).await;
    bob.get("/r/herbs").await.assert_has("This room is archived");
    app.stranger().get("/").await.assert_has_not("/r/herbs");
    let form = ada.get(page).await;
    form.assert_has("Bring it back");
    form.assert_has_not("<h2>Address");
    ada.submit(page, "archive_room", &[("room", "herbs"), ("archived", "false")]).await;

    let private = ada.submit(page, "set_visibility", &[("room", "herbs"), ("visibility", "private")]).await;
    let page = private.leads_to();
    let slug = page.split('/').nth(2).unwrap();
    assert_eq!(app.stranger().get("/r/herbs").await.status, StatusCode::NOT_FOUND);
    assert_eq!(bob.get("/r/herbs").await.header("location"), format!("/r/{slug}"));

    let refused = ada.submit(page, "delete_room", &[("room", slug), ("confirm", "Garden")]).await;
    ada.get(refused.leads_to()).await.assert_has("Please type it as it stands above.");
    assert_eq!(ada.submit(page, "delete_room", &[("room", slug), ("confirm", "garden")]).await.leads_to(), "/");
    for person in [&ada, &bob] {
        assert_eq!(person.get(&format!("/r/{slug}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reported_and_deleted_is_shown_to_nobody() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    bob.submit("/r/garden", "join_room", &[("room", "garden")]).await;
    bob.write("garden", "deadly nightshade").await;
    let message = "/r/garden/m/3";
    // Everything that keeps a page or a row has seen it.
    for person in [&ada, &bob, &app.stranger()] {
        for page in ["/r/garden", message] {
            person.get(page).await.assert_has("deadly nightshade");
        }
    }
    app.stranger().get(message).await.assert_has_not("/m/3/report");
    let eve = app.person("eve").await;
    let page = eve.get(message).await;
    page.assert_has("href=\"/r/garden/m/3/report\"");
    page.assert_has_not("/m/3/delete");
    ada.get(message).await.assert_has("href=\"/r/garden/m/3/delete\"");
    let report = |reason| [("room", "garden"), ("seq", "3"), ("reason", reason)];
    let refused = eve.submit(&format!("{message}/report"), "report_message", &report(" ")).await;
    eve.get(refused.leads_to()).await.assert_has("Reason is missing.");
    let done = eve.submit(&format!("{message}/report"), "report_message", &report("Poison")).await;
    eve.get(done.leads_to()).await.assert_has("<h1>Reported");
    assert_eq!(eve.get("/r/garden/reports").await.status, StatusCode::FORBIDDEN);
    let reports = ada.get("/r/garden/reports").await;
    for part in ["Poison", "deadly nightshade", "href=\"/r/garden/m/3/delete\""] {
        reports.assert_has(part);
    }
    assert_eq!(eve.get(&format!("{message}/delete")).await.status, StatusCode::FORBIDDEN);
    bob.get(&format!("{message}/delete")).await.assert_has("Delete this message?");
    ada.get(&format!("{message}/delete")).await.assert_has("Delete this message?");
    let deleted = ada.submit(&format!("{message}/delete"), "delete_message", &[("room", "garden"), ("seq", "3")]).await;
    assert_eq!(deleted.leads_to(), "/r/garden/m/3#m3");
    for person in [&ada, &bob, &app.stranger()] {
        for page in ["/r/garden", message] {
            let answer = person.get(page).await;
            answer.assert_has_not("nightshade");
            // Nothing hangs on it, so that its row is there for those alone who come for it.
            assert_eq!(answer.text.contains("Message deleted."), page == message);
        }
    }
    ada.get("/r/garden/reports").await.assert_has("Nothing is reported.");
}
