//! What the owner of a Snug can set: flags of the command, each also an environment variable. Read once, at the start.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::hosts::{HostName, Hosts};

const DEFAULT_ADDR: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// Exit code for a start that a wrong value stopped (as in sysexits and most shells: 2 is wrong usage).
const WRONG_USAGE: u8 = 2;

#[derive(Parser)]
#[command(
    name = "snug",
    version,
    about = "Snug: a small, self-hosted, real-time chat",
    flatten_help = true,
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// What `snug` is asked to do.
#[derive(Subcommand)]
pub enum Command {
    /// Start the server
    Serve(Options),
}

impl Command {
    /// Reads the command line and the environment.
    ///
    /// # Errors
    /// Help that was asked for has been shown, or a wrong value has been named on one line: the code to exit with.
    pub fn from_args() -> Result<Self, ExitCode> {
        let command = CommandLine::try_parse().map_err(|error| explain(&error))?.command;
        let Self::Serve(options) = &command;
        if let Some(fault) = options.url_fault() {
            return Err(wrong_usage(&fault));
        }
        Ok(command)
    }
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

/// Options of `snug serve`.
#[derive(Args)]
pub struct Options {
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "SNUG_ADDR", value_parser = parse_addr)]
    addr: Option<SocketAddr>,

    /// Listen on this port on all interfaces; --addr goes before it
    #[arg(long, env = "PORT", value_parser = parse_port)]
    port: Option<u16>,

    /// Folder for the database and the signing key; made when it is missing
    #[arg(long, env = "SNUG_DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,

    /// sqlite:… or postgres://… [default: the SQLite file snug.db in the data folder]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,

    /// redis://… that joins this node with others on the same PostgreSQL database [default: a single node]
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,

    /// Host names that Snug is reached by, separated by commas [default: localhost and what it listens on]
    #[arg(long, env = "SNUG_HOSTS", value_delimiter = ',', value_parser = parse_host)]
    hosts: Vec<HostName>,

    /// What to log: error, warn, info, debug, trace, or a filter such as info,server=debug
    #[arg(long, env = "SNUG_LOG", default_value = "info,sqlx=warn,sea_orm_migration=warn", value_parser = parse_filter)]
    log: String,

    /// How to write the log
    #[arg(long, env = "SNUG_LOG_FORMAT", default_value = "text")]
    log_format: LogFormat,
}

impl Options {
    /// Where to listen.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        let everywhere = |port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        self.addr.or(self.port.map(everywhere)).unwrap_or(DEFAULT_ADDR)
    }

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

    /// The names that requests may be addressed to when the server listens on `listening`.
    #[must_use]
    pub fn hosts(&self, listening: SocketAddr) -> Hosts {
        Hosts::new(&self.hosts, listening.ip())
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

    /// Checked here and not by clap, which would repeat the whole value: it may hold a password.
    fn url_fault(&self) -> Option<String> {
        let (sqlite, postgres, redis) = (["sqlite"], ["postgres", "postgresql"], ["redis", "rediss"]);
        let database = self.database_url.as_deref().and_then(|url| {
            let fault = wrong_scheme(url, &[&sqlite[..], &postgres].concat())?;
            Some(format!("invalid value for '--database-url' (DATABASE_URL): {fault}, not with sqlite: or postgres:"))
        });
        let redis = self.redis_url.as_deref().and_then(|url| {
            let fault = wrong_scheme(url, &redis)?;
            Some(format!("invalid value for '--redis-url' (REDIS_URL): {fault}, not with redis: or rediss:"))
        });
        database.or(redis).or_else(|| {
            let one_machine = self.database_url.as_deref().is_none_or(|url| wrong_scheme(url, &sqlite).is_none());
            (self.redis_url.is_some() && one_machine).then(|| {
                "invalid value for '--redis-url' (REDIS_URL): several nodes share a PostgreSQL database, set DATABASE_URL as well".to_owned()
            })
        })
    }
}

fn wrong_scheme(url: &str, schemes: &[&str]) -> Option<String> {
    let (scheme, _) = url.split_once(':').unwrap_or(("", url));
    (!schemes.contains(&scheme)).then(|| format!("it begins with '{scheme}:'"))
}

/// The URL of a SQLite file. `%` and `?` mean something in URLs, and folders may have them in their names.
fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.display().to_string().replace('%', "%25").replace('?', "%3F"))
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

fn parse_filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("SNUG_LOG or --log: {error}")),
    }
}
