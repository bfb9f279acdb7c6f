//! Where everything is kept, and how to tell about it.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use chat::{SigningKey, upkeep::sqlite_url, urls};
use clap::Args;
use tracing_subscriber::EnvFilter;

use super::notices;

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where everything is kept, and how to tell about it: options of every command.
#[derive(Args)]
pub struct Store {
    /// Folder for the database and the signing key; made when it is missing
    #[arg(long, global = true, env = "SNUG_DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,

    /// sqlite:… or postgres://… [default: the SQLite file snug.db in the data folder]
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,

    /// A file that holds the URL of the database, instead of DATABASE_URL: a secret of systemd, Docker or Kubernetes
    #[arg(long, global = true, env = "DATABASE_URL_FILE")]
    pub(super) database_url_file: Option<PathBuf>,

    /// redis://… that joins this node with others on the same PostgreSQL database [default: a single node]
    #[arg(long, global = true, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,

    /// A file that holds the URL of Redis, instead of REDIS_URL
    #[arg(long, global = true, env = "REDIS_URL_FILE")]
    pub(super) redis_url_file: Option<PathBuf>,

    /// The base64 of 32 random bytes that access tokens are signed with, the same on all nodes of one Snug. Better set as a
    /// variable: others on the machine see flags [default: the file signing.key in the data folder]
    #[arg(long, global = true, env = "SNUG_SIGNING_KEY", hide_env_values = true)]
    signing_key: Option<String>,

    /// A file that holds the signing key, in base64 or as its 32 bytes, instead of SNUG_SIGNING_KEY
    #[arg(long, global = true, env = "SNUG_SIGNING_KEY_FILE")]
    pub(super) signing_key_file: Option<PathBuf>,

    /// The key that was given, in one way or the other.
    #[arg(skip)]
    key: Option<SigningKey>,

    /// What to log: error, warn, info, debug, trace, or a filter such as info,server=debug
    #[arg(long, global = true, env = "SNUG_LOG", default_value = "info,sqlx=warn,sea_orm_migration=warn", value_parser = parse_filter)]
    pub(super) log: String,

    /// How to write the log: text, or json for one object a line
    #[arg(long, global = true, env = "SNUG_LOG_FORMAT", default_value = "text", value_parser = parse_format)]
    pub(super) log_format: LogFormat,
}

impl Store {
    /// The folder for everything that is kept.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Where the database is; `data_dir` is the absolute path of the data folder.
    #[must_use]
    pub fn database_url(&self, data_dir: &Path) -> String {
        self.database_url.clone().unwrap_or_else(|| sqlite_url(&data_dir.join("snug.db")))
    }

    /// Where the other nodes are met; nowhere for a single node.
    #[must_use]
    pub fn redis_url(&self) -> Option<&str> {
        self.redis_url.as_deref()
    }

    /// The key that was given.
    #[must_use]
    pub fn signing_key(&self) -> Option<&SigningKey> {
        self.key.as_ref()
    }

    /// What to log: what was asked for, and in any case what the settings themselves give rise to.
    #[must_use]
    pub fn log_filter(&self) -> EnvFilter {
        let filter = EnvFilter::new(&self.log);
        match "server::config=warn".parse() {
            Ok(notices) => filter.add_directive(notices),
            Err(_) => filter,
        }
    }

    pub(super) fn notice(&self) -> Option<String> {
        notices::silent_filter(&self.log)
    }

    /// How to write the log.
    #[must_use]
    pub fn log_format(&self) -> LogFormat {
        self.log_format
    }

    /// Reads what stands in files, and checks what may hold a password or is the key: clap would repeat the whole value.
    pub(super) fn complete(&mut self) -> Result<(), String> {
        from_file(&mut self.database_url, self.database_url_file.as_deref(), "DATABASE_URL", text)?;
        from_file(&mut self.redis_url, self.redis_url_file.as_deref(), "REDIS_URL", text)?;
        let key = self.signing_key.as_deref().map(SigningKey::from_base64).transpose();
        self.key = key.map_err(|fault| invalid("--signing-key", "SNUG_SIGNING_KEY", fault))?;
        from_file(&mut self.key, self.signing_key_file.as_deref(), "SNUG_SIGNING_KEY", SigningKey::from_bytes)?;

        let (database, redis) = (self.database_url.as_deref(), self.redis_url.as_deref());
        database.map_or(Ok(()), urls::check_database).map_err(|fault| invalid("--database-url", "DATABASE_URL", fault))?;
        redis.map_or(Ok(()), urls::check_redis).map_err(|fault| invalid("--redis-url", "REDIS_URL", fault))?;
        if redis.is_some() && database.is_none_or(|url| url.starts_with("sqlite:")) {
            let fault = "nodes share a PostgreSQL database: set DATABASE_URL to postgres:… as well";
            return Err(invalid("--redis-url", "REDIS_URL", fault));
        }
        Ok(())
    }
}

/// Takes a value from the file that was named for it, if one was. What is wrong with the file is told without its content.
fn from_file<T, E: fmt::Display>(
    value: &mut Option<T>,
    file: Option<&Path>,
    variable: &str,
    read: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<(), String> {
    let Some(file) = file else { return Ok(()) };
    if value.is_some() {
        return Err(format!("{variable} and {variable}_FILE are both set: leave one out"));
    }
    let wrong = |fault: &dyn fmt::Display| format!("cannot use {} ({variable}_FILE): {fault}", file.display());
    let bytes = fs::read(file).map_err(|error| wrong(&error))?;
    *value = Some(read(&bytes).map_err(|fault| wrong(&fault))?);
    Ok(())
}

/// The one line of a file.
fn text(bytes: &[u8]) -> Result<String, &'static str> {
    match str::from_utf8(bytes).map(str::trim) {
        Ok("") => Err("it is empty"),
        Ok(line) if line.lines().count() == 1 => Ok(line.to_owned()),
        _ => Err("it has to hold one line of text"),
    }
}

fn invalid(flag: &str, variable: &str, fault: impl fmt::Display) -> String {
    format!("invalid value for '{flag}' ({variable}): {fault}")
}

fn parse_filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("SNUG_LOG or --log: {error}")),
    }
}

fn parse_format(text: &str) -> Result<LogFormat, &'static str> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("SNUG_LOG_FORMAT or --log-format is text or json"),
    }
}
