//! Who is there, what they say of it, and getting around, by pages and forms that need no script.

use protocol::{Activity, ClientFrame, CloseCode, ErrorCode, Presence, ServerFrame, UserId};
use reqwest::{Method, StatusCode, header::ACCEPT};

use crate::support::{Socket, TestApp, person::Program};

const PROFILE: &str = "/settings/profile";

/// Until the socket is told that the only person whom it watches is like this.
async fn until(socket: &mut Socket, presence: Presence) {
    loop {
        match socket.frame().await {
            ServerFrame::Presence { people } if people[0].presence == presence => return,
            ServerFrame::Presence { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_is_set_by_the_form_stands_on_the_card_and_beside_the_name() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.person("bob").await);
    let refused = bob.submit(PROFILE, "set_status", &[("emoji", "garden"), ("text", ""), ("lasts", "hour")]).await;
    bob.get(refused.leads_to()).await.assert_has("aria-invalid=\"true\"");
    let done = bob.submit(PROFILE, "set_status", &[("emoji", "🌱"), ("text", "In the garden"), ("lasts", "hour")]).await;
    let page = bob.get(done.leads_to()).await;
    page.assert_has("Saved. Others see it at once.");
    page.assert_has("value=\"In the garden\"");
    for address in ["/u/bob", "/r/lobby/members"] {
        ada.get(address).await.assert_has("🌱 In the garden");
    }
    bob.submit(PROFILE, "set_status", &[("emoji", ""), ("text", ""), ("lasts", "always")]).await;
    ada.get("/u/bob").await.assert_has_not("In the garden");

    let done = bob.submit(PROFILE, "set_availability", &[("quiet", "hour"), ("invisible", "true")]).await;
    let page = bob.get(done.leads_to()).await;
    page.assert_has("You are not disturbed until");
    assert!(page.tag_with("name=\"invisible\"").contains("checked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_goes_over_the_socket_and_guests_are_sent_away() {
    let app = TestApp::start().await;
    let (_ada, _bob) = (app.ada().await, app.person("bob").await);
    let program = Program::at(app.addr);
    let mut hers = program.socket("ada").await;
    let tokens = program.sign_in("bob").await;
    let bob: UserId = program.verify(&tokens.access_token).await.json()["user"]["id"].as_str().unwrap().parse().unwrap();
    hers.send(&ClientFrame::WatchPeople { people: vec![bob] }).await;
    until(&mut hers, Presence::Offline).await;
    let mut his = program.socket("bob").await;
    until(&mut hers, Presence::Online).await;
    his.send(&ClientFrame::Presence { state: Activity::Away }).await;
    until(&mut hers, Presence::Away).await;

    for frame in [ClientFrame::Presence { state: Activity::Away }, ClientFrame::WatchPeople { people: vec![bob] }] {
        let mut guest = Socket::guest(app.addr).await;
        guest.send(&frame).await;
        match guest.frame().await {
            ServerFrame::Error { error, .. } => assert_eq!(error.code, ErrorCode::NotAuthenticated),
            other => panic!("{other:?}"),
        }
        assert_eq!(guest.closed().await.1, CloseCode::SignIn.number());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_stars_and_folded_parts_need_no_script() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    app.stranger().get("/keys").await.assert_has("Ctrl K");
    ada.create_room("garden", "public").await;
    let starred = ada.submit("/r/garden", "star_room", &[("room", "garden"), ("starred", "true")]).await;
    assert_eq!(starred.leads_to(), "/r/garden");
    ada.get("/keys").await.assert_has("data-section=\"starred\"");
    let folded = ada.request(Method::POST, "/api/fn/fold_section").header(ACCEPT, "*/*");
    let folded = folded.form(&[("section", "rooms"), ("folded", "true")]);
    assert_eq!(folded.send().await.unwrap().status(), StatusCode::OK);
    let page = ada.get("/keys").await;
    assert!(!page.tag_with("data-section=\"rooms\"").contains(" open"));
    assert!(page.tag_with("data-section=\"starred\"").contains(" open"));
    let sorted = ada.submit(PROFILE, "order_rooms", &[("by_activity", "true")]).await;
    assert!(ada.get(sorted.leads_to()).await.tag_with("value=\"true\" checked").contains("by_activity"));
}
