//! What the operator does to a database from outside. Which database it is, is said by each test.

mod backup;
mod doctor;
mod keep;
mod migrate;
mod restore;

use std::path::{Path, PathBuf};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;
use testkit::{Postgres, sqlite_url};

/// A folder with room for databases.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A SQLite file in a folder of its own.
    pub fn sqlite(&self, name: &str) -> String {
        std::fs::create_dir(self.file(name)).unwrap();
        sqlite_url(&self.file(name))
    }

    /// The only step that an older version of Snug knew, and an account that it made.
    pub async fn of_older_version(&self, name: &str) -> String {
        let url = self.sqlite(name);
        let db = Database::connect(format!("{url}?mode=rwc")).await.unwrap();
        Migrator::up(&db, Some(1)).await.unwrap();
        let account = "INSERT INTO users (id, username, name, password_hash, role, created_at) \
                       VALUES (x'0193a0c0000070008000000000000001', 'ada', 'Ada', '-', 'owner', 1)";
        db.execute_unprepared(account).await.unwrap();
        db.close().await.unwrap();
        url
    }

    /// A database that a later version of Snug has used.
    pub async fn of_newer_version(&self, name: &str) -> String {
        let url = self.sqlite(name);
        let db = Database::connect(format!("{url}?mode=rwc")).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        db.execute_unprepared("INSERT INTO seaql_migrations VALUES ('m30000101_000001_wonders', 1)").await.unwrap();
        db.close().await.unwrap();
        url
    }
}

pub async fn postgres() -> String {
    Postgres::shared().await.database().await
}

pub fn url_of(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

pub async fn execute(url: &str, sql: &str) {
    let db = Database::connect(url).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

/// The first column of what is found.
pub async fn texts(url: &str, sql: &str) -> Vec<String> {
    let db = Database::connect(url).await.unwrap();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    db.close().await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}
