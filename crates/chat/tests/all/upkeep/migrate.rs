use std::time::Duration;

use chat::upkeep::{self, Fault};
use sea_orm::{ConnectionTrait, Database};
use tokio::time::timeout;

use super::{Desk, postgres, texts, url_of};

/// Long enough for a migration that waits for nobody to fail, short enough to wait.
const MOMENT: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn before_an_existing_database_is_changed_a_backup_is_taken() {
    let desk = Desk::new();
    let (url, backups) = (desk.of_older_version("data").await, desk.file("backups"));
    let migrated = upkeep::migrate(&url, &backups).await.unwrap();
    assert_eq!(migrated.steps, ["m20261121_000002_rooms"]);
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

#[tokio::test(flavor = "multi_thread")]
async fn without_a_backup_nothing_is_changed() {
    let desk = Desk::new();
    let url = desk.of_older_version("data").await;
    std::fs::write(desk.file("backups"), "not a folder").unwrap();
    assert!(matches!(upkeep::migrate(&url, &desk.file("backups")).await, Err(Fault::File(..))));
    assert_eq!(texts(&url, "SELECT version FROM seaql_migrations").await, ["m20261121_000001_accounts"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_new_database_there_is_nothing_to_keep() {
    let desk = Desk::new();
    for url in [desk.sqlite("data"), postgres().await] {
        let migrated = upkeep::migrate(&url, &desk.file("backups")).await.unwrap();
        assert!(migrated.steps.len() >= 2 && migrated.backup.is_none(), "{migrated:?}");
    }
    assert!(!desk.file("backups").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_left_alone() {
    let desk = Desk::new();
    let url = desk.of_newer_version("data").await;
    let fault = upkeep::migrate(&url, &desk.file("backups")).await.unwrap_err();
    assert!(matches!(&fault, Fault::Newer { .. }) && fault.to_string().contains("m30000101_000001_wonders"), "{fault}");
}

/// Of nodes that start at once one migrates, and the others find it done.
#[tokio::test(flavor = "multi_thread")]
async fn every_step_is_taken_once() {
    let desk = Desk::new();
    for url in [desk.sqlite("data"), postgres().await] {
        let backups = desk.file("backups");
        let all = futures::future::join_all((0..3).map(|_| upkeep::migrate(&url, &backups))).await;
        let mut steps: Vec<_> = all.into_iter().flat_map(|migrated| migrated.unwrap().steps).collect();
        steps.sort();
        assert_eq!(steps, texts(&url, "SELECT version FROM seaql_migrations ORDER BY version").await);
    }
}

/// A file that is not in WAL mode yet is switched to it under a lock that SQLite does not wait for.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_that_another_process_holds_is_waited_for() {
    let desk = Desk::new();
    let url = desk.sqlite("data");
    let other = Database::connect(format!("{url}?mode=rwc")).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let backups = desk.file("backups");
    let mut migrated = tokio::spawn(async move { upkeep::migrate(&url, &backups).await });
    let early = timeout(MOMENT, &mut migrated).await;
    assert!(early.is_err(), "{early:?}");
    other.execute_unprepared("ROLLBACK").await.unwrap();
    assert!(migrated.await.unwrap().unwrap().steps.len() >= 2);
}
