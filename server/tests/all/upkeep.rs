//! `snug backup`, `restore`, `migrate` and `doctor`, beside a server and without one. On the SQLite file of a data folder; what differs on
//! PostgreSQL is tested in `chat`.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Output,
};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};
use testkit::sqlite_url;

use crate::support::{
    audit::Audit,
    binary::{Binary, SIGNING_KEY, output, snug},
    person::Program,
};

/// Runs a command on a data folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    output(snug(arguments).arg("--data-dir").arg(folder))
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let outcome = run(folder, arguments);
    assert!(outcome.status.success(), "{outcome:?}");
    String::from_utf8(outcome.stdout).unwrap()
}

fn path_in(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_server_at_work_holds_what_was_acknowledged_before() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut server = Binary::start(old.path(), &[]);
    server.stranger().register("ada").await;
    server.stranger().register("bob").await;
    let mut ada = Program::at(server.addr).socket("ada").await;
    let mut bob = Program::at(server.addr).socket("bob").await;
    let mut acks = Vec::new();
    for _ in 0..20 {
        acks.push(ada.say("lobby", "before").await);
    }
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let busy = tokio::spawn(async move {
        let mut sent = 0;
        while stopped.try_recv() == Err(tokio::sync::oneshot::error::TryRecvError::Empty) {
            bob.say("lobby", "meanwhile").await;
            sent += 1;
        }
        sent
    });
    let file = path_in(old.path(), "backup.db");
    let (folder, name) = (old.path().to_owned(), file.clone());
    tokio::task::spawn_blocking(move || done(&folder, &["backup", &name])).await.unwrap();
    stop.send(()).unwrap();
    assert!(busy.await.unwrap() > 0, "nothing was sent meanwhile");
    server.kill();

    let told = done(new.path(), &["restore", &file]);
    assert!(told.contains("Accounts: 2, rooms: 1"), "{told}");
    let audit = Audit::of(&sqlite_url(new.path()), "lobby").await;
    audit.assert_no_gaps();
    audit.assert_holds(&acks);

    // Who had an account has it, and the room goes on.
    let server = Binary::start(new.path(), &[]);
    let mut ada = Program::at(server.addr).socket("ada").await;
    assert_eq!(ada.say("lobby", "after").await.seq.0, audit.last_seq + 1);
    server.stranger().get("/r/lobby").await.assert_has("before");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// In a folder that was there before and that everybody may look into, made by somebody without a thought for it.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_and_its_backups_are_for_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let (data, backups) = (folder.path().join("snug.db"), folder.path().join("backups"));
    let db = Database::connect(format!("{}?mode=rwc", sqlite_url(folder.path()))).await.unwrap();
    Migrator::up(&db, Some(1)).await.unwrap();
    db.close().await.unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o644)).unwrap();
    fs::create_dir(&backups).unwrap();
    let old = backups.join("old.db");
    fs::copy(&data, &old).unwrap();
    for (path, open) in [(&old, 0o644), (&backups, 0o755)] {
        fs::set_permissions(path, Permissions::from_mode(open)).unwrap();
    }
    let told = String::from_utf8(run(folder.path(), &["doctor"]).stdout).unwrap();
    let line = told.lines().find(|line| line.contains("chmod go=")).unwrap();
    for path in [&data, &backups, &old] {
        assert!(line.starts_with("FAIL") && line.contains(&path.display().to_string()), "{line}");
    }

    let server = Binary::start(folder.path(), &[]);
    server.stranger().register("ada").await;
    let files = fs::read_dir(folder.path()).unwrap().chain(fs::read_dir(&backups).unwrap()).map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.file_name().unwrap() != "log").collect();
    for name in ["snug.db", "snug.db-wal", "snug.db-shm", "snug.db-mark", "signing.key", "backups", "old.db"] {
        assert!(files.iter().any(|path| path.file_name().unwrap() == name), "{name}: {files:?}");
    }
    for path in &files {
        assert_eq!(mode(path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    assert!(done(folder.path(), &["doctor"]).contains("data and backups are for their owner alone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_file_is_replaced_ends_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Binary::start(folder.path(), &[]);
    done(folder.path(), &["backup", &path_in(folder.path(), "backup.db")]);
    fs::rename(path_in(folder.path(), "backup.db"), path_in(folder.path(), "snug.db")).unwrap();
    assert!(!server.ended().await.success());
    assert!(server.log().contains("was replaced or moved away"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_in_a_folder_are_named_kept_and_looked_at() {
    let (folder, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = Binary::start(folder.path(), &[]);
    server.stranger().register("ada").await;
    drop(server);
    let path = backups.path().display().to_string();
    for day in ["01", "02", "03"] {
        done(folder.path(), &["backup", &path_in(backups.path(), &format!("snug-202601{day}T000000Z.db"))]);
    }
    let told = done(folder.path(), &["backup", "--keep", "2", &path]);
    assert_eq!(told.matches("Removed ").count(), 2, "{told}");
    let left: Vec<_> = fs::read_dir(backups.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let made = told.split(['\n', ' ']).find(|word| word.ends_with(".db.")).unwrap().trim_end_matches('.');
    assert!(left.contains(&made.into()), "{made} is not in {left:?}");
    assert!(
        done(folder.path(), &["backup", "--check", made]).ends_with("is a sound backup. Accounts: 1, rooms: 1, messages: 0\n")
    );

    fs::write(made, "Dear diary, ".repeat(1000)).unwrap();
    for (arguments, code, told) in [
        (&["backup", "--check", made][..], 1, "is not a backup of Snug"),
        (&["backup", "--keep", "2", "/tmp/snug.db"], 2, "--keep needs a folder, or a name with the time in it"),
        (&["backup", "--keep", "0", made], 2, "--keep needs the number of backups that stay, 1 or more"),
        (&["backup", "--check", "--keep", "2", made], 2, "cannot be used with"),
    ] {
        let outcome = run(folder.path(), arguments);
        let error = String::from_utf8(outcome.stderr).unwrap();
        assert_eq!((outcome.status.code(), error.lines().count()), (Some(code), 1), "{error}");
        assert!(error.contains(told), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_older_data_takes_a_backup_and_names_it() {
    for command in ["serve", "migrate"] {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::connect(format!("{}?mode=rwc", sqlite_url(folder.path()))).await.unwrap();
        Migrator::up(&db, Some(1)).await.unwrap();
        db.close().await.unwrap();
        let log = if command == "serve" {
            Binary::start(folder.path(), &[]).log()
        } else {
            let outcome = run(folder.path(), &["migrate"]);
            assert!(String::from_utf8_lossy(&outcome.stdout).contains("Steps taken: "), "{outcome:?}");
            String::from_utf8(outcome.stderr).unwrap()
        };
        let backup = fs::read_dir(folder.path().join("backups")).unwrap().next().unwrap().unwrap().path();
        assert!(log.contains(&backup.display().to_string()), "{log}");
        assert!(log.contains("m20261121_000002_rooms"), "{log}");
        assert_eq!(done(folder.path(), &["migrate"]), "The database is up to date.\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Binary::start(folder.path(), &[]);
    let healthy = done(folder.path(), &["doctor"]);
    for subject in [
        "database",
        "schema",
        "integrity",
        "indexes",
        "rooms",
        "writing",
        "free space",
        "signing key",
        "shared key",
        "data folder",
        "files",
        "open files",
    ] {
        let line = healthy.lines().find(|line| line.contains(subject)).unwrap_or_else(|| panic!("{subject}: {healthy}"));
        assert!(line.starts_with("ok") || (subject == "open files" && line.starts_with("warn")), "{line}");
    }
    server.kill();

    fs::set_permissions(folder.path().join("signing.key"), Permissions::from_mode(0o644)).unwrap();
    let db = Database::connect(sqlite_url(folder.path())).await.unwrap();
    db.execute_unprepared("UPDATE rooms SET last_seq = 3").await.unwrap();
    db.close().await.unwrap();
    let ill = run(folder.path(), &["doctor"]);
    assert_eq!(ill.status.code(), Some(1));
    let told = String::from_utf8(ill.stdout).unwrap();
    let failed: Vec<_> = told.lines().filter(|line| line.starts_with("FAIL")).collect();
    assert_eq!(failed.len(), 2, "{told}");
    assert!(failed[0].contains("chmod 600") && failed[1].contains("lobby: "), "{told}");

    // The file does not matter to a node that is given its key.
    let given = output(snug(&["doctor", "--data-dir"]).arg(folder.path()).env("SNUG_SIGNING_KEY", SIGNING_KEY));
    assert!(!String::from_utf8(given.stdout).unwrap().contains("signing.key"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_looks_at_redis_where_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let (redis, postgres) = (testkit::Redis::start().await, testkit::Postgres::start(testkit::Durability::Full).await);
    let database = postgres.database().await;
    let settings = [("REDIS_URL", redis.url()), ("DATABASE_URL", database), ("SNUG_SIGNING_KEY", SIGNING_KEY.to_owned())];
    let doctor = || output(snug(&["doctor", "--data-dir"]).arg(folder.path()).envs(settings.clone()));
    let healthy = doctor();
    assert!(healthy.status.success(), "{healthy:?}");
    assert!(String::from_utf8(healthy.stdout).unwrap().contains("ok    Redis"));
    redis.kill();
    let ill = doctor();
    assert_eq!(ill.status.code(), Some(1));
    assert!(String::from_utf8(ill.stdout).unwrap().contains("FAIL  Redis"));
}
