use std::path::Path;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    PASSWORD,
    api::Api,
    binary::{Binary, output, snug},
};

/// Of [`PASSWORD`], as Django's hasher writes it.
const HASH: &str = "pbkdf2_sha256$1000$seasalt$rLsd57mWyYyysArqqdwsA9TLOtZXpAK67/8L6OyIQj8=";

/// What Django's migrations make of an app with rooms by courses, and of one whose messages are in no room.
const TABLES: [&str; 6] = [
    "CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, applied @TIME NOT NULL)",
    "CREATE TABLE auth_user (id INTEGER PRIMARY KEY, password VARCHAR(128) NOT NULL, last_login @TIME NULL, is_superuser BOOL NOT NULL, \
     username VARCHAR(150) NOT NULL UNIQUE, last_name VARCHAR(150) NOT NULL, email VARCHAR(254) NOT NULL, is_staff BOOL NOT NULL, \
     is_active BOOL NOT NULL, date_joined @TIME NOT NULL, first_name VARCHAR(150) NOT NULL)",
    "CREATE TABLE courses_course (id INTEGER PRIMARY KEY, title VARCHAR(200) NOT NULL, created @TIME NOT NULL, \
     owner_id INTEGER NOT NULL REFERENCES auth_user (id))",
    "CREATE TABLE courses_course_students (id INTEGER PRIMARY KEY, course_id INTEGER NOT NULL REFERENCES courses_course (id), \
     user_id INTEGER NOT NULL REFERENCES auth_user (id))",
    "CREATE TABLE chat_message (id INTEGER PRIMARY KEY, content TEXT NOT NULL, sent_on @TIME NOT NULL, \
     course_id INTEGER NOT NULL REFERENCES courses_course (id), user_id INTEGER NOT NULL REFERENCES auth_user (id))",
    "CREATE TABLE public_message (id INTEGER PRIMARY KEY, message TEXT NOT NULL, date @TIME NOT NULL, \
     sender_id INTEGER NOT NULL REFERENCES auth_user (id), type VARCHAR(20) NOT NULL DEFAULT 'text', \"extraData\" @JSON NULL)",
];

const ROWS: [&str; 7] = [
    "INSERT INTO django_migrations VALUES (1, 'contenttypes', '0001_initial', '2024-01-01 00:00:00.123456@ZONE')",
    "INSERT INTO auth_user VALUES \
     (1, '@HASH', NULL, FALSE, 'Bob.B', 'B', 'bob@example.org', FALSE, TRUE, '2024-01-02 00:00:00@ZONE', 'Bob'), \
     (2, '@HASH', NULL, TRUE, 'ada', 'Lovelace', 'ada@example.org', TRUE, TRUE, '2024-01-01 00:00:00@ZONE', 'Ada'), \
     (3, '!unusable', NULL, FALSE, 'cy', '', '', FALSE, TRUE, '2024-01-03 00:00:00@ZONE', ''), \
     (4, '@HASH', NULL, FALSE, 'gone', '', '', FALSE, FALSE, '2024-01-03 00:00:00@ZONE', ''), \
     (5, '@HASH', NULL, FALSE, 'admin', '', '', FALSE, TRUE, '2024-01-03 00:00:00@ZONE', '')",
    "INSERT INTO courses_course VALUES (7, 'Analytical engines', '2024-02-01 00:00:00@ZONE', 2)",
    "INSERT INTO courses_course_students VALUES (1, 7, 1)",
    "INSERT INTO chat_message VALUES \
     (1, 'the second one', '2024-03-01 10:20:30.250000@ZONE', 7, 1), \
     (2, 'the first one', '2024-03-01 10:20:29@ZONE', 7, 2), \
     (3, ' ', '2024-03-01 10:20:31@ZONE', 7, 2)",
    "INSERT INTO public_message (id, message, date, sender_id) VALUES (1, 'hello, everybody', '2024-04-01 00:00:00@ZONE', 1)",
    "INSERT INTO public_message VALUES \
     (3, 'a picture', '2024-04-01 00:00:01@ZONE', 1, 'image', '{\"url\": \"https://example.org/x\"}'), \
     (4, 'empty', '2024-04-01 00:00:02@ZONE', 1, 'text', '{}'), \
     (5, 'large', '2024-04-01 00:00:03@ZONE', 1, 'file', '{\"much\": \"@MUCH\"}')",
];

/// A database of Django's, of the kind that is tested.
async fn django(folder: &Path) -> (DatabaseConnection, String) {
    let url = testkit::database_url(folder).await;
    let is_sqlite = chat::urls::is_sqlite(&url);
    let database = Database::connect(if is_sqlite { format!("{url}?mode=rwc") } else { url.clone() }).await.unwrap();
    let (time, zone, json) = if is_sqlite { ("datetime", "", "text") } else { ("timestamp with time zone", "+00", "jsonb") };
    for statement in TABLES.iter().chain(&ROWS) {
        let statement = statement.replace("@TIME", time).replace("@ZONE", zone).replace("@HASH", HASH).replace("@JSON", json);
        let statement = statement.replace("@MUCH", &"x".repeat(4096));
        database.execute_unprepared(&statement).await.unwrap();
    }
    let from = if is_sqlite { chat::urls::sqlite_file(&url).unwrap().display().to_string() } else { url };
    (database, from)
}

async fn ours() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = testkit::database_url(folder.path()).await;
    (folder, url)
}

fn import(folder: &Path, url: &str, from: &str) -> Value {
    let mut command = snug(&["import", "django", from, "--json", "--data-dir"]);
    let output = output(command.arg(folder).env("DATABASE_URL", url));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn people_rooms_and_messages_come_once_with_their_times_and_sign_in_as_before() {
    let (there, (folder, url)) = (tempfile::tempdir().unwrap(), ours().await);
    let (database, from) = django(there.path()).await;
    let report = import(folder.path(), &url, &from);
    let came = |report: &Value| ["people", "rooms", "messages"].map(|kind| report[kind]["came"].as_u64().unwrap());
    assert_eq!(came(&report), [5, 1, 6], "{report}");
    let left = json!({
        "its text is empty or too long": { "count": 1, "such_as": ["3"] },
        "its extraData is too long, the text came without it": { "count": 1, "such_as": ["5"] },
    });
    assert_eq!(report["messages"]["left"], left);
    assert_eq!(report["people"]["renamed"], json!([["Bob.B", "bob.b"], ["admin", "former-admin"]]));

    let server = Binary::start(folder.path(), &[("DATABASE_URL", &url), ("SNUG_COMPAT", "channels")]);
    let program = Api::guest(server.addr);
    let ask = |name: &str, password: &str| json!({ "username": name, "password": password });
    // The second sign-in is by the hash that the first one has made.
    for _ in 0..2 {
        assert_eq!(program.post("/api/v1/auth/token", &ask("ada", PASSWORD)).await.status, 200);
    }
    for (name, password) in [("ada", "another one"), ("cy", PASSWORD), ("cy", "!unusable")] {
        let refused = program.post("/api/v1/auth/token", &ask(name, password)).await;
        refused.assert_refused(protocol::ErrorCode::WrongCredentials);
    }
    program.post("/api/v1/auth/token", &ask("gone", PASSWORD)).await.assert_refused(protocol::ErrorCode::Suspended);
    let bob = Api::of(server.addr, "bob.b").await;
    let me = bob.get("/auth/users/me/").await.json();
    assert_eq!((&me["username"], &me["name"]), (&json!("bob.b"), &json!("Bob B")));
    let chats = bob.get("/chat/api/chats/").await.json();
    let course = chats.as_array().unwrap().iter().find(|chat| chat["name"] == "Analytical engines").unwrap();
    assert_eq!(course["visibility"], "private");
    let messages = bob.get(&format!("/chat/api/messages/?refChat={}", course["id"].as_str().unwrap())).await.json();
    let texts: Vec<_> = messages.as_array().unwrap().iter().map(|said| (&said["message"], &said["createdAt"])).collect();
    let expected = [
        (json!("the first one"), json!("2024-03-01T10:20:29.000+00:00")),
        (json!("the second one"), json!("2024-03-01T10:20:30.250+00:00")),
    ];
    assert_eq!(texts, expected.iter().map(|(text, at)| (text, at)).collect::<Vec<_>>());
    let lobby = bob.get("/chat/api/messages/?refChat=lobby").await.json();
    let carried: Vec<_> =
        lobby.as_array().unwrap().iter().map(|said| json!([said["message"], said["type"], said["extraData"]])).collect();
    let expected = [
        json!(["hello, everybody", "text", null]),
        json!(["a picture", "image", { "url": "https://example.org/x" }]),
        json!(["empty", "text", null]),
        json!(["large", "text", null]),
    ];
    assert_eq!(carried, expected);
    let ada = Api::of(server.addr, "ada").await;
    let audited = ada.get("/api/v1/admin/audit?action=import").await.json()["entries"].clone();
    let entry = &audited[0];
    assert_eq!(audited.as_array().unwrap().len(), 1);
    assert_eq!((&entry["actor"], &entry["detail"]), (&json!("command line"), &json!("accounts: 5, rooms: 1, messages: 6")));
    drop(server);

    // Again, with what was written since; a name that was chosen stays.
    database.execute_unprepared(&ROWS[5].replace("(1, ", "(2, ").replace("@ZONE", "")).await.unwrap();
    let again = import(folder.path(), &url, &from);
    assert_eq!(came(&again), [0, 0, 1], "{again}");
    assert_eq!(["people", "rooms", "messages"].map(|kind| again[kind]["there"].as_u64().unwrap()), [5, 1, 6]);
}

#[tokio::test]
async fn what_is_no_django_project_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.sqlite3");
    Database::connect(format!("sqlite://{}?mode=rwc", empty.display()))
        .await
        .unwrap()
        .execute_unprepared("CREATE TABLE a (b)")
        .await
        .unwrap();
    for (from, why) in
        [(empty.display().to_string(), "no table there has people"), ("/nowhere/db.sqlite3".to_owned(), "cannot be read")]
    {
        let output = output(snug(&["import", "django", &from, "--data-dir"]).arg(folder.path()));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(why), "{said}");
    }
}
