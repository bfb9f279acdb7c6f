//! The URLs of the database and of Redis: can they be used, and where do they lead. They may hold a password, so neither answer repeats them.

use std::{error::Error, path::PathBuf, str::FromStr};

use sea_orm::sqlx::{self, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

/// Why a URL cannot be used, and what is expected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongUrl {
    /// Of the database, and no other service.
    #[error("it has to begin with sqlite: or postgres:")]
    NotADatabase,
    /// Of the database; what its driver says.
    #[error("{0}. The form is sqlite:///folder/file or postgres://user:password@host:port/database; {ENCODE}")]
    Database(String),
    /// Of Redis.
    #[error(
        "the form is redis://:password@host:port/number, with all but the host left out at will, and rediss: for TLS; {ENCODE}"
    )]
    Redis,
}

/// The mistake that is made most.
const ENCODE: &str = "in a password, write % / ? # [ ] @ : as %25 %2F %3F %23 %5B %5D %40 %3A";

/// Whether a database can be looked for under this URL.
///
/// # Errors
/// What is wrong with it.
pub fn check_database(url: &str) -> Result<(), WrongUrl> {
    let read = match scheme(url) {
        "sqlite" => SqliteConnectOptions::from_str(url).map(|_| ()),
        "postgres" | "postgresql" => PgConnectOptions::from_str(url).map(|_| ()),
        _ => return Err(WrongUrl::NotADatabase),
    };
    read.map_err(|error| WrongUrl::Database(innermost(&error).to_string()))
}

/// Whether Redis can be looked for under this URL.
///
/// # Errors
/// What is wrong with it.
pub fn check_redis(url: &str) -> Result<(), WrongUrl> {
    let ours = matches!(scheme(url), "redis" | "rediss");
    if ours && redis::Client::open(url).is_ok() { Ok(()) } else { Err(WrongUrl::Redis) }
}

/// Whether the URL is one of SQLite.
#[must_use]
pub fn is_sqlite(database_url: &str) -> bool {
    scheme(database_url) == "sqlite"
}

/// Where a database is, for people.
#[must_use]
pub fn place(database_url: &str) -> String {
    let place =
        if is_sqlite(database_url) { path(database_url).map(|path| path.display().to_string()) } else { server(database_url) };
    place.unwrap_or_else(|_| "the database".to_owned())
}

/// The file of a SQLite database.
#[must_use]
pub fn sqlite_file(database_url: &str) -> Option<PathBuf> {
    is_sqlite(database_url).then(|| path(database_url).ok())?
}

/// The file of a SQLite database, by a URL that is one.
pub(crate) fn path(url: &str) -> Result<PathBuf, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str(url)?.get_filename().to_owned())
}

fn server(url: &str) -> Result<String, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?;
    // PostgreSQL takes the name of the user for the one of the database, when there is none.
    let database = options.get_database().unwrap_or(options.get_username());
    Ok(match options.get_socket() {
        Some(folder) => format!("the database {database} at {}", folder.display()),
        None => format!("the database {database} at {}:{}", options.get_host(), options.get_port()),
    })
}

fn scheme(url: &str) -> &str {
    url.split_once(':').map_or("", |(scheme, _)| scheme)
}

/// What is wrong, without what was being done.
fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    error.source().map_or(error, innermost)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn urls_that_can_be_used_pass() {
        for url in [
            "sqlite:data/snug.db",
            "sqlite:///var/lib/snug/snug.db?mode=rwc",
            "postgres://snug:a%2Fb@db.example.org/snug?sslmode=verify-full",
            "postgresql://db",
            "postgres:///snug?host=/run/postgresql",
        ] {
            assert_eq!(check_database(url), Ok(()), "{url}");
        }
        for url in ["redis://redis", "rediss://:a%2Fb@redis.example.org:6380/1", "redis://[::1]"] {
            assert_eq!(check_redis(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_wrong_url_is_refused_and_its_password_not_repeated() {
        for url in [
            "",
            "hunter2",
            "mysql://snug:hunter2@db",
            "sqlite:///snug.db?mode=hunter",
            "postgres://snug:hunter2@db:99999/snug",
            "postgres://snug:hunter2/3@db/snug",
            "postgres://snug:hunter2@db/snug?sslmode=maybe",
        ] {
            let told = check_database(url).unwrap_err().to_string();
            assert!(told.contains("postgres:") && !told.contains("hunter2"), "{url}: {told}");
        }
        for url in [
            "",
            "hunter2",
            "foo://:hunter2@x",
            "unix:///run/hunter2",
            "redis://:hunter2/3@x",
            "redis://:hunter2@x/none",
            "redis:",
        ] {
            let told = check_redis(url).unwrap_err().to_string();
            assert!(told.contains("redis://") && !told.contains("hunter2"), "{url}: {told}");
        }
    }

    #[test]
    fn the_place_of_a_database_has_no_password() {
        for (url, told) in [
            ("sqlite:///var/lib/a%20snug/snug.db", "/var/lib/a snug/snug.db"),
            ("postgres://ada:hunter2@db.example.org:6543/snug", "the database snug at db.example.org:6543"),
            ("postgres://ada:hunter2@db.example.org", "the database ada at db.example.org:5432"),
            ("postgres:///snug?host=/run/postgresql&user=ada&password=hunter2", "the database snug at /run/postgresql"),
        ] {
            assert_eq!(place(url), told);
        }
    }
}
