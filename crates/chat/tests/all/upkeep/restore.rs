use std::fs;

use chat::{
    messages, rooms, sessions,
    upkeep::{self, Fault},
};
use protocol::{ClientId, Window};

use super::{Folder, execute, postgres, texts, url_of};
use crate::scene::{HOME, PASSWORD, Scene};

/// On every way from one database to another, also the one back to its own kind.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_restored_goes_on_where_it_was() {
    let folder = Folder::new();
    let ways = [
        (folder.sqlite("a"), folder.sqlite("b")),
        (folder.sqlite("c"), postgres().await),
        (postgres().await, folder.sqlite("d")),
        (postgres().await, postgres().await),
    ];
    for (number, (from, to)) in ways.into_iter().enumerate() {
        let scene = Scene::on(&from).await;
        let ada = scene.person("ada").await;
        let garden = ada.room("garden", "open").await;
        let retried = ClientId::generate();
        let first = ada.try_say(garden.id, retried, "a seed").await.unwrap();
        let refresh_token = ada.refresh_token.clone();
        let file = folder.file(&format!("{number}.db"));
        upkeep::backup(&from, &file).await.unwrap();
        ada.say(garden.id, "too late").await;

        // A server that was started on the new database before has left a lobby there.
        Scene::on(&to).await.chat.close().await;
        upkeep::restore(&to, &file, &|_| ()).await.unwrap();
        let scene = Scene::on(&to).await;
        let signed_in = sessions::sign_in(&scene.chat, "ada", PASSWORD, HOME).await.unwrap();
        let still_in = sessions::by_refresh_token(&scene.chat, &refresh_token).await.unwrap();
        assert_eq!(still_in.map(|visitor| visitor.session.user), Some(signed_in.session.user.clone()));
        let actor = Some(&signed_in.session).into();
        let page = messages::page(&scene.chat, actor, &garden.id.into(), Window::Latest).await.unwrap();
        let bodies: Vec<_> = page.messages.iter().map(|message| (message.seq, message.body.as_str())).collect();
        assert_eq!(bodies, [(first.seq, "a seed")]);
        assert_eq!(rooms::list(&scene.chat, actor).await.unwrap().len(), 2);

        let outgoing = |client_id, body: &str| messages::Outgoing::new(garden.id.into(), client_id, body.to_owned());
        let again = messages::send(&scene.chat, actor, outgoing(retried, "a seed")).await.unwrap();
        assert_eq!((again.message, again.seq), (first.message, first.seq));
        let next = messages::send(&scene.chat, actor, outgoing(ClientId::generate(), "a sprout")).await.unwrap();
        assert_eq!(next.seq.0, first.seq.0 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sets_of_data_are_not_mixed() {
    let folder = Folder::new();
    let (source, file) = (folder.sqlite("source"), folder.file("backup.db"));
    Scene::on(&source).await.person("ada").await;
    upkeep::backup(&source, &file).await.unwrap();
    for target in [folder.sqlite("target"), postgres().await] {
        Scene::on(&target).await.person("bob").await;
        let fault = upkeep::restore(&target, &file, &|_| ()).await.unwrap_err();
        assert!(matches!(fault, Fault::NotEmpty { accounts: 1, rooms: 1 }), "{fault}");
        assert_eq!(texts(&target, "SELECT username FROM users").await, ["bob"]);
    }
    let older = folder.of_older_version("older").await;
    assert!(matches!(upkeep::restore(&older, &file, &|_| ()).await, Err(Fault::Older)));
    assert_eq!(texts(&older, "SELECT version FROM seaql_migrations").await, ["m20261121_000001_accounts"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_backup_is_brought_up_to_date_and_itself_left_alone() {
    let folder = Folder::new();
    let (old, file) = (folder.of_older_version("old").await, folder.file("backup.db"));
    upkeep::backup(&old, &file).await.unwrap();
    let before = fs::read(&file).unwrap();
    for target in [folder.sqlite("target"), postgres().await] {
        assert_eq!(upkeep::restore(&target, &file, &|_| ()).await.unwrap().accounts, 1);
        assert_eq!(texts(&target, "SELECT username FROM users").await, ["ada"]);
    }
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sound_backup_is_refused() {
    let folder = Folder::new();
    let target = folder.sqlite("target");
    let restore = async |name: &str| upkeep::restore(&target, &folder.file(name), &|_| ()).await.unwrap_err();

    assert!(matches!(restore("missing.db").await, Fault::File(..)));
    fs::write(folder.file("text.db"), "Dear diary, ".repeat(1000)).unwrap();
    assert!(matches!(restore("text.db").await, Fault::NotABackup(_)));
    fs::write(folder.file("empty.db"), "").unwrap();
    assert!(matches!(restore("empty.db").await, Fault::NotABackup(_)));
    let other = folder.file("other.db");
    execute(&format!("{}?mode=rwc", url_of(&other)), "CREATE TABLE recipes (name TEXT)").await;
    assert!(matches!(restore("other.db").await, Fault::NotABackup(_)));

    upkeep::backup(&folder.of_newer_version("newer").await, &folder.file("newer.db")).await.unwrap();
    let fault = restore("newer.db").await;
    assert!(matches!(&fault, Fault::Newer { step, .. } if step == "m30000101_000001_wonders"), "{fault}");

    upkeep::backup(&folder.of_older_version("damaged").await, &folder.file("damaged.db")).await.unwrap();
    damage(&folder.file("damaged.db"));
    let fault = restore("damaged.db").await;
    assert!(matches!(fault, Fault::Damaged(..)), "{fault}");
    assert!(!folder.file("target/snug.db").exists(), "the target was touched");
}

/// Whatever is wrong with the backup is told of the backup, not of the database, which may be fine.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_not_whole_is_named() {
    let folder = Folder::new();
    let source = folder.sqlite("source");
    let scene = Scene::on(&source).await;
    let ada = scene.person("ada").await;
    let garden = ada.room("garden", "open").await;
    for _ in 0..200 {
        ada.say(garden.id, &"thyme ".repeat(100)).await;
    }
    let whole = folder.file("whole.db");
    upkeep::backup(&source, &whole).await.unwrap();
    let bytes = fs::read(&whole).unwrap();
    let half = folder.file("half.db");
    fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    let torn = folder.file("torn.db");
    let middle = bytes.len() / 2;
    fs::write(&torn, [&bytes[..middle], &[0x5a; 20_000], &bytes[middle + 20_000..]].concat()).unwrap();
    let breaks = [
        ("no-table", "DROP TABLE room_events"),
        ("no-column", "ALTER TABLE rooms RENAME COLUMN topic TO subject"),
        ("no-message", "PRAGMA foreign_keys = OFF; DELETE FROM messages WHERE seq = 100"),
        ("no-place", "UPDATE rooms SET last_seq = 500 WHERE slug = 'garden'"),
    ];
    let mut files = vec![half, torn];
    for (name, sql) in breaks {
        let file = folder.file(&format!("{name}.db"));
        fs::copy(&whole, &file).unwrap();
        execute(&url_of(&file), sql).await;
        files.push(file);
    }
    for target in [folder.sqlite("target"), postgres().await] {
        for file in &files {
            let fault = upkeep::restore(&target, file, &|_| ()).await.unwrap_err();
            assert!(matches!(&fault, Fault::Damaged(named, _) if named == file), "{}: {fault}", file.display());
        }
        // And the database takes the next one.
        assert_eq!(upkeep::restore(&target, &whole, &|_| ()).await.unwrap().messages, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_a_restore_is_is_told_up_to_its_last_row() {
    let folder = Folder::new();
    let (source, file) = (folder.sqlite("source"), folder.file("backup.db"));
    let scene = Scene::on(&source).await;
    let ada = scene.person("ada").await;
    let room = ada.room("garden", "open").await;
    ada.say(room.id, "thyme").await;
    upkeep::backup(&source, &file).await.unwrap();
    let tables = ["users", "sessions", "refresh_tokens", "devices", "rooms", "memberships", "messages", "room_events"];
    let mut rows = 0;
    for table in tables {
        rows += texts(&source, &format!("SELECT 'row' FROM {table}")).await.len() as u64;
    }
    for target in [folder.sqlite("target"), postgres().await] {
        let told = std::sync::Mutex::new(Vec::new());
        upkeep::restore(&target, &file, &|progress| told.lock().unwrap().push(progress)).await.unwrap();
        let told = told.into_inner().unwrap();
        assert!(told.is_sorted_by_key(|progress| progress.done), "{told:?}");
        assert_eq!(told.last(), Some(&upkeep::Progress { done: rows, rows }));
    }
}

/// Breaks the page of the index over the user names: the name there is no longer the one in the table.
pub fn damage(file: &std::path::Path) {
    let mut bytes = fs::read(file).unwrap();
    let at = bytes.windows(3).rposition(|window| window == b"ada").unwrap();
    bytes[at] = b'o';
    fs::write(file, bytes).unwrap();
}
