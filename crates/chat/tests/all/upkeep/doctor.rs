use chat::{
    SigningKey,
    upkeep::{
        self,
        doctor::{self, Finding, Verdict},
    },
};
use testkit::{Durability, Postgres};

use super::{Folder, execute, postgres, restore::damage, texts};
use crate::scene::Scene;

async fn talk(url: &str) {
    let scene = Scene::on(url).await;
    let ada = scene.person("ada").await;
    let garden = ada.room("garden", "open").await;
    for word in ["one", "two", "three"] {
        ada.say(garden.id, word).await;
    }
    scene.chat.close().await;
}

/// What is not as it should be. (The PostgreSQL that tests share does not wait for its disk, and says so.)
async fn faults(url: &str) -> Vec<Finding> {
    let found = doctor::database(url).await.into_iter();
    found.filter(|finding| finding.verdict != Verdict::Ok && finding.subject != "durability").collect()
}

async fn the_fault(url: &str) -> Finding {
    let mut faults = faults(url).await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_database_is_called_so() {
    let folder = Folder::new();
    let durable = Postgres::start(Durability::Full).await;
    for (url, name) in [(folder.sqlite("data"), "SQLite 3."), (durable.database().await, "PostgreSQL ")] {
        talk(&url).await;
        let before = texts(&url, "SELECT CAST(id AS text) FROM upkeep").await;
        let found = doctor::database(&url).await;
        assert!(found.iter().all(|finding| finding.verdict == Verdict::Ok), "{found:?}");
        assert!(found[0].detail.starts_with(name), "{found:?}");
        for subject in ["integrity", "indexes", "writing", "free space", "durability"] {
            let is_asked = match subject {
                "integrity" | "free space" => name == "SQLite 3.",
                "durability" => name != "SQLite 3.",
                _ => true,
            };
            assert_eq!(found.iter().any(|finding| finding.subject == subject), is_asked, "{subject}: {found:?}");
        }
        assert_eq!(texts(&url, "SELECT CAST(id AS text) FROM upkeep").await, before, "the trial is taken back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_index_that_is_gone_is_found() {
    let folder = Folder::new();
    for url in [folder.sqlite("data"), postgres().await] {
        talk(&url).await;
        execute(&url, "DROP INDEX messages_author_client").await;
        execute(&url, "CREATE INDEX messages_author_client ON messages (author_id, client_id)").await;
        let fault = the_fault(&url).await;
        assert!(fault.verdict == Verdict::Fail && fault.subject == "indexes", "{fault}");
        assert!(fault.detail.contains("messages (author_id, client_id)"), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_does_not_wait_for_its_disk_is_told() {
    let url = postgres().await;
    talk(&url).await;
    execute(&url, &format!("ALTER DATABASE {} SET synchronous_commit = off", url.rsplit('/').next().unwrap())).await;
    let found = doctor::database(&url).await;
    let fault = found.iter().find(|finding| finding.subject == "durability").unwrap();
    assert!(fault.verdict == Verdict::Fail && fault.detail.contains("off: fsync, synchronous_commit."), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_takes_no_writes_is_told() {
    let url = postgres().await;
    talk(&url).await;
    execute(&url, &format!("ALTER DATABASE {} SET default_transaction_read_only = on", url.rsplit('/').next().unwrap())).await;
    let fault = the_fault(&url).await;
    assert!(fault.subject == "writing" && fault.detail.contains("read-only"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_sign_with_different_keys_are_found() {
    let folder = Folder::new();
    let key = |name: &str| SigningKey::load_or_create(&folder.file(name)).unwrap();
    let (one, other) = (key("one"), key("other"));
    for url in [folder.sqlite("data"), postgres().await] {
        let scene = Scene::on(&url).await;
        assert_eq!(doctor::shared_key(&url, &one).await.verdict, Verdict::Ok);
        assert_eq!(upkeep::note_key(&scene.chat, &one).await.unwrap(), None);
        assert_eq!(upkeep::note_key(&scene.chat, &one).await.unwrap(), None);
        assert_eq!(doctor::shared_key(&url, &one).await.verdict, Verdict::Ok);
        let fault = doctor::shared_key(&url, &other).await;
        assert!(fault.verdict == Verdict::Fail && fault.detail.contains(&one.fingerprint()), "{fault}");
        assert_eq!(upkeep::note_key(&scene.chat, &other).await.unwrap(), Some(one.fingerprint()));
        assert_eq!(doctor::shared_key(&url, &other).await.verdict, Verdict::Ok);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_a_wrong_head_and_a_stray_message_are_found() {
    let last = "room_id = (SELECT id FROM rooms WHERE slug = 'garden') AND seq = 4";
    let middle = "room_id = (SELECT id FROM rooms WHERE slug = 'garden') AND seq = 3";
    let breaks = [
        // The joining of the founder is the first place, so the log has four.
        (format!("UPDATE room_events SET seq = 9 WHERE {middle}"), "4 places from 1 to 9, the head is 4"),
        (format!("DELETE FROM room_events WHERE {middle}"), "3 places from 1 to 4, the head is 4"),
        ("UPDATE rooms SET last_seq = 7 WHERE slug = 'garden'".to_owned(), "4 places from 1 to 4, the head is 7"),
        (format!("UPDATE messages SET seq = 99 WHERE {last}"), "not in the log under their place: 1"),
        (format!("UPDATE room_events SET kind = 'member_left' WHERE {last}"), "not in the log under their place: 1"),
    ];
    let folder = Folder::new();
    for (number, (sql, found)) in breaks.iter().enumerate() {
        for url in [folder.sqlite(&number.to_string()), postgres().await] {
            talk(&url).await;
            execute(&url, sql).await;
            let faults = faults(&url).await;
            assert!(
                faults.iter().all(|fault| fault.verdict == Verdict::Fail && fault.detail.starts_with("garden: ")),
                "{faults:?}"
            );
            assert!(faults.iter().any(|fault| fault.detail.contains(found)), "{sql}: {faults:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_to_the_file_is_found() {
    let folder = Folder::new();
    let url = folder.of_older_version("data").await;
    upkeep::migrate(&url, &folder.file("backups")).await.unwrap();
    assert_eq!(faults(&url).await.len(), 0);
    damage(&folder.file("data/snug.db"));
    let fault = the_fault(&url).await;
    assert!(fault.verdict == Verdict::Fail && fault.subject == "integrity", "{fault}");

    std::fs::write(folder.file("data/snug.db"), "Dear diary, ".repeat(1000)).unwrap();
    let fault = the_fault(&url).await;
    assert!(fault.verdict == Verdict::Fail && fault.subject == "database", "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_version_is_told() {
    let folder = Folder::new();
    let older = the_fault(&folder.of_older_version("older").await).await;
    assert!(older.verdict == Verdict::Warn && older.detail.contains("snug migrate"), "{older}");
    let newer = the_fault(&folder.of_newer_version("newer").await).await;
    assert!(newer.verdict == Verdict::Fail && newer.detail.contains("wonders"), "{newer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_told_and_not_made() {
    let folder = Folder::new();
    let fault = the_fault(&folder.sqlite("data")).await;
    assert!(fault.verdict == Verdict::Fail && fault.detail.contains("DATABASE_URL"), "{fault}");
    assert!(!folder.file("data/snug.db").exists());
    let fault = the_fault("postgres://snug@127.0.0.1:1/snug").await;
    assert_eq!(fault.verdict, Verdict::Fail);
}

async fn redis_is(url: &str, verdict: Verdict, told: &str) {
    let found = doctor::redis(url).await;
    assert!(found.verdict == verdict && found.detail.contains(told), "{found}");
    assert!(!found.detail.contains("hunter2"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_called_well_as_long_as_it_answers_and_passes_on_what_is_published() {
    let redis = testkit::Redis::start().await;
    let place = format!("127.0.0.1:{}", redis.port());
    redis_is(&redis.url(), Verdict::Ok, &place).await;

    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let without_channels = ["SETUSER", "mute", "on", ">hunter2", "+@all", "~*", "resetchannels"];
    let _: () = redis::cmd("ACL").arg(&without_channels).query_async(&mut connection).await.unwrap();
    redis_is(&format!("redis://mute:hunter2@{place}"), Verdict::Fail, "the channel snug").await;
    redis_is(&format!("redis://:hunter2@{place}"), Verdict::Fail, "does not answer").await;

    redis.freeze();
    redis_is(&redis.url(), Verdict::Fail, &format!("{place} does not answer")).await;
    redis.thaw();
    redis.kill();
    redis_is(&redis.url(), Verdict::Fail, &format!("{place} does not answer")).await;
    redis_is("redis://127.0.0.1:1/none", Verdict::Fail, "is REDIS_URL right?").await;
}
