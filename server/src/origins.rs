//! Other origins whose pages may use the API and open sockets, as the operator says.

use std::fmt;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
};

use crate::hosts::the_only;

/// An origin whose pages may use the API, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// `*`
    Any,
    /// This one, as browsers write it.
    Origin(String),
}

impl Allowed {
    /// Parses `*` or an origin such as `https://app.example.org`, `http://localhost:8100` or `capacitor://localhost`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let origin = text.to_ascii_lowercase();
        let (scheme, host) = origin.split_once("://")?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.bytes().all(|c| c.is_ascii_alphanumeric() || b"+-.".contains(&c));
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, Some(port.parse::<u16>().ok()?)),
            _ => (host, None),
        };
        let is_name = !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.:[]".contains(&c));
        // Browsers leave the usual port out.
        let port = port.filter(|port| !matches!((scheme, port), ("http", 80) | ("https", 443)));
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        (is_scheme && is_name).then(|| Self::Origin(format!("{scheme}://{name}{port}")))
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "*",
            Self::Origin(origin) => origin,
        })
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Cors(Vec<Allowed>);

impl Cors {
    /// These origins; nobody's without any.
    #[must_use]
    pub fn new(allowed: Vec<Allowed>) -> Self {
        Self(allowed)
    }

    pub(crate) fn is_any(&self) -> bool {
        self.0.contains(&Allowed::Any)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether pages of this origin may use the API.
    fn allows(&self, origin: &str) -> bool {
        self.is_any() || self.0.iter().any(|allowed| matches!(allowed, Allowed::Origin(known) if known == origin))
    }

    /// Whether this request for the API comes from a page that may use it.
    pub(crate) fn lets_in(&self, request: &Request) -> bool {
        is_api(request) && origin(request.headers()).is_some_and(|origin| self.allows(origin))
    }

    /// Whether whoever brings a token may open a socket from there. Programs in a frame or a file are nowhere (`null`).
    pub(crate) fn opens_sockets(&self, headers: &HeaderMap) -> bool {
        let is_nowhere = |origin: &str| origin == "null" && !self.0.is_empty();
        origin(headers).is_some_and(|origin| self.allows(origin) || is_nowhere(origin))
    }

    /// What a page of this origin is told.
    pub(crate) fn answer(&self, origin: &str) -> Option<HeaderValue> {
        if self.is_any() {
            return Some(HeaderValue::from_static("*"));
        }
        HeaderValue::from_str(origin).ok().filter(|_| self.allows(origin))
    }
}

/// Whether it is for the API.
pub(crate) fn is_api(request: &Request) -> bool {
    request.uri().path().starts_with("/api/v1/")
}

/// Where the page is from that asks.
pub(crate) fn origin(headers: &HeaderMap) -> Option<&str> {
    the_only(headers, header::ORIGIN).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        for (text, written) in [
            ("*", "*"),
            ("capacitor://localhost", "capacitor://localhost"),
            ("HTTPS://App.Example.org:443", "https://app.example.org"),
            ("http://localhost:8100", "http://localhost:8100"),
            ("http://[::1]:8100", "http://[::1]:8100"),
            ("http://[::1]", "http://[::1]"),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ] {
            assert_eq!(Allowed::parse(text).map(|origin| origin.to_string()).as_deref(), Some(written), "{text}");
        }
        for text in [
            "",
            "null",
            "localhost",
            "https://",
            "https://a/",
            "https://a/b",
            "https://*.example.org",
            "https://a:b",
            "://a",
            "1a://b",
        ] {
            assert_eq!(Allowed::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_origin_is_compared_as_a_whole() {
        let cors = Cors::new(Allowed::parse("https://app.example.org").into_iter().collect());
        assert!(cors.allows("https://app.example.org"));
        for origin in [
            "http://app.example.org",
            "https://app.example.org:8443",
            "https://example.org",
            "https://app.example.org.evil",
            "null",
        ] {
            assert!(!cors.allows(origin), "{origin}");
        }
        assert!(Cors::new(vec![Allowed::Any]).allows("null") && !Cors::default().allows("https://app.example.org"));
    }
}
