//! Rights that end, end at every door (G9): pages, forms, REST, the socket that is open, and whoever comes back with what they had. That they
//! end on other nodes too is tested in the core.

use protocol::{ClientFrame, ClientId, CloseCode, ServerFrame};
use reqwest::{Method, StatusCode, header::ACCEPT};
use serde_json::json;

use crate::support::{
    PASSWORD, Person, Socket, TestApp,
    person::{Answer, Program},
    socket::{message, request, room, with_token},
};

const NEW: &str = "fern and cinder";

/// A private room of this name with something in it; gives its address.
async fn cellar(ada: &Person, name: &str) -> String {
    let fields = [("name", name), ("topic", ""), ("visibility", "private")];
    let slug = ada.submit("/rooms/new", "create_room", &fields).await.leads_to().strip_prefix("/r/").unwrap().to_owned();
    ada.write(&slug, "the recipe").await;
    slug
}

async fn add(ada: &Person, slug: &str, username: &str) {
    let page = format!("/r/{slug}/members");
    assert_eq!(ada.submit(&page, "add_member", &[("room", slug), ("username", username)]).await.leads_to(), page);
}

/// The id by which forms about somebody in a room name them.
async fn user_id(ada: &Person, slug: &str, username: &str) -> String {
    let page = ada.get(&format!("/r/{slug}/members")).await.text;
    let row = page.split(&format!("@{username}<")).nth(1).unwrap();
    row.split("name=\"user\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn read(person: &Person, slug: &str) -> Answer {
    let request = person.request(Method::POST, "/api/fn/room_page").header(ACCEPT, "application/json");
    Answer::to(request.form(&[("room", slug), ("window", "latest")])).await
}

/// Ends what this account has signed in, in this way.
async fn end_sessions(app: &TestApp, ada: &Person, name: &str, way: &str) {
    let page = format!("/admin/people/{name}");
    let another = async || {
        let browser = app.stranger();
        browser.submit("/login", "login", &[("username", name), ("password", PASSWORD)]).await.leads_to();
        browser
    };
    let done = match way {
        "suspend" => ada.submit(&page, way, &[("username", name), ("days", ""), ("reason", "tea")]).await,
        "sign_out_everywhere" => ada.submit(&page, way, &[("username", name)]).await,
        "delete_account_of" => ada.submit(&page, way, &[("username", name), ("confirm", name)]).await,
        "reset_password" => {
            let link = Answer::to(ada.request(Method::POST, &format!("{page}/reset-link"))).await;
            let token = link.text.split("/reset/").nth(1).unwrap().split('<').next().unwrap();
            app.stranger().submit(&format!("/reset/{token}"), way, &[("token", token), ("password", NEW)]).await
        }
        "change_password" => {
            let fields = [("current_password", PASSWORD), ("new_password", NEW)];
            another().await.submit("/settings/security", way, &fields).await
        }
        "end_other_sessions" => another().await.submit("/settings/security", way, &[]).await,
        "delete_account" => another().await.submit("/settings/security", way, &[("password", PASSWORD)]).await,
        other => panic!("{other}"),
    };
    assert!(!done.leads_to().contains("__err"), "{way}: {}", done.leads_to());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_has_ended_opens_no_door_however_it_ended() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let slug = cellar(&ada, "cellar").await;
    let nowhere = app.stranger().get("/r/nowhere-abc123").await.status;
    for (way, name) in [
        ("suspend", "anna"),
        ("sign_out_everywhere", "berta"),
        ("delete_account_of", "carla"),
        ("reset_password", "dora"),
        ("change_password", "emma"),
        ("end_other_sessions", "frida"),
        ("delete_account", "greta"),
    ] {
        let browser = app.person(name).await;
        add(&ada, &slug, name).await;
        browser.get(&format!("/r/{slug}")).await.assert_has("the recipe");
        read(&browser, &slug).await.assert_has("the recipe");
        let program = Program::at(app.addr);
        let tokens = program.sign_in(name).await;
        let mut socket = Socket::open(app.addr, &tokens.access_token).await;
        let (seen, _) = socket.subscribe(&slug, None).await;

        end_sessions(&app, &ada, name, way).await;
        ada.write(&slug, "between us").await;
        let (heard, closed) = socket.closed().await;
        assert_eq!(closed, CloseCode::SignIn.number(), "{way}");
        let heard = heard.iter().any(|frame| serde_json::to_string(frame).unwrap().contains("between us"));
        assert!(!heard, "{way}");
        assert_eq!(browser.get(&format!("/r/{slug}")).await.status, nowhere, "{way}");
        assert_eq!(browser.get("/settings/security").await.status, StatusCode::SEE_OTHER, "{way}");
        read(&browser, &slug).await.assert_has_not("recipe");
        let sent = browser.send(&slug, &ClientId::generate().to_string(), "still here").await;
        assert!(sent.status.is_client_error(), "{way}: {sent:?}");
        assert_eq!(program.verify(&tokens.access_token).await.status, StatusCode::UNAUTHORIZED, "{way}");
        let refreshed = program.auth("refresh", json!({ "refresh_token": tokens.refresh_token })).await;
        assert_eq!(refreshed.status, StatusCode::UNAUTHORIZED, "{way}");
        let (mut again, _) = Socket::connect(app.addr, with_token(request(app.addr, ""), &tokens.access_token)).await.unwrap();
        // Said before anything is answered, as a client that resumes does.
        again.try_send(&ClientFrame::Subscribe { room: room(&slug), after: Some(seen), epoch: None }).await;
        let (heard, closed) = again.closed().await;
        assert_eq!(closed, CloseCode::SignIn.number(), "{way}");
        assert!(!serde_json::to_string(&heard).unwrap().contains("between us"), "{way}: {heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_a_room_no_longer_finds_it_behind_no_door() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    for way in ["remove_member", "ban_member", "delete_room", "leave_room"] {
        let slug = cellar(&ada, &format!("cellar {way}")).await;
        add(&ada, &slug, "bob").await;
        bob.write(&slug, "mine").await;
        let mut socket = Program::at(app.addr).socket("bob").await;
        let (seen, _) = socket.subscribe(&slug, None).await;
        let user = user_id(&ada, &slug, "bob").await;
        let name = format!("cellar {way}");
        let fields = [("room", slug.as_str()), ("user", &user), ("reason", "tea"), ("time", "day"), ("confirm", &name)];
        let doer = if way == "leave_room" { &bob } else { &ada };
        let done = doer.submit(&format!("/r/{slug}"), way, &fields).await;
        assert!(!done.leads_to().contains("__err"), "{way}: {}", done.leads_to());
        if way != "delete_room" {
            ada.write(&slug, "between us").await;
        }
        let over = socket.until(|frame| match frame {
            ServerFrame::Unsubscribed { .. } => Some(()),
            other => {
                assert!(!serde_json::to_string(&other).unwrap().contains("between us"), "{way}: {other:?}");
                None
            }
        });
        over.await;
        let client_id = ClientId::generate();
        for frame in [
            ClientFrame::Subscribe { room: room(&slug), after: Some(seen), epoch: None },
            ClientFrame::Subscribe { room: room(&slug), after: None, epoch: None },
            message(&slug, client_id, "still here"),
        ] {
            socket.send(&frame).await;
            let refused = socket.frame().await;
            assert!(matches!(refused, ServerFrame::Error { .. }), "{way}: {refused:?}");
        }
        for path in ["", "?before=9", "/m/2", "/members", "/settings", "/reports", "/m/2/report"] {
            let page = bob.get(&format!("/r/{slug}{path}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{way} {path}");
            page.assert_has_not("recipe");
            page.assert_has_not("cellar");
        }
        assert_eq!(read(&bob, &slug).await.status, StatusCode::NOT_FOUND, "{way}");
        assert_eq!(bob.send(&slug, &client_id.to_string(), "still here").await.status, StatusCode::NOT_FOUND, "{way}");
        bob.get("/").await.assert_has_not(&slug);
    }
}
