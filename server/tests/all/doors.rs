//! The doors to a room. Whoever may not know of a room finds behind each of them what stands behind that of a room that does not exist.
//!
//! All doors are in the lists below. A route or a server function that is in none of them makes the test fail.

use leptos::server_fn::axum::server_fn_paths;
use protocol::{ClientFrame, ClientId, RoomId, ServerFrame};
use reqwest::{
    Method,
    header::{ACCEPT, LOCATION, REFERER},
};

use crate::support::{
    Person, Socket, TestApp,
    person::{Answer, Program},
    socket::{message, room},
};

/// Routes of a room, each with what is behind the room's own address.
const PAGES: &[(&str, &[&str])] = &[
    ("/r/{slug}", &["", "?before=3", "?after=1", "?after=0"]),
    ("/r/{slug}/commands", &["/commands"]),
    ("/r/{slug}/edit", &["/edit"]),
    ("/r/{slug}/invites", &["/invites"]),
    ("/r/{slug}/members", &["/members", "/members?q=a&page=2"]),
    ("/r/{slug}/feed.atom", &["/feed.atom"]),
    ("/r/{slug}/hooks", &["/hooks"]),
    ("/r/{slug}/notifications", &["/notifications"]),
    ("/r/{slug}/outgoing", &["/outgoing"]),
    ("/r/{slug}/people", &["/people?text=a"]),
    ("/r/{slug}/pins", &["/pins"]),
    ("/r/{slug}/reports", &["/reports"]),
    ("/r/{slug}/settings", &["/settings"]),
    ("/r/{slug}/m/{seq}", &["/m/1", "/m/2", "/m/999"]),
    ("/r/{slug}/m/{seq}/edit", &["/m/2/edit", "/m/x/edit"]),
    ("/r/{slug}/m/{seq}/history", &["/m/2/history", "/m/x/history"]),
    ("/r/{slug}/m/{seq}/delete", &["/m/2/delete", "/m/x/delete"]),
    ("/r/{slug}/m/{seq}/keep", &["/m/2/keep"]),
    ("/r/{slug}/m/{seq}/reactions", &["/m/2/reactions", "/m/2/reactions?emoji=x&page=2"]),
    ("/r/{slug}/m/{seq}/report", &["/m/2/report", "/m/2/report?done"]),
    ("/r/{slug}/t/{seq}", &["/t/2", "/t/1", "/t/999", "/t/2?m=3", "/t/2?before=3"]),
];

/// Server functions that take a room, each with what else it takes.
const FUNCTIONS: &[(&str, &[(&str, &str)])] = &[
    ("add_bot_to_room", &[("bot", SOMEBODY)]),
    ("add_member", &[("username", "eve")]),
    ("add_member", &[("username", "eve"), ("house", "true")]),
    ("archive_room", &[("archived", "true")]),
    ("archive_room", &[("archived", "true"), ("house", "true")]),
    ("ban_member", &[("user", SOMEBODY), ("reason", "Mine"), ("time", "day")]),
    ("ban_named", &[("username", "eve"), ("reason", "Mine"), ("time", "day")]),
    ("close_report", &[("report", SOMEBODY)]),
    ("close_report", &[("report", SOMEBODY), ("house", "true")]),
    ("complete_command", &[]),
    ("complete_name", &[("text", "a")]),
    ("delete_command", &[("command", SOMEBODY)]),
    ("delete_message", &[("seq", "2")]),
    ("delete_message", &[("seq", "2"), ("house", "true")]),
    ("delete_outgoing", &[("hook", SOMEBODY)]),
    ("delete_room", &[("confirm", NAME)]),
    ("delete_room", &[("confirm", NAME), ("house", "true")]),
    ("edit_room", &[("name", "Mine"), ("topic", "")]),
    ("follow_thread", &[("seq", "2"), ("on", "true")]),
    ("hide_conversation", &[]),
    ("join_room", &[]),
    ("leave_room", &[]),
    ("make_invite", &[("days", "1")]),
    ("mark_read", &[("seq", "2")]),
    ("mark_unread", &[("seq", "2")]),
    ("mute_room", &[("time", "hour")]),
    ("mute_member", &[("user", SOMEBODY), ("time", "day")]),
    ("bookmark", &[("seq", "2"), ("on", "true")]),
    ("pause_outgoing", &[("hook", SOMEBODY), ("paused", "true")]),
    ("pin_message", &[("seq", "2"), ("pinned", "true")]),
    ("react", &[("seq", "2"), ("emoji", "👍"), ("on", "true")]),
    ("read_thread", &[("seq", "2"), ("until", "3")]),
    ("remove_bot_from_room", &[("bot", SOMEBODY)]),
    ("remove_member", &[("user", SOMEBODY)]),
    ("remove_member", &[("user", SOMEBODY), ("house", "true")]),
    ("resend_delivery", &[("hook", SOMEBODY), ("delivery", SOMEBODY)]),
    ("report_message", &[("seq", "2"), ("reason", "Mine")]),
    ("revoke_invite", &[("id", SOMEBODY)]),
    ("room_page", &[("window", "latest")]),
    ("room_page", &[("window", "latest"), ("thread", "2")]),
    ("set_address", &[("address", "mine")]),
    ("set_level", &[("level", "nothing")]),
    ("set_role", &[("user", SOMEBODY), ("role", "owner")]),
    ("set_role", &[("user", SOMEBODY), ("role", "owner"), ("house", "true")]),
    ("set_visibility", &[("visibility", "public")]),
    ("slow_down", &[("seconds", "10")]),
    ("star_room", &[("starred", "true")]),
    ("unban_member", &[("user", SOMEBODY)]),
    ("who_reacted", &[("seq", "2"), ("emoji", "👍")]),
];

/// Those that take none.
const FUNCTIONS_WITHOUT: &[&str] = &[
    "accept_invite",
    "alerts",
    "announce",
    "change_bot",
    "change_password",
    "converse",
    "create_room",
    "delete_bot",
    "delete_account",
    "delete_account_of",
    "dismiss_alerts",
    "edit_profile",
    "end_other_sessions",
    "end_session",
    "end_session_of",
    "fold_section",
    "lift",
    "hand_bot_over",
    "login",
    "logout",
    "make_bot",
    "order_rooms",
    "palette",
    "read_alerts",
    "read_all",
    "register",
    "remove_bot_picture",
    "remove_icon",
    "remove_picture",
    "rename_account",
    "renew_token",
    "reset_password",
    "revoke_all_tokens",
    "revoke_token",
    "rooms",
    "set_availability",
    "set_house_role",
    "set_limits",
    "set_quiet_hours",
    "set_status",
    "set_theme",
    "settle",
    "sign_out_everywhere",
    "suspend",
    "undo_read_all",
    "unread",
    "welcome_doors",
    "welcome_name",
    "welcome_rooms",
];

/// No account has this id.
const SOMEBODY: &str = "01900000-0000-7000-8000-000000000003";

/// The name of the room that is hidden; a part of its address, too.
const NAME: &str = "quince";

/// Every route that names a room, as the source has it.
fn routes() -> Vec<String> {
    let source = [include_str!("../../src/pages.rs"), include_str!("../../src/lib.rs")].concat();
    let routes = source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
    routes.filter(|route| route.contains("{slug}")).map(str::to_owned).collect()
}

#[test]
fn every_door_is_in_the_list() {
    let listed: Vec<_> = PAGES.iter().map(|(route, _)| (*route).to_owned()).collect();
    for route in routes() {
        assert!(listed.contains(&route), "{route} is to be added to the doors that strangers try");
    }
    for route in &listed {
        assert!(routes().contains(route), "{route} is no route");
    }
    let functions: Vec<_> = server_fn_paths().map(|(path, _)| path.trim_start_matches("/api/fn/").to_owned()).collect();
    let known = |name: &str| FUNCTIONS.iter().any(|(known, _)| *known == name) || FUNCTIONS_WITHOUT.contains(&name);
    for name in &functions {
        assert!(known(name), "{name} is to be added to the doors that strangers try, or to those without a room");
    }
    for (name, _) in FUNCTIONS {
        assert!(functions.iter().any(|function| function == name), "{name} is no server function");
    }
}

/// What somebody finds behind a door, without what differs from one answer to the next.
fn behind(answer: &Answer, name: &str) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("no nonce");
    let location = answer.header(LOCATION.as_str());
    let facts = [answer.header("content-type"), answer.header("cache-control"), answer.header("retry-after")].join(" | ");
    format!("{} | {facts} | {location}\n{}", answer.status, answer.text).replace(nonce, "NONCE").replace(name, "ROOM")
}

/// Everything that a browser finds.
async fn by_browser(person: &Person, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut note = |door: String, answer: Answer| found.push((door, behind(&answer, name)));
    for path in PAGES.iter().flat_map(|(_, paths)| *paths) {
        note((*path).to_owned(), person.get(&format!("/r/{name}{path}")).await);
    }
    let client_id = "01900000-0000-7000-8000-000000000001";
    note("write".to_owned(), person.send(name, client_id, "hello").await);
    let answer = [("room", name), ("seq", "2"), ("client_id", client_id), ("body", "hello")];
    // The oldest part of the inbox: elsewhere an alert tells who was kept out of which room.
    note("answer".to_owned(), Answer::to(person.request(Method::POST, "/inbox?before=0-0").form(&answer)).await);
    for (function, fields) in FUNCTIONS {
        let form: Vec<_> = [("room", name)].into_iter().chain(fields.iter().copied()).collect();
        note(format!("form {function}"), person.submit(&format!("/r/{name}"), function, &form).await);
        let request = person.request(Method::POST, &format!("/api/fn/{function}")).header(ACCEPT, "application/json");
        note(format!("fetch {function}"), Answer::to(request.header(REFERER, person.url("/")).form(&form)).await);
    }
    note("search".to_owned(), person.get(&format!("/?q={name}")).await);
    found
}

/// Everything that a socket says.
async fn by_socket(socket: &mut Socket, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let client_id = "01900000-0000-7000-8000-000000000002".parse::<ClientId>().unwrap();
    for frame in [
        ClientFrame::Subscribe { room: room(name), after: None, epoch: None },
        ClientFrame::Unsubscribe { room: room(name) },
        message(name, client_id, "hello"),
    ] {
        socket.send(&frame).await;
        let answer = socket.frame().await;
        assert!(matches!(answer, ServerFrame::Error { .. }), "{frame:?}: {answer:?}");
        found.push((format!("{frame:?}").replace(name, "ROOM"), serde_json::to_string(&answer).unwrap().replace(name, "ROOM")));
    }
    // Nobody is answered.
    socket.send(&ClientFrame::Typing { room: room(name) }).await;
    socket.send(&ClientFrame::Ping).await;
    let answer = socket.frame().await;
    found.push(("typing".to_owned(), format!("{answer:?}")));
    found
}

/// A guest's socket is closed, with the same words.
async fn by_guest_socket(app: &TestApp, name: &str) -> String {
    let mut socket = app.guest_socket().await;
    socket.send(&ClientFrame::Subscribe { room: room(name), after: None, epoch: None }).await;
    format!("{:?}", socket.closed().await).replace(name, "ROOM")
}

/// A private room, by its names: its address, the one that it had before, its id.
async fn hidden(owner: &Person) -> Vec<String> {
    let fields = [("name", NAME), ("topic", "jelly"), ("visibility", "private")];
    let made = owner.submit("/rooms/new", "create_room", &fields).await;
    let slug = made.leads_to().strip_prefix("/r/").unwrap().to_owned();
    owner.write(&slug, "the recipe").await;
    let old = slug;
    let moved = owner.submit(&format!("/r/{old}/settings"), "set_address", &[("room", &old), ("address", "quince-jam")]).await;
    let slug = moved.leads_to().split('/').nth(2).unwrap().to_owned();
    assert_eq!(owner.get(&format!("/r/{old}/m/2")).await.header("location"), format!("/r/{slug}/m/2"));
    let page = owner.get(&format!("/r/{slug}")).await.text;
    let before = page.split(&format!("\",\"slug\":\"{slug}\"")).next().unwrap();
    let id: RoomId = before[before.len() - 36..].parse().unwrap();
    vec![slug, old, id.to_string()]
}

/// A conversation of two, with something in it; by its address, and by its id.
async fn conversation(app: &TestApp, owner: &Person) -> Vec<String> {
    app.person("dave").await;
    let made = owner.submit("/messages/new", "converse", &[("people", "dave")]).await;
    let slug = made.leads_to().strip_prefix("/r/").unwrap().to_owned();
    owner.write(&slug, "quince jelly").await;
    let page = owner.get(&format!("/r/{slug}")).await.text;
    let before = page.split(&format!("\",\"slug\":\"{slug}\"")).next().unwrap();
    let id: RoomId = before[before.len() - 36..].parse().unwrap();
    vec![slug, id.to_string()]
}

/// Whoever this is finds behind each door to a room what stands behind that of a room that does not exist.
async fn learns_nothing(person: &Person, name: &str, none: &str) {
    for ((door, there), (_, nowhere)) in by_browser(person, name).await.into_iter().zip(by_browser(person, none).await) {
        assert_eq!(there, nowhere, "{door}");
        assert!(!there.contains(NAME) && !there.contains("jelly"), "{door}: {there}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_no_door_a_stranger_learns_that_there_is_a_private_room_or_a_conversation() {
    let app = TestApp::start().await;
    let (ada, eve, bob) = (app.ada().await, app.person("eve").await, app.bob().await);
    let private = hidden(&ada).await;
    // Somebody knows all of its names, and is kept out.
    let settings = format!("/r/{}/members", private[0]);
    ada.submit(&settings, "add_member", &[("room", &private[0]), ("username", "bob")]).await.leads_to();
    bob.get(&format!("/r/{}", private[0])).await.assert_has("the recipe");
    let row = ada.get(&settings).await.text.split("@bob<").nth(1).unwrap().to_owned();
    let user = row.split("name=\"user\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("room", private[0].as_str()), ("user", &user), ("reason", "Tea"), ("time", "always")];
    ada.submit(&settings, "ban_member", &fields).await.leads_to();

    let missing = ["nowhere-abc123".to_owned(), RoomId::generate().to_string()];
    let mut socket = Program::at(app.addr).socket("eve").await;
    let mut banned = Program::at(app.addr).socket("bob").await;
    let names = [private.clone(), conversation(&app, &ada).await].concat();
    for name in &names {
        let none = if name.parse::<RoomId>().is_ok() { &missing[1] } else { &missing[0] };
        for person in [&app.stranger(), &eve, &bob] {
            learns_nothing(person, name, none).await;
        }
        for socket in [&mut socket, &mut banned] {
            assert_eq!(by_socket(socket, name).await, by_socket(socket, none).await);
        }
        assert_eq!(by_guest_socket(&app, name).await, by_guest_socket(&app, none).await);
        // Its owner finds something else, so there is a difference to be seen. Where a page has moved for all rooms, or where no thread is,
        // there is none.
        for path in PAGES
            .iter()
            .flat_map(|(_, paths)| *paths)
            .filter(|path| !["/edit", "/feed.atom", "/m/x/delete", "/m/x/edit", "/m/x/history", "/t/1", "/t/999"].contains(path))
        {
            let [there, nowhere] = [name, none].map(|name| (name, format!("/r/{name}{path}")));
            let same = behind(&ada.get(&there.1).await, there.0) == behind(&ada.get(&nowhere.1).await, nowhere.0);
            // There are no invites into a conversation.
            assert!(!same || (path == &"/invites" && !private.contains(name)), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_list_has_a_private_room_for_a_stranger() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.ada().await, app.person("eve").await);
    let names = hidden(&ada).await;
    let direct = conversation(&app, &ada).await;
    for person in [&app.stranger(), &eve] {
        for path in ["/", "/?q=jelly", "/?q=dave", "/r/lobby", "/rooms/new", "/messages/new", "/alerts"] {
            let page = person.get(path).await;
            for secret in [NAME, &names[0], &direct[0], &direct[1]] {
                page.assert_has_not(secret);
            }
        }
        let list = Answer::to(person.request(Method::POST, "/api/fn/rooms").header(ACCEPT, "application/json")).await;
        assert!(list.text.contains("lobby") && !list.text.contains(NAME) && !list.text.contains(&direct[1]), "{}", list.text);
    }
    ada.get("/").await.assert_has(NAME);
    // Nobody is warned of the name, or sees by the address that it is taken.
    let fields = [("name", NAME), ("topic", ""), ("visibility", "public")];
    assert_eq!(eve.submit("/rooms/new", "create_room", &fields).await.leads_to(), format!("/r/{NAME}"));
    assert_ne!(names[0], NAME);
}
