use std::time::Duration;

use chat::upkeep::{self, Fault};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};
use tokio::time::timeout;

use super::{Folder, execute, postgres, texts, url_of};

/// Long enough for a migration that waits for nobody to fail, short enough to wait.
const MOMENT: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn before_an_existing_database_is_changed_a_backup_is_taken() {
    let folder = Folder::new();
    let (url, backups) = (folder.of_older_version("data").await, folder.file("backups"));
    let migrated = upkeep::migrate(&url, &backups).await.unwrap();
    assert_eq!(migrated.steps.first().map(String::as_str), Some("m20261121_000002_rooms"));
    let backup = migrated.backup.unwrap();
    let name = backup.file_name().unwrap().to_str().unwrap();
    assert!(
        backup.starts_with(&backups) && name.starts_with("before-m20261121_000002_rooms-2") && name.ends_with("Z.db"),
        "{name}"
    );

    let tables = "SELECT name FROM sqlite_master WHERE name = 'rooms'";
    assert_eq!(texts(&url_of(&backup), tables).await, [""; 0], "the backup is of later");
    assert_eq!(texts(&url_of(&backup), "SELECT username FROM users").await, ["ada"]);
    assert_eq!(texts(&url, tables).await, ["rooms"]);

    let again = upkeep::migrate(&url, &backups).await.unwrap();
    assert!(again.steps.is_empty() && again.backup.is_none(), "{again:?}");
}

/// Nobody may take another backup for a long time, and each start is a migration.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_sweeps_what_a_backup_that_was_killed_has_left() {
    let folder = Folder::new();
    let (url, backups) = (folder.sqlite("data"), folder.file("backups"));
    std::fs::create_dir(&backups).unwrap();
    for name in [".snug-backup-dead", ".snug-backup-dead-journal", "2026-11-01.db"] {
        std::fs::write(backups.join(name), "half").unwrap();
    }
    upkeep::migrate(&url, &backups).await.unwrap();
    let left: Vec<_> = std::fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["2026-11-01.db"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_backup_nothing_is_changed() {
    let folder = Folder::new();
    let url = folder.of_older_version("data").await;
    std::fs::write(folder.file("backups"), "not a folder").unwrap();
    assert!(matches!(upkeep::migrate(&url, &folder.file("backups")).await, Err(Fault::File(..))));
    assert_eq!(texts(&url, "SELECT version FROM seaql_migrations").await, ["m20261121_000001_accounts"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_new_database_there_is_nothing_to_keep() {
    let folder = Folder::new();
    for url in [folder.sqlite("data"), postgres().await] {
        let migrated = upkeep::migrate(&url, &folder.file("backups")).await.unwrap();
        assert!(migrated.steps.len() >= 2 && migrated.backup.is_none(), "{migrated:?}");
    }
    assert!(!folder.file("backups").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_left_alone() {
    let folder = Folder::new();
    let url = folder.of_newer_version("data").await;
    let fault = upkeep::migrate(&url, &folder.file("backups")).await.unwrap_err();
    assert!(matches!(&fault, Fault::Newer { .. }) && fault.to_string().contains("m30000101_000001_wonders"), "{fault}");
}

/// Of nodes that start at once one migrates, and the others find it done.
#[tokio::test(flavor = "multi_thread")]
async fn every_step_is_taken_once() {
    let folder = Folder::new();
    for url in [folder.sqlite("data"), postgres().await] {
        let backups = folder.file("backups");
        let all = futures::future::join_all((0..3).map(|_| upkeep::migrate(&url, &backups))).await;
        let mut steps: Vec<_> = all.into_iter().flat_map(|migrated| migrated.unwrap().steps).collect();
        steps.sort();
        assert_eq!(steps, texts(&url, "SELECT version FROM seaql_migrations ORDER BY version").await);
    }
}

/// A file that is not in WAL mode yet is switched to it under a lock that SQLite does not wait for.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_that_another_process_holds_is_waited_for() {
    let folder = Folder::new();
    let url = folder.sqlite("data");
    let other = Database::connect(format!("{url}?mode=rwc")).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let backups = folder.file("backups");
    let mut migrated = tokio::spawn(async move { upkeep::migrate(&url, &backups).await });
    let early = timeout(MOMENT, &mut migrated).await;
    assert!(early.is_err(), "{early:?}");
    other.execute_unprepared("ROLLBACK").await.unwrap();
    assert!(migrated.await.unwrap().unwrap().steps.len() >= 2);
}

/// The tables that are made anew hold what they held, on the way there and on the way back.
#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_made_anew_keep_their_rows() {
    let folder = Folder::new();
    let url = folder.of_older_version("data").await;
    let db = Database::connect(&url).await.unwrap();
    Migrator::up(&db, Some(1)).await.unwrap();
    let id = |n: u8| format!("x'0193a0c00000700080000000000000{n:02}'");
    let (ada, room, message, client) = (id(1), id(2), id(3), id(4));
    for row in [
        format!("INSERT INTO rooms VALUES ({room}, 'garden', 'Garden', '', 'public', 2, 1)"),
        format!("INSERT INTO messages VALUES ({message}, {room}, 2, {ada}, {client}, 'Thyme', 5)"),
        format!("INSERT INTO room_events VALUES ({room}, 1, 'member_joined', NULL, {ada}, 4)"),
        format!("INSERT INTO room_events VALUES ({room}, 2, 'message_created', {message}, {ada}, 5)"),
    ] {
        db.execute_unprepared(&row).await.unwrap();
    }
    let kept = "SELECT group_concat(kind || seq || coalesce(body, '') || e.at) FROM (SELECT * FROM room_events ORDER BY seq) e \
                LEFT JOIN messages m ON m.id = e.message_id AND m.room_id = e.room_id";
    let kept = kept.replace("seq || coalesce", "e.seq || coalesce");
    let layout = "SELECT count(*) || '' FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'";
    for (up, clustered) in [(true, "2"), (false, "0"), (true, "2")] {
        if up { Migrator::up(&db, Some(1)).await } else { Migrator::down(&db, Some(1)).await }.unwrap();
        assert_eq!(texts(&url, &kept).await, ["member_joined14,message_created2Thyme5"]);
        assert_eq!(texts(&url, layout).await, [clustered]);
        assert_eq!(texts(&url, "SELECT 'damaged' FROM pragma_foreign_key_check").await, [""; 0]);
    }
    let twice = format!("INSERT INTO messages VALUES ({}, {room}, 3, {ada}, {client}, 'Sage', 6)", id(5));
    assert!(db.execute_unprepared(&twice).await.is_err(), "one client id twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_somebody_else_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    let (plain, orm) = (folder.sqlite("plain"), folder.sqlite("orm"));
    let (file, backup) = (folder.file("plain/snug.db"), folder.file("backup.db"));
    upkeep::backup(&folder.of_older_version("ours").await, &backup).await.unwrap();
    for url in [&plain, &orm, &postgres().await] {
        let make = if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url.clone() };
        execute(&make, "CREATE TABLE recipes (name TEXT)").await;
        if url == &orm {
            // Of another program that is made with the same library, and with the same kind of journal.
            execute(&make, "PRAGMA journal_mode = WAL").await;
            execute(&make, "CREATE TABLE seaql_migrations (version TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)").await;
            execute(&make, "INSERT INTO seaql_migrations VALUES ('m20220101_000001_recipes', 1)").await;
        }
        let before = std::fs::read(&file).unwrap();
        for fault in [
            upkeep::migrate(url, &folder.file("backups")).await.map(|_| ()).unwrap_err(),
            upkeep::restore(url, &backup, &|_| ()).await.map(|_| ()).unwrap_err(),
        ] {
            assert!(matches!(&fault, Fault::Foreign(_, table) if table == "recipes"), "{fault}");
        }
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_transaction_mode_is_called_that() {
    let url = postgres().await;
    let server = std::net::SocketAddr::from(([127, 0, 0, 1], testkit::Postgres::shared().await.port()));
    let pooler = testkit::pool_transactions(server).await;
    let pooled = url.replace(&server.to_string(), &pooler.to_string());
    assert_ne!(pooled, url);
    let folder = Folder::new();
    let fault = upkeep::migrate(&pooled, &folder.file("backups")).await.unwrap_err();
    assert!(matches!(fault, Fault::Pooler(_)), "{fault}");
    let found = upkeep::doctor::database(&pooled).await;
    assert!(matches!(&found[..], [fault] if fault.detail.contains("transaction mode")), "{found:?}");
    upkeep::migrate(&url, &folder.file("backups")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_can_be_taken_back_and_again() {
    let folder = Folder::new();
    for url in [format!("{}?mode=rwc", folder.sqlite("data")), postgres().await] {
        let db = Database::connect(&url).await.unwrap();
        for _ in 0..2 {
            Migrator::up(&db, None).await.unwrap();
            Migrator::down(&db, None).await.unwrap();
        }
        db.close().await.unwrap();
    }
}
