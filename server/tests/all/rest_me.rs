//! `/api/v1/me`: what is one's own.

use protocol::{CloseCode, ErrorCode, Field, Problem};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Socket, TestApp,
    api::Api,
    person::{Answer, Program},
};

const ME: &str = "/api/v1/me";
const NEW: &str = "fern and cinder";
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";
/// The last moment of the year 9999.
const FOR_GOOD: i64 = 253_402_300_799_999;

/// What an answer that went well says.
fn told(answer: &Answer, status: StatusCode) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text);
    if answer.text.is_empty() { Value::Null } else { answer.json() }
}

fn ok(answer: &Answer) -> Value {
    told(answer, StatusCode::OK)
}

fn done(answer: &Answer) {
    assert_eq!(told(answer, StatusCode::NO_CONTENT), Value::Null);
}

/// The fields that a refusal is about, with what is wrong with each.
fn faults(answer: &Answer) -> Vec<(Field, Problem)> {
    answer.assert_refused(ErrorCode::Invalid);
    answer.error().fields.into_iter().map(|fault| (fault.field, fault.problem)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_there_is_no_me() {
    let app = TestApp::start().await;
    app.ada().await;
    let guest = Api::guest(app.addr);
    let nothing = json!({});
    for (method, path, body) in [
        (Method::GET, "", &nothing),
        (Method::PATCH, "", &nothing),
        (Method::PUT, "/picture", &nothing),
        (Method::DELETE, "/picture", &nothing),
        (Method::PUT, "/password", &json!({ "current_password": PASSWORD, "new_password": NEW })),
        (Method::POST, "/delete", &json!({ "password": PASSWORD })),
        (Method::GET, "/export", &nothing),
        (Method::GET, "/sessions", &nothing),
        (Method::DELETE, "/sessions", &nothing),
        (Method::DELETE, "/sessions/00000000-0000-7000-8000-000000000000", &nothing),
        (Method::GET, "/alerts", &nothing),
        (Method::DELETE, "/alerts", &nothing),
        (Method::POST, "/alerts/read", &nothing),
        (Method::DELETE, "/alerts/00000000-0000-7000-8000-000000000000", &nothing),
        (Method::POST, "/alerts/00000000-0000-7000-8000-000000000000/read", &nothing),
        (Method::GET, "/inbox", &nothing),
        (Method::GET, "/bookmarks", &nothing),
        (Method::GET, "/unread", &nothing),
        (Method::POST, "/unread/read", &nothing),
        (Method::POST, "/unread/undo", &nothing),
        (Method::GET, "/rooms/lobby", &nothing),
        (Method::PATCH, "/rooms/lobby", &nothing),
    ] {
        let answer = guest.send(method.clone(), &[ME, path].concat(), body).await;
        assert_eq!(answer.error().code, ErrorCode::NotAuthenticated, "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_says_who_its_person_is() {
    let app = TestApp::start().await;
    app.ada().await;
    let ada = Api::of(app.addr, "ada").await;
    let me = ok(&ada.get(ME).await);
    assert_eq!(
        (&me["username"], &me["role"], &me["status"], &me["quiet_hours"]),
        (&json!("ada"), &json!("owner"), &Value::Null, &Value::Null)
    );

    let changes = json!({
        "name": "Ada Lovelace",
        "username": "Countess",
        "bio": "Counts.",
        "pronouns": "she",
        "time_zone": "Europe/London",
        "status": { "emoji": "🌱", "text": "In the garden", "until": FOR_GOOD },
        "invisible": true,
        "quiet_until": FOR_GOOD,
        "quiet_hours": { "from": "22:00", "to": "7:05" },
    });
    let me = ok(&ada.patch(ME, &changes).await);
    for field in ["name", "bio", "pronouns", "time_zone", "status", "invisible", "quiet_until"] {
        assert_eq!(me[field], changes[field], "{field}");
    }
    assert_eq!((&me["username"], &me["quiet_hours"]), (&json!("countess"), &json!({ "from": "22:00", "to": "07:05" })));
    assert_eq!(ok(&ada.get(ME).await), me);

    // What is left out stays; what is `null` goes.
    let less = ok(&ada.patch(ME, &json!({ "status": null, "quiet_until": null, "quiet_hours": null })).await);
    assert_eq!((&less["bio"], &less["invisible"], &less["username"]), (&json!("Counts."), &json!(true), &json!("countess")));
    assert!(["status", "quiet_until", "quiet_hours"].into_iter().all(|field| less[field].is_null()), "{less}");
    assert_eq!(ok(&ada.patch(ME, &json!({ "name": "" })).await)["name"], "countess");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_thing_cannot_be_taken_nothing_is_changed() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let bob = Api::of(app.addr, "bob").await;
    let before = ok(&bob.get(ME).await);
    let wrong = json!({
        "username": "b b",
        "bio": "Digs.",
        "time_zone": "Mars/Olympus",
        "status": { "text": "x".repeat(1000), "until": 7 },
        "quiet_until": -1,
        "quiet_hours": { "from": "25:00", "to": "7:00" },
    });
    let fields: Vec<Field> = faults(&bob.patch(ME, &wrong).await).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, [Field::TimeZone, Field::StatusText, Field::Until, Field::Username, Field::Until, Field::Until]);
    let taken = bob.patch(ME, &json!({ "username": "ada", "bio": "Digs." })).await;
    assert_eq!(faults(&taken), [(Field::Username, Problem::Taken)]);
    assert_eq!(ok(&bob.get(ME).await), before);
    for bad in [json!({ "bio": 5 }), json!({ "nothing": 1 }), json!({ "quiet_until": 1.5 }), json!([])] {
        bob.patch(ME, &bad).await.assert_refused(ErrorCode::BadRequest);
    }
    bob.patch(ME, &json!({ "quiet_until": i64::MAX })).await.assert_refused(ErrorCode::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_sent_as_it_is() {
    let app = TestApp::start().await;
    app.ada().await;
    let ada = Api::of(app.addr, "ada").await;
    let path = "/api/v1/me/picture";
    let send = async |api: &Api, file: Vec<u8>| Answer::to(api.request(Method::PUT, path).body(file)).await;
    let red = include_bytes!("support/red.png").to_vec();
    done(&send(&ada, red.clone()).await);
    let me = ok(&ada.get(ME).await);
    let shown = format!("/u/{}/picture/{}", me["id"].as_str().unwrap(), me["picture"].as_str().unwrap());
    assert_eq!(app.stranger().get(&shown).await.status, StatusCode::OK);
    assert_eq!(faults(&send(&ada, b"no picture".to_vec()).await), [(Field::Picture, Problem::Wrong)]);
    // More than other bodies may have, and more than a picture may have.
    assert_eq!(faults(&send(&ada, vec![0; 1_000_000]).await), [(Field::Picture, Problem::Wrong)]);
    send(&ada, vec![0; 9_000_000]).await.assert_refused(ErrorCode::TooLarge);
    send(&Api::guest(app.addr), red).await.assert_refused(ErrorCode::NotAuthenticated);
    done(&ada.delete(path).await);
    assert!(ok(&ada.get(ME).await)["picture"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (program, path) = (Program::at(app.addr), "/api/v1/me/sessions");
    let (ada, other, third) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "ada").await, program.sign_in("ada").await);
    let bob = Api::of(app.addr, "bob").await;
    let sessions = async |api: &Api| ok(&api.get(path).await)["sessions"].as_array().unwrap().clone();
    let listed = sessions(&ada).await;
    // The browser's, and three of programs.
    assert_eq!(listed.len(), 4);
    assert_eq!(listed.iter().map(|session| session["current"] == true).collect::<Vec<_>>(), [true, false, false, false]);
    let own = sessions(&other).await[0]["id"].as_str().unwrap().to_owned();
    assert_ne!(listed[0]["id"], own.as_str());

    let mut socket = Socket::open(app.addr, other.token.as_ref().unwrap()).await;
    bob.delete(&format!("{path}/{own}")).await.assert_refused(ErrorCode::NotFound);
    ada.delete(&format!("{path}/{NOBODY}")).await.assert_refused(ErrorCode::NotFound);
    ada.delete(&format!("{path}/mine")).await.assert_refused(ErrorCode::NotFound);
    done(&ada.delete(&format!("{path}/{own}")).await);
    assert_eq!(socket.closed().await.1, CloseCode::SignIn.number());
    other.get(ME).await.assert_refused(ErrorCode::NotAuthenticated);
    assert_eq!(program.verify(&third.access_token).await.status, StatusCode::OK);

    done(&ada.delete(path).await);
    program.verify(&third.access_token).await.assert_refused(ErrorCode::NotAuthenticated);
    assert_eq!(sessions(&ada).await.len(), 1);
    assert_eq!(bob.get(ME).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_by_who_knows_it() {
    let app = TestApp::start().await;
    app.ada().await;
    let (ada, other) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "ada").await);
    let change =
        async |current, new| ada.put("/api/v1/me/password", &json!({ "current_password": current, "new_password": new })).await;
    assert_eq!(faults(&change(NEW, PASSWORD).await), [(Field::CurrentPassword, Problem::Wrong)]);
    assert_eq!(faults(&change(PASSWORD, "short").await), [(Field::Password, Problem::TooShort { min: 8 })]);
    done(&change(PASSWORD, NEW).await);
    assert_eq!(ada.get(ME).await.status, StatusCode::OK);
    other.get(ME).await.assert_refused(ErrorCode::NotAuthenticated);
    let program = Program::at(app.addr);
    program.auth("token", json!({ "username": "ada", "password": PASSWORD })).await.assert_refused(ErrorCode::WrongCredentials);
    assert_eq!(program.auth("token", json!({ "username": "ada", "password": NEW })).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_takes_along_what_is_kept_about_them() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    app.bob().await.write("lobby", "mine").await;
    ada.write("lobby", "hers").await;
    let bob = Api::of(app.addr, "bob").await;
    let path = "/api/v1/me/export";
    let answer = bob.get(path).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let kept = ok(&answer);
    assert_eq!((&kept["account"]["username"], &kept["rooms"][0]["address"]), (&json!("bob"), &json!("lobby")));
    let texts: Vec<_> = kept["messages"].as_array().unwrap().iter().map(|message| &message["text"]).collect();
    assert_eq!(texts, ["mine"]);
    let entries = ok(&Api::of(app.addr, "ada").await.get("/api/v1/admin/audit?action=export").await)["entries"].clone();
    assert_eq!((&entries[0]["actor"], &entries[0]["subject"]), (&json!("@bob"), &json!("@bob")));

    // Not by a token that was made for something else: it shows from where one signs in.
    let made = bob.post("/api/v1/me/tokens", &json!({ "name": "It", "scopes": ["read"] })).await;
    let program = Api::with(app.addr, told(&made, StatusCode::CREATED)["token"].as_str().unwrap());
    program.get(path).await.assert_refused(ErrorCode::NotAllowed);
    bob.post("/api/v1/admin/people/bob/export", &json!({})).await.assert_refused(ErrorCode::NotAllowed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_goes_by_its_password() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (ada, bob) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await);
    let path = "/api/v1/me/delete";
    ada.post(path, &json!({ "password": PASSWORD })).await.assert_refused(ErrorCode::LastOwner);
    assert_eq!(faults(&bob.post(path, &json!({ "password": NEW })).await), [(Field::CurrentPassword, Problem::Wrong)]);
    bob.post(path, &json!({})).await.assert_refused(ErrorCode::BadRequest);
    done(&bob.post(path, &json!({ "password": PASSWORD })).await);
    bob.get(ME).await.assert_refused(ErrorCode::NotAuthenticated);
    ada.get("/api/v1/users/bob").await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_read_and_dismissed() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let bob = Api::of(app.addr, "bob").await;
    let path = "/api/v1/me/alerts";
    for text in ["Tea is at four.", "Cake is at five."] {
        chat::house::announce(&app.chat, chat::house::By::CommandLine, text).await.unwrap();
    }
    let alerts = ok(&bob.get(path).await);
    assert_eq!((&alerts["unread"], alerts["alerts"].as_array().unwrap().len()), (&json!(2), 2));
    let cake = alerts["alerts"].as_array().unwrap().iter().find(|alert| alert["text"] == "Cake is at five.").unwrap();
    let (rev, cake) = (alerts["rev"].as_i64().unwrap(), cake["id"].as_str().unwrap());
    done(&bob.post(&format!("{path}/{cake}/read"), &json!({})).await);
    // The same again, and one that is not there.
    done(&bob.post(&format!("{path}/{cake}/read"), &json!({})).await);
    done(&bob.post(&format!("{path}/{NOBODY}/read"), &json!({})).await);
    let since = ok(&bob.get(&format!("{path}?after={rev}")).await);
    assert_eq!((&since["unread"], since["alerts"].as_array().unwrap().len(), &since["reset"]), (&json!(1), 1, &json!(false)));
    done(&bob.post(&format!("{path}/read"), &json!({})).await);
    assert_eq!(ok(&bob.get(path).await)["unread"], 0);
    done(&bob.delete(&format!("{path}/{cake}")).await);
    assert_eq!(ok(&bob.get(path).await)["alerts"].as_array().unwrap().len(), 1);
    done(&bob.delete(path).await);
    assert_eq!(ok(&bob.get(path).await)["alerts"], json!([]));
    for after in ["-1", "-9223372036854775808", "9223372036854775808", "1.5", "x", ""] {
        bob.get(&format!("{path}?after={after}")).await.assert_refused(ErrorCode::BadRequest);
    }
    bob.delete(&format!("{path}/x")).await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everybody_is_told_stands_by_its_time() {
    let app = TestApp::start().await;
    app.ada().await;
    let ada = Api::of(app.addr, "ada").await;
    let texts: Vec<String> = (0..8).map(|number| format!("Tea is at {number}.")).collect();
    for (at, text) in texts.iter().enumerate() {
        chat::house::announce(&app.chat, chat::house::By::CommandLine, text).await.unwrap();
        app.sql(&format!("UPDATE alerts SET at = {at} WHERE text = '{text}'")).await;
    }
    let alerts = ok(&ada.get("/api/v1/me/alerts").await);
    let listed: Vec<&str> = alerts["alerts"].as_array().unwrap().iter().map(|alert| alert["text"].as_str().unwrap()).collect();
    assert_eq!(listed, texts.iter().rev().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_counted_as_the_list_has_it() {
    let app = TestApp::start().await;
    let (ada, _) = (app.ada().await, app.bob().await);
    let bob = Api::of(app.addr, "bob").await;
    ada.write("lobby", "The kettle is on").await;
    ada.write("lobby", "@bob, tea?").await;
    let unread = ok(&bob.get("/api/v1/me/unread").await);
    let lobby = &unread["rooms"][0];
    assert_eq!((&lobby["unread"], &lobby["mentions"]), (&json!(2), &json!(1)));
    assert_eq!(ok(&bob.post("/api/v1/me/unread/read", &json!({})).await), json!({ "rooms": 1 }));
    assert!(ok(&bob.get("/api/v1/me/unread").await)["rooms"][0]["unread"].is_null());
    assert_eq!(ok(&bob.post("/api/v1/me/unread/undo", &json!({})).await), json!({ "rooms": 1 }));
    assert_eq!(ok(&bob.get("/api/v1/me/unread").await)["rooms"][0], *lobby);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_calls_somebody_is_in_their_inbox() {
    let app = TestApp::start().await;
    let (ada, _) = (app.ada().await, app.bob().await);
    let (bob, path) = (Api::of(app.addr, "bob").await, "/api/v1/me/inbox");
    assert_eq!(ok(&bob.get(path).await)["calls"], json!([]));
    for number in 0..31 {
        ada.write("lobby", &format!("@bob, cup {number}?")).await;
    }
    let first = bob.get(path).await;
    let calls = ok(&first)["calls"].as_array().unwrap().clone();
    assert_eq!(
        (calls.len(), &calls[0]["message"]["body"], &calls[0]["reason"], &calls[0]["new"]),
        (30, &json!("@bob, cup 30?"), &json!("mention"), &json!(true))
    );
    assert_eq!(calls[0]["room"]["slug"], "lobby");
    let next = first.header("link").strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    let last = bob.get(&next).await;
    assert_eq!((&ok(&last)["calls"][0]["message"]["body"], last.header("link")), (&json!("@bob, cup 0?"), ""));
    for cursor in ["-1", "x", "eyJhIjoxfQ"] {
        bob.get(&format!("{path}?cursor={cursor}")).await.assert_refused(ErrorCode::BadRequest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_kept_by_their_id() {
    let app = TestApp::start().await;
    let (ada, _) = (app.ada().await, app.bob().await);
    let cellar = ada.create_private_room("cellar").await;
    ada.write(&cellar, "the recipe").await;
    for number in 0..51 {
        ada.write("lobby", &format!("cup {number}")).await;
    }
    let (mine, bob, path) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await, "/api/v1/me/bookmarks");
    let messages = async |api: &Api, room: &str| {
        ok(&api.get(&format!("/api/v1/rooms/{room}/messages")).await)["messages"].as_array().unwrap().clone()
    };
    let at = |message: &Value| format!("{path}/{}", message["id"].as_str().unwrap());
    let newest = messages(&bob, "lobby").await;
    let older = ok(&bob.get(&format!("/api/v1/rooms/lobby/messages?before={}", newest[0]["seq"])).await)["messages"]
        .as_array()
        .unwrap()
        .clone();
    let all = [older, newest].concat();
    assert_eq!(all.len(), 51);
    for message in &all {
        done(&bob.put(&at(message), &json!({})).await);
    }
    // Once more changes nothing.
    done(&bob.put(&at(&all[50]), &json!({})).await);
    let first = bob.get(path).await;
    let kept = ok(&first)["bookmarks"].as_array().unwrap().clone();
    assert_eq!((kept.len(), kept.iter().all(|kept| kept["author"]["username"] == "ada")), (50, true));
    let next = first.header("link").strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    let rest = bob.get(&next).await;
    assert_eq!((ok(&rest)["bookmarks"].as_array().unwrap().len(), rest.header("link")), (1, ""));
    for message in &all {
        done(&bob.delete(&at(message)).await);
    }
    assert_eq!(ok(&bob.get(path).await)["bookmarks"], json!([]));

    let hidden = at(&messages(&mine, &cellar).await[0]);
    Api::guest(app.addr).put(&at(&all[0]), &json!({})).await.assert_refused(ErrorCode::NotAuthenticated);
    for unknown in [hidden, format!("{path}/{NOBODY}"), format!("{path}/1")] {
        bob.put(&unknown, &json!({})).await.assert_refused(ErrorCode::NotFound);
        bob.delete(&unknown).await.assert_refused(ErrorCode::NotFound);
    }
    bob.get(&format!("{path}?cursor=LTE")).await.assert_refused(ErrorCode::BadRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_starred_and_muted() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let cellar = format!("/api/v1/me/rooms/{}", ada.create_private_room("cellar").await);
    app.bob().await;
    let (bob, path) = (Api::of(app.addr, "bob").await, "/api/v1/me/rooms/lobby");
    let before = ok(&bob.get(path).await);
    assert_eq!(
        (&before["starred"], &before["level"], &before["muted_until"]),
        (&json!(false), &json!("everything"), &Value::Null)
    );
    let changed = ok(&bob.patch(path, &json!({ "starred": true, "level": "mentions", "muted_until": FOR_GOOD })).await);
    assert_eq!(
        (&changed["starred"], &changed["level"], &changed["muted_until"]),
        (&json!(true), &json!("mentions"), &json!(FOR_GOOD))
    );
    let by_id = format!("/api/v1/me/rooms/{}", changed["room"].as_str().unwrap());
    assert_eq!(ok(&bob.patch(&by_id, &json!({ "muted_until": null })).await)["muted_until"], Value::Null);
    assert_eq!(ok(&bob.get(path).await)["level"], "mentions");

    for until in [-1, 0, 1, FOR_GOOD + 1] {
        let refused = bob.patch(path, &json!({ "muted_until": until, "starred": false })).await;
        assert_eq!(faults(&refused), [(Field::Until, Problem::Wrong)], "{until}");
    }
    assert_eq!(ok(&bob.get(path).await)["starred"], true);
    bob.patch(path, &json!({ "level": "some" })).await.assert_refused(ErrorCode::BadRequest);
    for unknown in [cellar.as_str(), "/api/v1/me/rooms/nothing", "/api/v1/me/rooms/a%00b"] {
        bob.get(unknown).await.assert_refused(ErrorCode::NotFound);
        bob.patch(unknown, &json!({ "starred": true })).await.assert_refused(ErrorCode::NotFound);
    }
}
