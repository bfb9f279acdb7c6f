//! Settings that can be used and are hardly meant so: named at the start.

use std::{collections::BTreeSet, env};

use ipnet::IpNet;
use tracing::level_filters::LevelFilter;

/// What logs, by the first part of its name. Whatever else Snug is made of has nothing to say at any level.
const LOGGING: [&str; 18] = [
    "server",
    "chat",
    "hub",
    "app",
    "protocol",
    "migration",
    "axum",
    "hyper",
    "hyper_util",
    "leptos",
    "redis",
    "rustls",
    "sea_orm",
    "sea_orm_migration",
    "sqlx",
    "tokio",
    "tower",
    "tungstenite",
];
/// How alike two names are when one may be meant by the other, from 0 to 1.
const ALIKE: f64 = 0.9;
/// Networks with fewer fixed bits than this belong to nobody alone.
const WIDEST: [u8; 2] = [8, 16];

/// Variables that look like settings and are none.
pub(super) fn unknown_names(command: &clap::Command) -> Vec<String> {
    let known: BTreeSet<String> = names(command).collect();
    let given = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut unknown: Vec<_> = given.filter(|name| name.starts_with("SNUG_") && !known.contains(name)).collect();
    unknown.sort();
    unknown.iter().map(|name| unknown_name(name, &known)).collect()
}

/// The variables of a command and those in it.
fn names(command: &clap::Command) -> Box<dyn Iterator<Item = String> + '_> {
    let own = command.get_arguments().filter_map(|arg| Some(arg.get_env()?.to_str()?.to_owned()));
    Box::new(own.chain(command.get_subcommands().flat_map(names)))
}

fn unknown_name(name: &str, known: &BTreeSet<String>) -> String {
    // Some settings go without the prefix.
    let bare = name.trim_start_matches("SNUG_");
    let likeness = |other: &String| strsim::jaro_winkler(name, other).max(strsim::jaro_winkler(bare, other));
    let meant = known.iter().filter(|other| likeness(other) > ALIKE).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match meant {
        Some(meant) => format!("{name} is not a setting of Snug and does nothing; is {meant} meant?"),
        None => format!("{name} is not a setting of Snug and does nothing; `snug config` shows those there are"),
    }
}

/// A filter of the log that lets nothing through, although it is not `off`.
pub(super) fn silent_filter(filter: &str) -> Option<String> {
    let says_something = filter.split(',').map(str::trim).filter(|part| !part.is_empty()).any(|part| {
        let target = part.split('=').next().unwrap_or_default();
        let (target, span) = target.split_once('[').map_or((target, false), |(target, _)| (target, true));
        let is_level = target.parse::<LevelFilter>().is_ok();
        let root = target.split("::").next().unwrap_or_default();
        span || is_level || LOGGING.iter().any(|name| name.starts_with(root))
    });
    (!says_something).then(|| {
        format!("SNUG_LOG is '{filter}', which nothing matches: name a level (info), or parts of Snug (server=debug,chat=debug)")
    })
}

/// Proxies that may be anybody.
pub(super) fn too_many_proxies(networks: &[IpNet]) -> Option<String> {
    let wide = networks.iter().find(|network| network.prefix_len() < WIDEST[usize::from(network.addr().is_ipv6())])?;
    Some(format!(
        "SNUG_TRUSTED_PROXIES holds {wide}: strangers are in there, who can then claim any address and get around the limits on \
         sign-ins; name your proxies alone"
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn of_an_unknown_name_the_one_that_is_alike_is_told() {
        let known = ["SNUG_HOSTS", "SNUG_TRUSTED_PROXIES", "REDIS_URL", "DATABASE_URL", "PORT"].map(str::to_owned).into();
        for (name, meant) in [
            ("SNUG_HOST", "SNUG_HOSTS"),
            ("SNUG_REDIS_URL", "REDIS_URL"),
            ("SNUG_DATABASE", "DATABASE_URL"),
            ("SNUG_PORT", "PORT"),
            ("SNUG_TRUSTED_PROXY", "SNUG_TRUSTED_PROXIES"),
        ] {
            assert!(unknown_name(name, &known).ends_with(&format!("is {meant} meant?")), "{}", unknown_name(name, &known));
        }
        assert!(unknown_name("SNUG_COLOUR", &known).contains("snug config"));
    }

    #[test]
    fn a_filter_that_nothing_matches_is_told_and_others_are_not() {
        for filter in ["snug=debug", "verbose", "warning", "snug::server=info,other=trace"] {
            assert!(silent_filter(filter).is_some_and(|told| told.contains(filter)), "{filter}");
        }
        for filter in [
            "info",
            "WARN",
            "off",
            "server=debug",
            "other=trace,info",
            "chat::sessions=trace",
            "sqlx",
            "[request{id}]=debug",
            "3",
        ] {
            assert_eq!(silent_filter(filter), None, "{filter}");
        }
    }

    #[test]
    fn networks_with_strangers_in_them_are_told() {
        for (network, told) in
            [("0.0.0.0/0", true), ("::/0", true), ("128.0.0.0/1", true), ("10.0.0.0/8", false), ("2001:db8::/32", false)]
        {
            assert_eq!(too_many_proxies(&[network.parse().unwrap()]).is_some(), told, "{network}");
        }
    }
}
