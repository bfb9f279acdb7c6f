//! For tests only: a PostgreSQL, a Redis and an nginx of the test's own, a network line that can be made bad, and signals.
//!
//! A program that is missing is a panic that names the package, never a test that is skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod guard;
mod line;
mod nginx;
mod pooler;
mod ports;
mod postgres;
mod redis;
mod tls;

use std::{path::Path, process::Command};

pub use line::Line;
pub use nginx::Nginx;
pub use pooler::pool_transactions;
pub use ports::free_port;
pub use postgres::{Durability, Postgres};
pub use redis::Redis;
pub use tls::speak_tls;

/// A database that nobody has used: a file in this folder, or one of the shared PostgreSQL, with its tables. `SNUG_TEST_DATABASE`
/// decides, so that the same tests run on both.
pub async fn database_url(folder: &Path) -> String {
    match std::env::var("SNUG_TEST_DATABASE").as_deref() {
        Err(_) | Ok("sqlite") => sqlite_url(folder),
        Ok("postgres") => Postgres::shared().await.migrated_database().await,
        Ok(other) => panic!("SNUG_TEST_DATABASE is '{other}'; it can be sqlite or postgres"),
    }
}

/// The file that `snug` keeps its data in by default.
#[must_use]
pub fn sqlite_url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("snug.db").display())
}

/// Sends a signal, such as `STOP`, to a process.
pub fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args(["-s", name, &pid.to_string()]).status().expect("there is a command `kill`");
    assert!(status.success(), "no process {pid} takes SIG{name}");
}
