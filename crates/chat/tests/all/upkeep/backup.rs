use std::{fs, os::unix::fs::PermissionsExt};

use chat::{
    Settings, house, idempotency,
    invites::{self, NewInvite},
    messages::{NewText, Outgoing},
    tokens::NewToken,
    upkeep::{self, Fault, doctor},
};
use protocol::{ClientId, Extra, Room, RoomRef, Seq};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};

use super::{Folder, postgres, texts, url_of};
use crate::scene::{Person, Scene, a_few_at_a_time};

/// Two people, two rooms, and more messages than are copied at once.
async fn talk(url: &str) {
    let scene = Scene::on(url).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    run_the_house(&scene, &ada, &bob).await;
    let garden = ada.room("garden", "open").await;
    bob.join(&garden).await;
    let rose = bob.say(garden.id, "a rose").await.seq;
    chat::messages::report(&scene.chat, ada.actor(), &garden.id.into(), rose, "Thorns").await.unwrap();
    chat::rooms::set_address(&scene.chat, ada.actor(), &garden.id.into(), "roses").await.unwrap();
    speak_of(&scene, &ada, &garden, rose).await;
    chat::hooks::create(&scene.chat, ada.actor(), &garden.id.into(), "Weather").await.unwrap();
    ada.ban(&garden, &bob, "always").await.unwrap();
    let say = (0..1100).map(|number| ada.say(garden.id, if number % 2 == 0 { "ünïcödé 🌱" } else { "'; --" }));
    a_few_at_a_time(say).await;
    let key = idempotency::Key::parse("one").unwrap();
    idempotency::begin(&scene.chat, ada.session.user.id, key, b"a request").await.unwrap();
    scene.chat.close().await;
}

/// What hangs on a message.
async fn speak_of(scene: &Scene, ada: &Person, room: &Room, rose: Seq) {
    let name: RoomRef = room.id.into();
    let tulip = ada.say(room.id, "a tulip").await.seq;
    let text = NewText { room: name.clone(), seq: tulip, body: "two tulips".to_owned(), revision: 0 };
    chat::messages::edit(&scene.chat, ada.actor(), text).await.unwrap();
    chat::messages::react(&scene.chat, ada.actor(), &name, rose, "🌹", true).await.unwrap();
    let extra = Extra::from_text(r#"{"stem":40}"#.to_owned()).unwrap();
    let order = Outgoing { extra: Some(extra), ..Outgoing::new(name, ClientId::generate(), "an order".to_owned()) };
    chat::messages::send(&scene.chat, ada.actor(), order).await.unwrap();
    for start in [
        "INSERT INTO pins (room_id, seq, user_id, at) SELECT room_id, seq, author_id, 1",
        "INSERT INTO bookmarks (room_id, seq, user_id, at) SELECT room_id, seq, author_id, 1",
        "INSERT INTO inbox (room_id, seq, user_id, reason, at) SELECT room_id, seq, author_id, 'mention', 1",
        "INSERT INTO follows (room_id, seq, user_id) SELECT room_id, seq, author_id",
        "INSERT INTO outgoing_hooks (id, room_id, url, words, secret, bot_id, made_by, made_at, seq) \
         SELECT id, room_id, 'https://example.org/', 'rose', 'snug_whs_1', author_id, author_id, 1, seq",
        "INSERT INTO slash_commands (id, room_id, word, url, secret, bot_id, made_by, made_at) \
         SELECT id, room_id, 'rose', 'https://example.org/', 'snug_whs_2', author_id, author_id, 1",
        "INSERT INTO outgoing_deliveries (id, hook_id, seq, state, made_at, since, next_at, status, error) \
         SELECT id, id, seq, 'failed', 1, 1, 1, 500, 'answered 500'",
    ] {
        scene.sql(&format!("{start} FROM messages WHERE seq = {rose}")).await;
    }
}

/// Settings, an announcement, an invite, a link, and what the audit log has of them.
async fn run_the_house(scene: &Scene, ada: &Person, bob: &Person) {
    let settings = Settings { name: "The Mill".to_owned(), ..Settings::default() };
    house::change(&scene.chat, ada.actor(), settings).await.unwrap();
    house::announce(&scene.chat, ada.actor(), "Tea is ready").await.unwrap();
    invites::create(&scene.chat, house::By::Admin(ada.actor()), NewInvite::default()).await.unwrap();
    house::reset_link(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    let token = NewToken { name: "cron".to_owned(), scopes: vec!["read".to_owned()], expires_at: None };
    chat::tokens::create(&scene.chat, &ada.session, ada.session.user.id, token).await.unwrap();
    let red = include_bytes!("../../../../../server/tests/all/support/red.png");
    chat::accounts::set_picture(&scene.chat, &ada.session, red.to_vec()).await.unwrap();
}

/// Which tables two files do not have in common, row by row. New tables are looked at without being named here, but `talk` has to
/// put something into them: an empty one would prove nothing. The epoch is not copied, on purpose.
async fn differences(one: &str, other: &str) -> Vec<String> {
    let tables = texts(
        one,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('seaql_migrations', 'epoch', 'upkeep') ORDER BY name",
    )
    .await;
    let db = Database::connect(ConnectOptions::new(one).max_connections(1).to_owned()).await.unwrap();
    db.execute_unprepared(&format!("ATTACH '{}' AS other", other.trim_start_matches("sqlite://"))).await.unwrap();
    let mut different = Vec::new();
    for table in tables {
        let missing =
            |here, there| format!("(SELECT COUNT(*) FROM (SELECT * FROM {here}.{table} EXCEPT SELECT * FROM {there}.{table}))");
        let sql = format!("SELECT (SELECT COUNT(*) FROM {table}), {} + {}", missing("main", "other"), missing("other", "main"));
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        let (rows, different_rows): (i64, i64) = row.try_get_many_by_index().unwrap();
        assert!(rows > 0, "{table} is empty");
        if different_rows != 0 {
            different.push(table);
        }
    }
    different
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_from_sqlite_to_postgresql_and_back() {
    let folder = Folder::new();
    let (origin, elsewhere) = (folder.sqlite("origin"), postgres().await);
    talk(&origin).await;
    let (first, second) = (folder.file("first.db"), folder.file("second.db"));
    upkeep::backup(&origin, &first).await.unwrap();
    let restored = upkeep::restore(&elsewhere, &first, &|_| ()).await.unwrap();
    // The third account is that of the hook.
    assert_eq!((restored.accounts, restored.rooms, restored.messages), (3, 2, 1103));
    upkeep::backup(&elsewhere, &second).await.unwrap();
    assert_eq!(differences(&url_of(&first), &url_of(&second)).await, [""; 0]);

    let back = folder.sqlite("back");
    assert_eq!(upkeep::restore(&back, &second, &|_| ()).await.unwrap(), restored);
    assert_eq!(differences(&origin, &back).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_for_its_owner_and_replaces_nothing() {
    let folder = Folder::new();
    let url = folder.sqlite("data");
    Scene::on(&url).await;
    let file = folder.file("backup.db");
    upkeep::backup(&url, &file).await.unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    fs::write(&file, "something dear").unwrap();
    assert!(matches!(upkeep::backup(&url, &file).await, Err(Fault::Exists(name)) if name == file));
    assert_eq!(fs::read_to_string(&file).unwrap(), "something dear");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_fails_leaves_nothing_behind() {
    let folder = Folder::new();
    let nothing = folder.sqlite("nothing");
    assert!(matches!(upkeep::backup(&nothing, &folder.file("backup.db")).await, Err(Fault::Database(_))));
    assert!(matches!(upkeep::backup(&nothing, &folder.file("no/where.db")).await, Err(Fault::File(..))));
    assert_eq!(fs::read_dir(folder.file("")).unwrap().count(), 1, "more than the data folder");
    assert_eq!(fs::read_dir(folder.file("nothing")).unwrap().count(), 0, "a database came into being");
}

/// On SQLite and on PostgreSQL: each backup is one state, in which every log is whole, although the tables are read one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_in_the_middle_of_sends_is_one_state() {
    for on_postgres in [false, true] {
        let folder = Folder::new();
        let url = if on_postgres { postgres().await } else { folder.sqlite("data") };
        let scene = Scene::on(&url).await;
        let ada = scene.person("ada").await;
        let garden = ada.room("garden", "open").await;
        ada.say(garden.id, "the first").await;
        let sending = async {
            loop {
                futures::future::join_all((0..20).map(|_| ada.say(garden.id, "one more"))).await;
            }
        };
        let backups = async {
            for number in 0..5 {
                let file = folder.file(&format!("{number}.db"));
                upkeep::backup(&url, &file).await.unwrap();
                let found = doctor::database(&url_of(&file)).await;
                assert!(found.iter().all(|finding| finding.verdict == doctor::Verdict::Ok), "{found:?}");
            }
        };
        tokio::select! {
            () = sending => {}
            () = backups => {}
        }
        let counts = [0, 4].map(|number| url_of(&folder.file(&format!("{number}.db"))));
        let [first, last] = [messages(&counts[0]).await, messages(&counts[1]).await];
        assert!(first < last, "nothing was sent meanwhile: {first}, {last}");
    }
}

async fn messages(url: &str) -> usize {
    texts(url, "SELECT CAST(seq AS text) FROM messages").await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_older_postgresql_schema_no_backup_is_made() {
    use migration::{Migrator, MigratorTrait};
    let url = postgres().await;
    Migrator::up(&Database::connect(&url).await.unwrap(), Some(1)).await.unwrap();
    let folder = Folder::new();
    assert!(matches!(upkeep::backup(&url, &folder.file("backup.db")).await, Err(Fault::Older)));
}
