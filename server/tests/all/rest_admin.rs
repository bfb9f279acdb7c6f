//! `/api/v1/admin`: what admins see and do.

use chat::house;
use protocol::{CloseCode, ErrorCode, Field, HouseRole, Problem, RoomRef, Seq};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Socket, TestApp,
    api::Api,
    person::{Answer, Program, large_picture},
};

const ADMIN: &str = "/api/v1/admin";
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";
/// The last moment of the year 9999.
const FOR_GOOD: i64 = 253_402_300_799_999;

fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

fn created(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

fn done(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NO_CONTENT, ""));
}

/// Under the administration.
fn at(path: &str) -> String {
    [ADMIN, path].concat()
}

/// The next page, by what an answer says of it.
fn next(answer: &Answer) -> Option<&str> {
    answer.header("link").strip_prefix('<')?.strip_suffix(">; rel=\"next\"")
}

/// The owner, an admin, a member.
struct House {
    app: TestApp,
    ada: Api,
    mo: Api,
    bob: Api,
}

impl House {
    async fn start() -> Self {
        let app = TestApp::start().await;
        app.ada().await;
        app.person("mo").await;
        app.bob().await;
        let ada = Api::of(app.addr, "ada").await;
        ok(&ada.patch(&at("/people/mo"), &json!({ "role": "admin" })).await);
        let (mo, bob) = (Api::of(app.addr, "mo").await, Api::of(app.addr, "bob").await);
        Self { app, ada, mo, bob }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administration_is_for_admins_alone() {
    let House { app, ada, bob, .. } = House::start().await;
    let guest = Api::guest(app.addr);
    let nothing = json!({});
    let calls: Vec<(Method, &str, Value)> = vec![
        (Method::GET, "/people", nothing.clone()),
        (Method::GET, "/people/ada", nothing.clone()),
        (Method::PATCH, "/people/ada", json!({ "role": "member" })),
        (Method::DELETE, "/people/ada", nothing.clone()),
        (Method::PUT, "/people/ada/suspension", nothing.clone()),
        (Method::DELETE, "/people/ada/suspension", nothing.clone()),
        (Method::DELETE, "/people/ada/sessions", nothing.clone()),
        (Method::POST, "/people/ada/reset-link", nothing.clone()),
        (Method::POST, "/people/ada/export", nothing.clone()),
        (Method::GET, "/sessions", nothing.clone()),
        (Method::DELETE, "/sessions/00000000-0000-7000-8000-000000000000", nothing.clone()),
        (Method::GET, "/rooms", nothing.clone()),
        (Method::GET, "/rooms/lobby", nothing.clone()),
        (Method::GET, "/rooms/nothing", nothing.clone()),
        (Method::PATCH, "/rooms/lobby", json!({ "archived": true })),
        (Method::DELETE, "/rooms/lobby", nothing.clone()),
        (Method::GET, "/rooms/lobby/members", nothing.clone()),
        (Method::PUT, "/rooms/lobby/owners/bob", nothing.clone()),
        (Method::DELETE, "/rooms/lobby/owners/ada", nothing.clone()),
        (Method::DELETE, "/rooms/lobby/reports/00000000-0000-7000-8000-000000000000", nothing.clone()),
        (Method::GET, "/figures", nothing.clone()),
        (Method::GET, "/audit", nothing.clone()),
        (Method::POST, "/announcements", json!({ "text": "Mine" })),
        (Method::POST, "/rooms/lobby/messages", json!({ "body": "Mine" })),
        (Method::GET, "/reports", nothing.clone()),
        (Method::GET, "/invites", nothing.clone()),
        (Method::DELETE, "/invites/00000000-0000-7000-8000-000000000000", nothing.clone()),
        (Method::GET, "/settings", nothing.clone()),
        (Method::PATCH, "/settings", json!({ "name": "" })),
        (Method::PUT, "/settings/icon", nothing.clone()),
        (Method::DELETE, "/settings/icon", nothing.clone()),
    ];
    let before = app.chat.settings();
    // What a member may invite into is not theirs to see from here.
    ok(&ada.patch(&at("/settings"), &json!({ "members_invite": true })).await);
    for (method, path, body) in calls {
        let asked = async |api: &Api| api.send(method.clone(), &at(path), &body).await;
        let (stranger, member) = (asked(&guest).await, asked(&bob).await);
        assert_eq!(stranger.error().code, ErrorCode::NotAuthenticated, "{method} {path}");
        assert_eq!(member.error().code, ErrorCode::NotAllowed, "{method} {path}");
    }
    assert_eq!(app.chat.settings().name, before.name);
    assert_eq!(ok(&ada.get(&at("/people/ada")).await)["role"], "owner");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_listed_found_and_made_admins() {
    let House { app, ada, mo, .. } = House::start().await;
    let names = |answer: &Answer| -> Vec<String> {
        let people = ok(answer)["people"].as_array().unwrap().clone();
        people.iter().map(|person| person["username"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&mo.get(&at("/people")).await), ["ada", "bob", "mo"]);
    assert_eq!(names(&mo.get(&at("/people?text=@B")).await), ["bob"]);
    assert_eq!(names(&mo.get(&at("/people?role=owner")).await), ["ada"]);
    assert_eq!(names(&mo.get(&at("/people?suspended=true")).await), Vec::<String>::new());
    for wrong in ["role=king", "text=a%00b", "cursor=!!", "after=bob", "cursor=Ilx1MDAwMCI"] {
        mo.get(&at(&["/people?", wrong].concat())).await.assert_refused(ErrorCode::BadRequest);
    }
    let bob = ok(&mo.get(&at("/people/BOB")).await);
    assert_eq!((&bob["rooms"], &bob["sessions"], &bob["suspended"]), (&json!(1), &json!(2), &json!(false)));
    assert_eq!(ok(&mo.get(&at(&["/people/", &app.id_of("bob").await].concat())).await)["username"], "bob");
    for unknown in ["eve", NOBODY, "a%00b"] {
        mo.get(&at(&["/people/", unknown].concat())).await.assert_refused(ErrorCode::NotFound);
    }
    // An admin has no say over who is one.
    mo.patch(&at("/people/bob"), &json!({ "role": "admin" })).await.assert_refused(ErrorCode::NotAllowed);
    assert_eq!(ok(&ada.patch(&at("/people/bob"), &json!({ "role": "owner" })).await)["role"], "owner");
    assert_eq!(ok(&ada.patch(&at("/people/ada"), &json!({ "role": "member" })).await)["role"], "member");
    ada.get(&at("/people")).await.assert_refused(ErrorCode::NotAllowed);
    let bob = Api::of(app.addr, "bob").await;
    bob.patch(&at("/people/bob"), &json!({ "role": "member" })).await.assert_refused(ErrorCode::LastOwner);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_pages() {
    let House { app, mo, .. } = House::start().await;
    for number in 0..60 {
        let username = format!("p{number:02}");
        let new = chat::accounts::Registration { username: &username, display_name: "", password: PASSWORD };
        chat::accounts::add(&app.chat, new, HouseRole::Member).await.unwrap();
    }
    for (list, of, all) in [
        ("/api/v1/admin/people?text=", "people", 63),
        ("/api/v1/users?text=", "users", 63),
        ("/api/v1/users?text=p", "users", 60),
    ] {
        let (mut address, mut found) = (list.to_owned(), Vec::new());
        loop {
            let answer = mo.get(&address).await;
            let page = ok(&answer)[of].as_array().unwrap().clone();
            assert!(page.len() <= 50);
            found.extend(page.iter().map(|person| person["username"].as_str().unwrap().to_owned()));
            let Some(more) = next(&answer) else { break };
            address = more.to_owned();
        }
        assert_eq!(found.len(), all, "{list}");
        assert!(found.is_sorted() && !found.contains(&"-house".to_owned()), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_kept_out_and_let_in() {
    let House { app, ada, mo, bob } = House::start().await;
    let path = at("/people/bob/suspension");
    let mut socket = Socket::open(app.addr, bob.token.as_ref().unwrap()).await;
    for until in [-1, 0, 1, FOR_GOOD + 1, i64::MAX] {
        let refused = mo.put(&path, &json!({ "until": until })).await;
        refused.assert_refused(ErrorCode::Invalid);
        assert_eq!(
            (refused.error().fields[0].field, refused.error().fields[0].problem),
            (Field::Until, Problem::Wrong),
            "{until}"
        );
    }
    done(&mo.put(&path, &json!({ "reason": "Too much tea." })).await);
    assert_eq!(socket.closed().await.1, CloseCode::SignIn.number());
    bob.get("/api/v1/me").await.assert_refused(ErrorCode::NotAuthenticated);
    let credentials = json!({ "username": "bob", "password": PASSWORD });
    Program::at(app.addr).auth("token", credentials.clone()).await.assert_refused(ErrorCode::Suspended);
    let seen = ok(&mo.get(&at("/people/bob")).await);
    assert_eq!(
        (&seen["suspended"], &seen["suspended_until"], &seen["suspended_for"]),
        (&json!(true), &Value::Null, &json!("Too much tea."))
    );
    done(&mo.put(&path, &json!({ "until": FOR_GOOD })).await);
    assert_eq!(ok(&mo.get(&at("/people?suspended=true")).await)["people"][0]["suspended_until"], FOR_GOOD);
    done(&mo.delete(&path).await);
    assert_eq!(Program::at(app.addr).auth("token", credentials).await.status, StatusCode::OK);
    mo.put(&at("/people/ada/suspension"), &json!({})).await.assert_refused(ErrorCode::NotAllowed);
    ada.put(&at("/people/ada/suspension"), &json!({})).await.assert_refused(ErrorCode::LastOwner);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_helps_with_a_password_and_sees_to_the_end() {
    let House { app, ada, mo, bob } = House::start().await;
    let link = mo.post(&at("/people/bob/reset-link"), &json!({})).await;
    let path = created(&link)["path"].as_str().unwrap().to_owned();
    assert_eq!(link.header("cache-control"), "no-store");
    app.stranger().get(&path).await.assert_has("@bob");
    mo.post(&at("/people/ada/reset-link"), &json!({})).await.assert_refused(ErrorCode::NotAllowed);

    let kept = ok(&mo.post(&at("/people/bob/export"), &json!({})).await);
    assert_eq!((&kept["account"]["username"], kept["rooms"].as_array().unwrap().len()), (&json!("bob"), 1));

    let listed = ok(&mo.get(&at("/sessions?username=bob")).await)["sessions"].as_array().unwrap().clone();
    assert_eq!(listed.len(), 2);
    let program = listed.iter().find(|session| session["agent"] == "").unwrap()["id"].as_str().unwrap().to_owned();
    done(&mo.delete(&at(&["/sessions/", &program].concat())).await);
    bob.get("/api/v1/me").await.assert_refused(ErrorCode::NotAuthenticated);
    mo.delete(&at(&["/sessions/", &program].concat())).await.assert_refused(ErrorCode::NotFound);
    assert!(ok(&mo.get(&at("/sessions")).await)["sessions"].as_array().unwrap().len() > 3);
    let owners = ok(&mo.get(&at("/sessions?username=ada")).await)["sessions"][0]["id"].as_str().unwrap().to_owned();
    mo.delete(&at(&["/sessions/", &owners].concat())).await.assert_refused(ErrorCode::NotAllowed);

    let bob = Api::of(app.addr, "bob").await;
    done(&mo.delete(&at("/people/bob/sessions")).await);
    bob.get("/api/v1/me").await.assert_refused(ErrorCode::NotAuthenticated);
    mo.delete(&at("/people/ada")).await.assert_refused(ErrorCode::NotAllowed);
    ada.delete(&at("/people/ada")).await.assert_refused(ErrorCode::LastOwner);
    done(&mo.delete(&at("/people/bob")).await);
    mo.get(&at("/people/bob")).await.assert_refused(ErrorCode::NotFound);

    let deeds = ok(&mo.get(&at("/audit?subject=@bob")).await);
    let actions: Vec<&str> = deeds["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["delete account", "sign out", "sign out", "export", "make reset link"]);
    assert_eq!(ok(&mo.get(&at("/audit?actor=@ada&action=change%20role")).await)["entries"][0]["subject"], "@mo");
    mo.get(&at("/audit?cursor=-1")).await.assert_refused(ErrorCode::BadRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_seen_to_by_those_who_are_not_in_them() {
    let House { app, mo, bob, .. } = House::start().await;
    let page = app.person("eve").await;
    let cellar = page.create_private_room("cellar").await;
    page.write(&cellar, "the recipe").await;
    let rooms = ok(&mo.get(&at("/rooms")).await);
    let slugs: Vec<&str> = rooms["rooms"].as_array().unwrap().iter().map(|room| room["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, [cellar.as_str(), "lobby"]);
    let path = at(&["/rooms/", &cellar].concat());
    let room = ok(&mo.get(&path).await);
    assert_eq!((&room["visibility"], &room["messages"], &room["owners"]), (&json!("private"), &json!(1), &json!(["eve"])));
    assert_eq!(ok(&mo.get(&at(&["/rooms/", room["id"].as_str().unwrap()].concat())).await), room);

    done(&mo.send(Method::PUT, &[&path, "/owners/bob"].concat(), &json!({})).await);
    done(&mo.delete(&[&path, "/owners/eve"].concat()).await);
    let members = ok(&mo.get(&[&path, "/members"].concat()).await);
    assert_eq!(members["members"], json!([{ "username": "bob", "role": "owner" }, { "username": "eve", "role": "member" }]));
    mo.delete(&[&path, "/owners/bob"].concat()).await.assert_refused(ErrorCode::LastOwner);
    mo.delete(&[&path, "/owners/ada"].concat()).await.assert_refused(ErrorCode::NotFound);
    mo.send(Method::PUT, &[&path, "/owners/nobody"].concat(), &json!({})).await.assert_refused(ErrorCode::NotFound);

    assert_eq!(ok(&mo.patch(&path, &json!({ "archived": true })).await)["archived"], true);
    assert_eq!(ok(&mo.patch(&path, &json!({ "archived": false })).await)["archived"], false);
    mo.patch(&path, &json!({})).await.assert_refused(ErrorCode::BadRequest);

    let (chat, place) = (&app.chat, RoomRef::Slug(cellar.clone()));
    let eve = Program::at(app.addr).sign_in("eve").await;
    let seq =
        chat::messages::page(chat, chat::Actor::User(eve.user.id), &place, protocol::Window::Latest).await.unwrap().messages[0]
            .seq;
    assert!(seq > Seq::ZERO);
    let reporter: protocol::UserId = app.id_of("bob").await.parse().unwrap();
    chat::messages::report(chat, chat::Actor::User(reporter), &place, seq, "Too salty.").await.unwrap();
    let reports = ok(&mo.get(&at("/reports")).await);
    let report = &reports["reports"][0];
    assert_eq!(
        (&report["reason"], &report["room"]["slug"], &report["body"]),
        (&json!("Too salty."), &json!(cellar), &json!("the recipe"))
    );
    done(&mo.delete(&[&path, "/reports/", report["id"].as_str().unwrap()].concat()).await);
    assert_eq!(ok(&mo.get(&at("/reports")).await)["reports"], json!([]));
    mo.delete(&[&path, "/reports/x"].concat()).await.assert_refused(ErrorCode::NotFound);

    done(&mo.delete(&path).await);
    mo.get(&path).await.assert_refused(ErrorCode::NotFound);
    bob.get(&["/api/v1/me/rooms/", &cellar].concat()).await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_house_is_settled_by_its_owner() {
    let House { app, ada, mo, .. } = House::start().await;
    let path = at("/settings");
    let before = ok(&mo.get(&path).await);
    assert_eq!(
        (&before["registration"], &before["default_rooms"], &before["retention_days"]),
        (&json!("open"), &json!(["lobby"]), &Value::Null)
    );
    mo.patch(&path, &json!({ "name": "Mine" })).await.assert_refused(ErrorCode::NotAllowed);
    let changes = json!({
        "name": "The Mill",
        "registration": "by_invite",
        "public_rooms": false,
        "indexing": false,
        "members_make_rooms": false,
        "members_make_bots": true,
        "edit_minutes": 15,
        "retention_days": 30,
        "limits": { "messages": 60, "rooms": 5 },
    });
    let after = ok(&ada.patch(&path, &changes).await);
    let changed = changes.as_object().unwrap().iter().filter(|(field, _)| *field != "limits");
    for (field, value) in changed {
        assert_eq!(&after[field], value, "{field}");
    }
    assert_eq!(
        (&after["limits"]["messages"], &after["limits"]["invites"], &after["members_invite"]),
        (&json!(60), &Value::Null, &json!(false))
    );
    assert_eq!(app.chat.settings().name, "The Mill");

    let (icon, file) = (at("/settings/icon"), large_picture());
    let put = async |api: &Api, file: &[u8]| {
        let request = api.request(Method::PUT, &icon).header("content-type", "image/png").body(file.to_owned());
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((put(&mo, &file).await, put(&ada, b"GIF89a").await, put(&ada, &file).await), (403, 422, 204));
    let shown = ok(&ada.get(&path).await)["icon"].as_str().unwrap().to_owned();
    assert_eq!(reqwest::get(format!("http://{}/icon/{shown}", app.addr)).await.unwrap().status(), 200);
    mo.delete(&icon).await.assert_refused(ErrorCode::NotAllowed);
    done(&ada.delete(&icon).await);
    assert_eq!(ok(&ada.get(&path).await)["icon"], Value::Null);

    // What is left out stays, what is `null` goes.
    let less =
        ok(&ada.patch(&path, &json!({ "edit_minutes": null, "retention_days": null, "limits": { "messages": null } })).await);
    assert_eq!(
        (&less["edit_minutes"], &less["retention_days"], &less["limits"]["messages"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!((&less["name"], &less["limits"]["rooms"]), (&json!("The Mill"), &json!(5)));

    for wrong in [
        json!({ "retention_days": 0 }),
        json!({ "retention_days": 36_501 }),
        json!({ "edit_minutes": -1 }),
        json!({ "registration": "ajar" }),
        json!({ "icon": "x" }),
    ] {
        ada.patch(&path, &wrong).await.assert_refused(ErrorCode::BadRequest);
    }
    for (wrong, field) in [
        (json!({ "name": "" }), Field::Name),
        (json!({ "default_rooms": ["nothing"] }), Field::DefaultRooms),
        (json!({ "limits": { "rooms": 0 } }), Field::Limits),
        (json!({ "limits": { "rooms": 1_000_001 } }), Field::Limits),
    ] {
        let refused = ada.patch(&path, &wrong).await;
        refused.assert_refused(ErrorCode::Invalid);
        assert_eq!(refused.error().fields[0].field, field);
    }
    assert_eq!(ok(&mo.get(&path).await), less);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_house_says_something_in_a_room_and_pages_show_it_as_a_line() {
    let House { app, mo, bob, .. } = House::start().await;
    let path = at("/rooms/lobby/messages");
    let said = mo.post(&path, &json!({ "body": "We move on *Friday*." })).await;
    let kept = created(&said);
    assert_eq!(said.header("location"), format!("/api/v1/messages/{}", kept["id"].as_str().unwrap()));
    let read = ok(&bob.get(said.header("location")).await);
    assert_eq!((&read["kind"], &read["author"]["name"], &read["seq"]), (&json!("system"), &json!("The house"), &kept["seq"]));
    mo.post(&path, &json!({ "body": "", "kind": "text" })).await.assert_refused(ErrorCode::BadRequest);

    let page = app.stranger().get("/r/lobby").await;
    page.assert_has("message--system");
    page.assert_has(">The house<");
    page.assert_has("We move on <em>Friday</em>.");
    page.assert_has_not("message-avatar");
    page.assert_has_not("/u/-house");
    page.assert_has_not("@-house\"");
    assert!(page.tag_with("message-author").contains("href=\"/\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_and_everything_counted() {
    let House { app, mo, bob, .. } = House::start().await;
    assert_eq!(created(&mo.post(&at("/announcements"), &json!({ "text": "Tea is at four." })).await), json!({ "told": 3 }));
    assert_eq!(ok(&bob.get("/api/v1/me/alerts").await)["alerts"][0]["text"], "Tea is at four.");
    mo.post(&at("/announcements"), &json!({ "text": " " })).await.assert_refused(ErrorCode::Invalid);
    let audited = ok(&mo.get(&at("/audit?action=announce")).await)["entries"].as_array().unwrap().clone();
    assert_eq!(audited.len(), 1);
    assert_eq!((&audited[0]["actor"], &audited[0]["detail"]), (&json!("@mo"), &json!("Tea is at four.")));
    let figures = ok(&mo.get(&at("/figures")).await);
    assert_eq!((&figures["people"], &figures["rooms"], figures["sends"].as_array().unwrap().len()), (&json!(3), &json!(1), 144));

    house::change(&app.chat, house::By::CommandLine, chat::Settings { members_invite: true, ..(*app.chat.settings()).clone() })
        .await
        .unwrap();
    let invite = created(&bob.post("/api/v1/invites", &json!({})).await);
    assert_eq!(ok(&mo.get(&at("/invites")).await)["invites"][0]["made_by"], "@bob");
    let path = at(&["/invites/", invite["id"].as_str().unwrap()].concat());
    done(&mo.delete(&path).await);
    assert_eq!(ok(&mo.get(&at("/invites")).await)["invites"], json!([]));
}
