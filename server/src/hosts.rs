//! The names this server answers to. A page of another site whose name is pointed at this server (DNS rebinding) sends its own
//! name in `Host` and is refused; so are links built from a forged `Host`.

use std::{fmt, net::IpAddr};

use axum::http::{HeaderMap, header, uri::Authority};

/// A host name or IP address, lower case, without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// Parses a name such as `chat.example.org`, `192.0.2.7` or `[2001:db8::7]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let authority: Authority = text.parse().ok()?;
        let is_bare = authority.host() == text && !text.is_empty();
        let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.[]:".contains(c));
        (is_bare && is_plain).then(|| Self(text.to_ascii_lowercase()))
    }
}

/// The names that requests may be addressed to.
#[derive(Clone, Debug)]
pub struct Hosts {
    /// Set by the owner.
    given: Vec<String>,
    /// What this machine calls itself.
    own: Vec<String>,
    any_ip: bool,
}

impl Hosts {
    /// The names the owner gave; else the address that the server listens on, which is any IP address when it listens on all
    /// interfaces (an address cannot be rebound as a name can). The names of this machine itself always count.
    #[must_use]
    pub fn new(given: &[HostName], listening: IpAddr) -> Self {
        let mut own: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).into();
        if given.is_empty() && !listening.is_unspecified() && !own.contains(&bracketed(listening)) {
            own.push(bracketed(listening));
        }
        let given: Vec<_> = given.iter().map(|name| name.0.clone()).collect();
        Self { any_ip: given.is_empty() && listening.is_unspecified(), given, own }
    }

    /// Whether a request may be addressed to this.
    pub(crate) fn allow(&self, authority: &Authority) -> bool {
        let host = authority.host().to_ascii_lowercase();
        self.given.contains(&host) || self.own.contains(&host) || (self.any_ip && is_ip(&host))
    }

    /// Whether an `Origin` is this site: the same host and port as the request is addressed to, or a name that the owner gave, since
    /// a proxy may put another one into `Host`. `localhost` alone is not enough: other sites may run on other ports there.
    pub(crate) fn is_own_origin(&self, origin: &str, headers: &HeaderMap) -> bool {
        let Some((_, origin)) = origin.split_once("://") else { return false };
        let Ok(origin) = origin.parse::<Authority>() else { return false };
        host_of(headers).is_some_and(|host| host == origin) || self.given.contains(&origin.host().to_ascii_lowercase())
    }
}

/// The names, for people.
impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = if self.given.is_empty() { &self.own } else { &self.given };
        f.write_str(&names.join(","))?;
        if self.any_ip { f.write_str(" and any IP address") } else { Ok(()) }
    }
}

/// What the request is addressed to.
pub(crate) fn host_of(headers: &HeaderMap) -> Option<Authority> {
    let host: Authority = headers.get(header::HOST)?.to_str().ok()?.parse().ok()?;
    (!host.as_str().contains('@')).then_some(host)
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

fn is_ip(host: &str) -> bool {
    host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn allows(hosts: &Hosts, host: &str) -> bool {
        hosts.allow(&host.parse().unwrap())
    }

    #[test]
    fn without_names_this_machine_and_what_is_listened_on_count() {
        let hosts = Hosts::new(&[], "192.0.2.7".parse().unwrap());
        for host in ["localhost:3000", "LOCALHOST", "127.0.0.1:3000", "[::1]:3000", "192.0.2.7:3000"] {
            assert!(allows(&hosts, host), "{host}");
        }
        for host in ["evil.example", "192.0.2.8", "localhost.evil.example"] {
            assert!(!allows(&hosts, host), "{host}");
        }
    }

    #[test]
    fn on_all_interfaces_any_address_counts_but_no_name() {
        let hosts = Hosts::new(&[], "0.0.0.0".parse().unwrap());
        assert!(allows(&hosts, "192.0.2.7:3000") && allows(&hosts, "[2001:db8::7]"));
        assert!(!allows(&hosts, "evil.example"));
    }

    #[test]
    fn given_names_replace_what_is_listened_on() {
        let hosts = Hosts::new(&[HostName::parse("Chat.example.org").unwrap()], "0.0.0.0".parse().unwrap());
        assert!(allows(&hosts, "chat.example.org:8443") && allows(&hosts, "localhost"));
        assert!(!allows(&hosts, "192.0.2.7"));
    }

    #[test]
    fn names_with_a_scheme_port_or_path_are_refused() {
        for text in
            ["https://chat.example.org", "chat.example.org:3000", "chat.example.org/", "a b", "me@chat.example.org", "", "*"]
        {
            assert_eq!(HostName::parse(text), None, "{text}");
        }
        assert!(HostName::parse("[2001:db8::7]").is_some());
    }

    #[test]
    fn an_origin_is_own_by_the_host_header_or_by_a_name() {
        let hosts = Hosts::new(&[HostName::parse("chat.example.org").unwrap()], "0.0.0.0".parse().unwrap());
        let headers = HeaderMap::from_iter([(header::HOST, "10.0.0.5:3000".parse().unwrap())]);
        for origin in ["http://10.0.0.5:3000", "https://chat.example.org"] {
            assert!(hosts.is_own_origin(origin, &headers), "{origin}");
        }
        for origin in [
            "http://10.0.0.5:4000",
            "http://10.0.0.6:3000",
            "http://localhost:8080",
            "null",
            "https://evil.example",
            "https://chat.example.org@evil.example",
        ] {
            assert!(!hosts.is_own_origin(origin, &headers), "{origin}");
        }
    }
}
