//! The names this server answers to. A page of another site whose name is pointed at this server (DNS rebinding) sends its own
//! name in `Host` and is refused; so are links built from a forged `Host`.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

/// A host name or IP address, lower case, without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// Parses a name such as `chat.example.org`, `192.0.2.7` or `[2001:db8::7]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_host = match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c)),
        };
        is_host.then(|| Self(text.to_ascii_lowercase()))
    }
}

/// What a request is addressed to: a name and, where it is not the usual one, a port. Nothing else may stand there, for it goes into
/// policies and addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    name: HostName,
    port: Option<u16>,
}

impl Host {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, Some(port).filter(|port| !port.is_empty())),
            _ => (text, None),
        };
        let is_number = port.is_none_or(|port| port.bytes().all(|digit| digit.is_ascii_digit()));
        let port = port.map(str::parse).transpose().ok().filter(|_| is_number)?;
        Some(Self { name: HostName::parse(name)?, port })
    }

    /// What `Host` says, if it says one thing, and the address of the request no other (RFC 9112, 3.2.2).
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri) -> Option<Self> {
        let host = Self::parse(the_only(headers, header::HOST).ok()??)?;
        let named = uri.authority().map(|authority| Self::parse(authority.as_str()));
        named.is_none_or(|named| named.as_ref() == Some(&host)).then_some(host)
    }

    /// The name without its port.
    pub(crate) fn name(&self) -> &str {
        &self.name.0
    }

    fn port(&self, scheme: Scheme) -> u16 {
        self.port.unwrap_or(scheme.port())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name.0),
            None => f.write_str(&self.name.0),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The site that a request comes from (RFC 6454, 6.1). `null` and other schemes are none that could be ours.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    scheme: Scheme,
    host: Host,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = match text.split_once("://")? {
            ("http", host) => (Scheme::Http, host),
            ("https", host) => (Scheme::Https, host),
            _ => return None,
        };
        Some(Self { scheme, host: Host::parse(host)? })
    }
}

/// The value of a header that may come once. An error when it comes twice or is no text: who reads the first and who reads the last
/// would not see the same.
pub(crate) fn the_only(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, Ambiguous> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().map(HeaderValue::to_str).transpose().map_err(|_| Ambiguous)?;
    if values.next().is_some() { Err(Ambiguous) } else { Ok(value) }
}

/// A header that says two things, or nothing that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous;

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
    pub(crate) fn allow(&self, host: &Host) -> bool {
        let host = host.name();
        self.given.iter().any(|name| name == host) || self.is_own(host) || (self.any_ip && is_ip(host))
    }

    /// Whether an `Origin` is a site of this house by its name alone, on whichever port: what is there may speak to those addresses
    /// where no cookie counts. An address that nobody has named is none of them.
    pub(crate) fn name_origin(&self, origin: &str) -> bool {
        Origin::parse(origin)
            .is_some_and(|Origin { host, .. }| self.given.iter().any(|name| name == host.name()) || self.is_own(host.name()))
    }

    fn is_own(&self, name: &str) -> bool {
        self.own.iter().any(|own| own == name)
    }

    /// Whether an `Origin` is this site: scheme, host and port by which the request came. `localhost` alone is not enough: other sites
    /// may run on other ports there. A proxy on this machine that puts its own address into `Host` hides which name was asked for: then
    /// the names that the owner gave count, on the usual port.
    pub(crate) fn is_own_origin(&self, origin: &str, host: &Host, secure: bool) -> bool {
        let scheme = if secure { Scheme::Https } else { Scheme::Http };
        let Some(origin) = Origin::parse(origin).filter(|origin| origin.scheme == scheme) else { return false };
        let is_asked_for = origin.host.name == host.name && origin.host.port(scheme) == host.port(scheme);
        let is_usual = origin.host.port(scheme) == scheme.port();
        is_asked_for || (is_usual && self.is_own(host.name()) && self.given.contains(&origin.host.name.0))
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
        Host::parse(host).is_some_and(|host| hosts.allow(&host))
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
    fn nothing_but_a_name_and_a_port_is_a_host() {
        for (text, written) in [
            ("Chat.Example.org:8443", "chat.example.org:8443"),
            ("localhost:", "localhost"),
            ("192.0.2.7:080", "192.0.2.7:80"),
            ("[2001:DB8::7]:443", "[2001:db8::7]:443"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(Host::parse(text).map(|host| host.to_string()).as_deref(), Some(written), "{text}");
        }
        for text in [
            "",
            ":80",
            "localhost:4200;script-src",
            "localhost:+80",
            "localhost:65536",
            "localhost:-1",
            "localhost: 80",
            "local host",
            "localhost;",
            "me@localhost",
            "localhost/",
            "localhost,evil.example",
            "[::1",
            "::1",
            "[::1]:x",
            "[::1]x",
            "[]",
            "[a]:1",
            "lo'cal",
            "*",
            "localhost:80:80",
        ] {
            assert_eq!(Host::parse(text), None, "{text}");
        }
    }

    fn host(lines: &[&'static str], uri: &str) -> Option<String> {
        let headers = lines.iter().map(|line| (header::HOST, HeaderValue::from_static(line))).collect();
        Host::of(&headers, &uri.parse().unwrap()).map(|host| host.to_string())
    }

    #[test]
    fn a_request_is_addressed_to_one_host() {
        assert_eq!(host(&["localhost"], "/r/lobby").as_deref(), Some("localhost"));
        assert_eq!(host(&["localhost:80"], "http://LOCALHOST:80/r/lobby").as_deref(), Some("localhost:80"));
        assert_eq!(host(&["localhost"], "http://evil.example/r/lobby"), None);
        assert_eq!(host(&["localhost"], "http://me@localhost/"), None);
        assert_eq!(host(&["localhost", "localhost"], "/"), None);
        assert_eq!(host(&["localhost", "evil.example"], "/"), None);
        assert_eq!(host(&[], "/"), None);
    }

    fn is_own(given: &[&str], host: &str, secure: bool, origin: &str) -> bool {
        let given: Vec<_> = given.iter().map(|name| HostName::parse(name).unwrap()).collect();
        let hosts = Hosts::new(&given, "0.0.0.0".parse().unwrap());
        hosts.is_own_origin(origin, &Host::parse(host).unwrap(), secure)
    }

    #[test]
    fn an_origin_is_own_by_scheme_host_and_port() {
        for (host, secure, origin) in [
            ("10.0.0.5:3000", false, "http://10.0.0.5:3000"),
            ("localhost", false, "http://localhost:80"),
            ("localhost:443", true, "https://LOCALHOST"),
            ("chat.example.org:8443", true, "https://chat.example.org:8443"),
        ] {
            assert!(is_own(&[], host, secure, origin) && is_own(&["chat.example.org"], host, secure, origin), "{origin}");
        }
        for (host, secure, origin) in [
            ("10.0.0.5:3000", false, "http://10.0.0.5:4000"),
            ("10.0.0.5:3000", false, "http://10.0.0.6:3000"),
            ("10.0.0.5:3000", false, "https://10.0.0.5:3000"),
            ("10.0.0.5:3000", true, "http://10.0.0.5:3000"),
            ("localhost:3000", false, "http://localhost:8080"),
            ("localhost:3000", false, "http://localhost"),
            ("chat.example.org", true, "http://chat.example.org"),
            ("chat.example.org", true, "https://chat.example.org:8443"),
            ("chat.example.org:8443", true, "https://chat.example.org"),
            ("chat.example.org", true, "https://evil.example"),
            ("chat.example.org", true, "https://chat.example.org@evil.example"),
            ("chat.example.org", true, "https://chat.example.org/"),
            ("chat.example.org", true, "//chat.example.org"),
            ("chat.example.org", true, "ftp://chat.example.org"),
            ("chat.example.org", true, "null"),
            ("chat.example.org", true, ""),
        ] {
            assert!(
                !is_own(&[], host, secure, origin) && !is_own(&["chat.example.org"], host, secure, origin),
                "{host} {origin}"
            );
        }
    }

    #[test]
    fn a_site_of_the_house_is_named_whatever_its_port() {
        let hosts = Hosts::new(&[HostName::parse("chat.example.org").unwrap()], "0.0.0.0".parse().unwrap());
        for origin in ["https://chat.example.org", "http://chat.example.org:8080", "http://localhost:5500", "http://[::1]:1"] {
            assert!(hosts.name_origin(origin), "{origin}");
        }
        for origin in ["https://example.org", "https://chat.example.org.evil.example", "null", "file://", "", "http://192.0.2.7"]
        {
            assert!(!hosts.name_origin(origin), "{origin}");
        }
        assert!(!Hosts::new(&[], "0.0.0.0".parse().unwrap()).name_origin("http://192.0.2.7"), "nobody has named it");
    }

    #[test]
    fn behind_a_proxy_that_hides_the_host_the_given_names_count() {
        let given = ["chat.example.org"];
        assert!(is_own(&given, "127.0.0.1:3000", true, "https://chat.example.org"));
        for origin in ["http://chat.example.org", "https://chat.example.org:8443", "https://example.org", "https://localhost"] {
            assert!(!is_own(&given, "127.0.0.1:3000", true, origin), "{origin}");
        }
        assert!(!is_own(&[], "127.0.0.1:3000", true, "https://chat.example.org"));
    }
}
