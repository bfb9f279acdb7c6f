use std::{fs, num::NonZeroUsize, time::SystemTime};

use chat::upkeep::{self, Fault};

use super::{Folder, execute, postgres, restore::damage, url_of};
use crate::scene::Scene;

/// The files in a folder, in order.
fn names(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.file("")).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_backups_the_newest_stay_and_nothing_else_is_touched() {
    let (data, folder) = (Folder::new(), Folder::new());
    let url = data.sqlite("data");
    let scene = Scene::on(&url).await;
    let start = SystemTime::now() - std::time::Duration::from_secs(86_400);
    for day in 1..=5_u64 {
        let file = folder.file(&format!("snug-2026110{day}.db"));
        upkeep::backup(&url, &file).await.unwrap();
        // Their age counts, not their names.
        let time = start + std::time::Duration::from_secs(60 * if day == 1 { 9 } else { day });
        fs::File::open(&file).unwrap().set_modified(time).unwrap();
    }
    // Of another kind, of others, and one that somebody has open.
    upkeep::backup(&url, &folder.file("snug-before.db")).await.unwrap();
    fs::write(folder.file("snug-20261109.db"), "Dear diary").unwrap();
    execute(&format!("{}?mode=rwc", url_of(&folder.file("snug-20261108.db"))), "CREATE TABLE recipes (name TEXT)").await;
    upkeep::backup(&url, &folder.file("snug-20261107.db")).await.unwrap();
    fs::write(folder.file("snug-20261107.db-wal"), "").unwrap();
    let others = ["snug-20261107.db", "snug-20261107.db-wal", "snug-20261108.db", "snug-20261109.db", "snug-before.db"];

    let made = upkeep::name_in(&folder.file("")).await.unwrap();
    assert!(upkeep::tells_time(&made));
    let removed = upkeep::keep_newest(&folder.file("snug-20261105.db"), NonZeroUsize::new(3).unwrap()).await.unwrap();
    assert_eq!(removed.len(), 2, "{removed:?}");
    let mut left: Vec<_> = ["snug-20261101.db", "snug-20261104.db", "snug-20261105.db"].into_iter().chain(others).collect();
    left.sort_unstable();
    assert_eq!(names(&folder), left);
    scene.chat.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_looked_at_without_being_restored() {
    let folder = Folder::new();
    for (number, url) in [folder.sqlite("data"), postgres().await].into_iter().enumerate() {
        let scene = Scene::on(&url).await;
        let ada = scene.person("ada").await;
        let garden = ada.room("garden", "open").await;
        ada.say(garden.id, "a seed").await;
        scene.chat.close().await;
        let file = folder.file(&format!("{number}.db"));
        upkeep::backup(&url, &file).await.unwrap();
        let before = fs::read(&file).unwrap();
        let holds = upkeep::check(&file).await.unwrap();
        assert_eq!((holds.accounts, holds.rooms, holds.messages), (1, 2, 1));
        assert_eq!(fs::read(&file).unwrap(), before);

        // A hole in a log is damage that SQLite does not know of.
        execute(&url_of(&file), "UPDATE rooms SET last_seq = 9 WHERE slug = 'garden'").await;
        let fault = upkeep::check(&file).await.unwrap_err();
        assert!(matches!(&fault, Fault::Damaged(_, why) if why.contains("garden")), "{fault}");
    }
    upkeep::backup(&folder.of_older_version("older").await, &folder.file("older.db")).await.unwrap();
    assert_eq!(upkeep::check(&folder.file("older.db")).await.unwrap().accounts, 1);
    damage(&folder.file("older.db"));
    assert!(matches!(upkeep::check(&folder.file("older.db")).await, Err(Fault::Damaged(..))));
    fs::write(folder.file("text.db"), "Dear diary, ".repeat(1000)).unwrap();
    assert!(matches!(upkeep::check(&folder.file("text.db")).await, Err(Fault::NotABackup(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_noted_in_the_database_and_not_in_itself() {
    let folder = Folder::new();
    for (number, url) in [folder.sqlite("data"), postgres().await].into_iter().enumerate() {
        let scene = Scene::on(&url).await;
        assert_eq!(upkeep::last_backup(&scene.chat).await.unwrap(), None);
        upkeep::note_backup(&url).await.unwrap();
        assert!(upkeep::last_backup(&scene.chat).await.unwrap().is_some_and(|at| at > 1_700_000_000_000));
        assert!(upkeep::database_bytes(&scene.chat).await.unwrap() > 10_000);
        let (file, target) = (folder.file(&format!("{number}.db")), folder.sqlite(&number.to_string()));
        upkeep::backup(&url, &file).await.unwrap();
        upkeep::restore(&target, &file, &|_| ()).await.unwrap();
        assert_eq!(upkeep::last_backup(&Scene::on(&target).await.chat).await.unwrap(), None);
    }
    // An older database has no place for it, and the backup is good all the same.
    upkeep::note_backup(&folder.of_older_version("older").await).await.unwrap();
}
