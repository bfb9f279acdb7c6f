//! What the owner of a Snug can set: flags of the command, each also an environment variable. Read once, at the start.

use std::{
    env, fmt,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
};

use chat::{SigningKey, upkeep::sqlite_url, urls};
use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    builder::{Resettable, StyledStr},
};
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use crate::{
    hosts::{HostName, Hosts},
    proxies::{self, Proxies},
};

const DEFAULT_ADDR: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// Exit code for a start that a wrong value stopped (as in sysexits and most shells: 2 is wrong usage).
const WRONG_USAGE: u8 = 2;

#[derive(Parser)]
#[command(
    name = "snug",
    version,
    about = "Snug: a small, self-hosted, real-time chat",
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = settings()
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// Every setting, for the help of the command itself: one should not have to ask twice.
fn settings() -> StyledStr {
    let serve = Options::augment_args(clap::Command::new("serve")).disable_help_flag(true);
    serve.help_template("Options of snug serve, each also a variable of the environment:\n{options}").render_help()
}

/// What `snug` is asked to do.
#[derive(Subcommand)]
pub enum Command {
    /// Start the server
    Serve(Options),
    /// Bring the database up to date; the server does it too when it starts
    Migrate(Store),
    /// Write everything into one new file; the server may be running
    Backup(FileOptions),
    /// Fill an empty database from a backup; the server must not be running
    Restore(FileOptions),
    /// Look whether everything is as it should be
    Doctor(Store),
}

impl Command {
    /// Reads the command line and the environment.
    ///
    /// # Errors
    /// Help that was asked for has been shown, or a wrong value has been named on one line: the code to exit with.
    pub fn from_args() -> Result<Self, ExitCode> {
        let matches = without_empty_variables(CommandLine::command()).try_get_matches().map_err(|error| explain(&error))?;
        let command = CommandLine::from_arg_matches(&matches).map_err(|error| explain(&error))?.command;
        command.store().check().map_err(|fault| wrong_usage(&fault))?;
        Ok(command)
    }

    fn store(&self) -> &Store {
        match self {
            Self::Serve(options) => &options.store,
            Self::Backup(options) | Self::Restore(options) => &options.store,
            Self::Migrate(store) | Self::Doctor(store) => store,
        }
    }
}

/// An empty variable is one that is not set: compose files and platforms write `PORT=` for it. Help goes on naming it.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let command = command.mut_subcommands(without_empty_variables);
    command.mut_args(|arg| match arg.get_env().map(ToOwned::to_owned) {
        Some(name) if env::var_os(&name).is_some_and(|value| value.is_empty()) => {
            let help = format!("{} [env: {}]", arg.get_help().cloned().unwrap_or_default(), name.display());
            arg.env(Resettable::Reset).help(help)
        }
        _ => arg,
    })
}

/// Shows help as help, and of an error only the line that names what is wrong.
fn explain(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // When nobody reads the help there is nothing left to do.
        let _ = error.print();
        return u8::try_from(error.exit_code()).unwrap_or(WRONG_USAGE).into();
    }
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default();
    wrong_usage(line.strip_prefix("error: ").unwrap_or(line))
}

fn wrong_usage(fault: &str) -> ExitCode {
    eprintln!("snug: {fault}");
    ExitCode::from(WRONG_USAGE)
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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
    #[arg(long, env = "SNUG_DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,

    /// sqlite:… or postgres://… [default: the SQLite file snug.db in the data folder]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,

    /// redis://… that joins this node with others on the same PostgreSQL database [default: a single node]
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,

    /// The base64 of 32 random bytes that access tokens are signed with, the same on all nodes of one Snug. Better set as a
    /// variable: others on the machine see flags [default: the file signing.key in the data folder]
    #[arg(long, env = "SNUG_SIGNING_KEY", hide_env_values = true)]
    signing_key: Option<String>,

    /// What to log: error, warn, info, debug, trace, or a filter such as info,server=debug
    #[arg(long, env = "SNUG_LOG", default_value = "info,sqlx=warn,sea_orm_migration=warn", value_parser = parse_filter)]
    log: String,

    /// How to write the log
    #[arg(long, env = "SNUG_LOG_FORMAT", default_value = "text")]
    log_format: LogFormat,
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

    /// The key that was given; it was checked when the options were read.
    #[must_use]
    pub fn signing_key(&self) -> Option<SigningKey> {
        SigningKey::from_base64(self.signing_key.as_deref()?).ok()
    }

    /// What to log.
    #[must_use]
    pub fn log_filter(&self) -> EnvFilter {
        EnvFilter::new(&self.log)
    }

    /// How to write the log.
    #[must_use]
    pub fn log_format(&self) -> LogFormat {
        self.log_format
    }

    /// Checked here and not by clap, which would repeat the whole value: it may hold a password, or be the key.
    fn check(&self) -> Result<(), String> {
        let (database, redis) = (self.database_url.as_deref(), self.redis_url.as_deref());
        database.map_or(Ok(()), urls::check_database).map_err(|fault| invalid("--database-url", "DATABASE_URL", fault))?;
        redis.map_or(Ok(()), urls::check_redis).map_err(|fault| invalid("--redis-url", "REDIS_URL", fault))?;
        if redis.is_some() && database.is_none_or(|url| url.starts_with("sqlite:")) {
            let fault = "nodes share a PostgreSQL database: set DATABASE_URL to postgres:… as well";
            return Err(invalid("--redis-url", "REDIS_URL", fault));
        }
        let key = self.signing_key.as_deref().map(SigningKey::from_base64).transpose();
        key.map(|_| ()).map_err(|fault| invalid("--signing-key", "SNUG_SIGNING_KEY", fault))
    }
}

fn invalid(flag: &str, variable: &str, fault: impl fmt::Display) -> String {
    format!("invalid value for '{flag}' ({variable}): {fault}")
}

/// Options of `snug backup` and `snug restore`.
#[derive(Args)]
pub struct FileOptions {
    /// The backup: a new file that is written, or the one that is restored
    file: PathBuf,

    #[command(flatten)]
    store: Store,
}

impl FileOptions {
    /// The backup, to be made or to be read.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Where everything is kept.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}

/// Options of `snug serve`.
#[derive(Args)]
pub struct Options {
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "SNUG_ADDR", value_parser = parse_addr)]
    addr: Option<SocketAddr>,

    /// Listen on this port on all interfaces; --addr goes before it
    #[arg(long, env = "PORT", value_parser = parse_port)]
    port: Option<u16>,

    /// Host names that Snug is reached by, separated by commas [default: localhost and what it listens on]
    #[arg(long, env = "SNUG_HOSTS", value_delimiter = ',', value_parser = parse_host)]
    hosts: Vec<HostName>,

    /// Addresses or networks of proxies that are not on this machine or in a private network, separated by commas: what they
    /// say in X-Forwarded-For and X-Forwarded-Proto is believed [default: none]
    #[arg(long, env = "SNUG_TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_proxies)]
    trusted_proxies: Vec<IpNet>,

    #[command(flatten)]
    store: Store,
}

impl Options {
    /// Where to listen.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        let everywhere = |port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        self.addr.or(self.port.map(everywhere)).unwrap_or(DEFAULT_ADDR)
    }

    /// The names that requests may be addressed to when the server listens on `listening`.
    #[must_use]
    pub fn hosts(&self, listening: SocketAddr) -> Hosts {
        Hosts::new(&self.hosts, listening.ip())
    }

    /// The proxies whose word counts.
    #[must_use]
    pub fn proxies(&self) -> Proxies {
        Proxies::new(&self.trusted_proxies)
    }

    /// Where everything is kept.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}

fn parse_addr(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "SNUG_ADDR or --addr needs an IP address and a port, such as 127.0.0.1:3000")
}

fn parse_port(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "PORT or --port needs a number from 0 to 65535")
}

fn parse_host(text: &str) -> Result<HostName, &'static str> {
    HostName::parse(text.trim()).ok_or("SNUG_HOSTS or --hosts needs names such as chat.example.org, without scheme or port")
}

fn parse_proxies(text: &str) -> Result<IpNet, &'static str> {
    proxies::parse(text.trim())
        .ok_or("SNUG_TRUSTED_PROXIES or --trusted-proxies needs addresses or networks such as 100.64.0.0/10")
}

fn parse_filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("SNUG_LOG or --log: {error}")),
    }
}
