//! The settings that are in force, as `snug config` prints them: as a file of variables, without secrets.

use std::{fmt, path::Path};

use chat::Limits;

use super::{LogFormat, Options, Store};
use crate::store::data_dir_as_it_is;

/// What stands in place of a secret.
const HIDDEN: &str = "***";

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "SNUG_ADDR={}", self.addr())?;
        writeln!(f, "PORT={}", or_empty(self.port))?;
        writeln!(f, "SNUG_HOSTS={}", self.hosts(self.addr()))?;
        writeln!(f, "SNUG_CORS_ORIGINS={}", joined(&self.cors_origins))?;
        writeln!(f, "SNUG_TRUSTED_PROXIES={}", joined(&self.trusted_proxies))?;
        writeln!(f, "SNUG_LIMITS={}", joined(&unusual(self.limits())))?;
        writeln!(f, "SNUG_COMPAT={}", if self.compat.is_some() { "channels" } else { "" })?;
        writeln!(f, "SNUG_OUTBOUND_ALLOW={}", joined(&self.outbound_allow))?;
        writeln!(f, "SNUG_ACCESS_MINUTES={}", self.lives.access_minutes)?;
        writeln!(f, "SNUG_SESSION_DAYS={}", self.lives.session_days)?;
        writeln!(f, "SNUG_SESSION_MAX_DAYS={}", self.lives.session_max_days)?;
        writeln!(f, "SNUG_REFRESH_DAYS={}", self.lives.refresh_days)?;
        write!(f, "{}", self.store)
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data_dir = data_dir_as_it_is(self);
        writeln!(f, "SNUG_DATA_DIR={}", data_dir.display())?;
        writeln!(f, "DATABASE_URL={}", without_secrets(&self.database_url(&data_dir)))?;
        writeln!(f, "DATABASE_URL_FILE={}", path(self.database_url_file.as_deref()))?;
        writeln!(f, "REDIS_URL={}", self.redis_url().map(without_secrets).unwrap_or_default())?;
        writeln!(f, "REDIS_URL_FILE={}", path(self.redis_url_file.as_deref()))?;
        writeln!(f, "SNUG_SIGNING_KEY={}", if self.signing_key().is_some() { HIDDEN } else { "" })?;
        writeln!(f, "SNUG_SIGNING_KEY_FILE={}", path(self.signing_key_file.as_deref()))?;
        writeln!(f, "SNUG_LOG={}", self.log)?;
        write!(f, "SNUG_LOG_FORMAT={}", if self.log_format == LogFormat::Json { "json" } else { "text" })
    }
}

fn or_empty(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn path(path: Option<&Path>) -> String {
    or_empty(path.map(Path::display))
}

fn joined(values: &[impl ToString]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The limits that are not the usual ones.
fn unusual(limits: Limits) -> Vec<String> {
    let usual = Limits::default().named();
    let unusual = limits.named().into_iter().filter(|limit| !usual.contains(limit));
    unusual.map(|(name, value)| format!("{name}={value}")).collect()
}

/// A URL whose form was checked, without the password that it may hold before the host or among its parameters.
fn without_secrets(url: &str) -> String {
    let (address, parameters) = url.split_once('?').map_or((url, None), |(address, parameters)| (address, Some(parameters)));
    let mut shown = match address.rsplit_once('@') {
        Some((before, host)) => format!("{}@{host}", without_password(before)),
        None => address.to_owned(),
    };
    for (n, parameter) in parameters.into_iter().flat_map(|parameters| parameters.split('&')).enumerate() {
        let name = parameter.split('=').next().unwrap_or_default();
        shown.push(if n == 0 { '?' } else { '&' });
        shown.push_str(&if name.contains("pass") { format!("{name}={HIDDEN}") } else { parameter.to_owned() });
    }
    shown
}

/// `postgres://user:password` without the last part.
fn without_password(before: &str) -> String {
    let user = before.find("://").map_or(0, |at| at + 3);
    match before[user..].find(':') {
        Some(at) => format!("{}:{HIDDEN}", &before[..user + at]),
        None => before.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (url, shown) in [
            ("postgres://snug:hunter2@db:5432/snug?sslmode=require", "postgres://snug:***@db:5432/snug?sslmode=require"),
            ("postgres://snug:hunt:er2@[::1]/snug", "postgres://snug:***@[::1]/snug"),
            ("postgres://db/snug?user=snug&password=hunter2", "postgres://db/snug?user=snug&password=***"),
            ("postgres:///snug?host=/run/postgresql", "postgres:///snug?host=/run/postgresql"),
            ("redis://:hunter2@redis/1", "redis://:***@redis/1"),
            ("redis://redis", "redis://redis"),
            ("sqlite:///var/lib/snug/snug.db", "sqlite:///var/lib/snug/snug.db"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
