//! What is new, through the doors: the list beside pages, the socket, and forms without a script.

use protocol::{ClientFrame, RoomsUnread, ServerFrame};

use crate::support::{
    TestApp,
    person::{Person, Program},
    socket::Received,
};

/// What the function says that pages ask.
async fn unread(person: &Person) -> RoomsUnread {
    serde_json::from_str(&person.submit("/r/lobby", "unread", &[]).await.text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_stands_beside_every_page_and_goes_when_it_is_read_anywhere() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    for text in ["one", "two", "three"] {
        ada.write("lobby", text).await;
    }
    let page = bob.get("/settings/profile").await;
    page.assert_has("nav-link--new");
    page.assert_has("data-unread=\"3\"");
    // Opening a page is no reading: browsers load pages that nobody looks at.
    let page = bob.get("/r/lobby").await;
    page.assert_has("class=\"new-line\"");
    page.assert_has("data-unread=\"3\"");

    let mut socket = Program::at(app.addr).socket("bob").await;
    let list = unread(&bob).await;
    assert_eq!((list.rooms.len(), list.rooms[0].unread), (1, 3));
    socket.send(&ClientFrame::Read { room: list.rooms[0].room, seq: list.rooms[0].head }).await;
    let left = loop {
        if let Received::Frame(ServerFrame::Read { unread, .. }) = socket.receive_any().await {
            break unread;
        }
    };
    assert_eq!(left, 0);
    bob.get("/settings/profile").await.assert_has_not("data-unread=\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_forms_read_all_and_undo_it_mute_rooms_and_settle_hours() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    ada.write("lobby", "one").await;
    assert_eq!(bob.submit("/r/lobby", "read_all", &[]).await.leads_to(), "/inbox?all-read");
    assert_eq!(unread(&bob).await.rooms[0].unread, 0);
    bob.get("/inbox?all-read").await.assert_has("Undo");
    assert_eq!(bob.submit("/inbox?all-read", "undo_read_all", &[]).await.leads_to(), "/inbox");
    assert_eq!(unread(&bob).await.rooms[0].unread, 1);

    let page = "/r/lobby/notifications";
    bob.get(page).await.assert_has("Until tomorrow");
    assert_eq!(bob.submit(page, "set_level", &[("room", "lobby"), ("level", "nothing")]).await.leads_to(), page);
    bob.get("/alerts").await.assert_has_not("nav-link nav-link--new");
    assert_eq!(bob.submit(page, "mute_room", &[("room", "lobby"), ("time", "always")]).await.leads_to(), page);
    bob.get(page).await.assert_has("Muted until you say otherwise.");
    bob.get("/alerts").await.assert_has("nav-link--quiet");

    let page = "/settings/notifications";
    let hours = [("from", "22:00"), ("to", "07:00")];
    assert_eq!(bob.submit(page, "set_quiet_hours", &hours).await.leads_to(), "/settings/notifications?done");
    bob.get(page).await.assert_has("value=\"22:00\"");
    bob.get("/alerts").await.assert_has("data-quiet=\"1320 420 0\"");
    assert_eq!(unread(&bob).await.quiet.to_string(), "1320 420 0");
    // And besides for as long as one says.
    let quiet = async |lasts| {
        bob.submit("/settings/profile", "set_availability", &[("quiet", lasts)]).await.leads_to();
        unread(&bob).await.quiet.until
    };
    assert_eq!(quiet("always").await, 253_402_300_799_999);
    bob.get("/alerts").await.assert_has("data-quiet=\"1320 420 253402300799999\"");
    let before = chat::now();
    let until = quiet("hour").await;
    assert!((before..=chat::now()).contains(&(until - 3_600_000)));
    assert_eq!(quiet("off").await, 0);
    bob.get("/alerts").await.assert_has("data-quiet=\"1320 420 0\"");
}
