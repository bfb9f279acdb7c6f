//! Options of `snug serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use chat::Limits;
use clap::Args;
use ipnet::IpNet;

use super::{Store, lives::Lives, notices};
use crate::{
    compat::settings::Compat,
    hosts::{HostName, Hosts},
    origins::{Allowed, Cors},
    proxies::{self, Proxies},
};

const DEFAULT_ADDR: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// Whose clients are understood beside our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialects {
    /// Those of the Django Channels tutorials.
    Channels,
}

/// Options of `snug serve`.
#[derive(Args)]
pub struct Options {
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "SNUG_ADDR", value_parser = parse_addr)]
    addr: Option<SocketAddr>,

    /// Listen on this port on all interfaces; --addr goes before it
    #[arg(long, env = "PORT", value_parser = parse_port)]
    pub(super) port: Option<u16>,

    /// Host names that Snug is reached by, separated by commas [default: localhost and what it listens on]
    #[arg(long, env = "SNUG_HOSTS", value_delimiter = ',', value_parser = parse_host)]
    hosts: Vec<HostName>,

    /// Origins of other pages that may use the API and open sockets, each with a token of its own, separated by commas: such as
    /// capacitor://localhost, or * for all [default: none]
    #[arg(long, env = "SNUG_CORS_ORIGINS", value_delimiter = ',', value_parser = parse_origin)]
    pub(super) cors_origins: Vec<Allowed>,

    /// Addresses or networks of proxies that are not on this machine or in a private network, separated by commas: what they
    /// say in X-Forwarded-For and X-Forwarded-Proto is believed [default: none]
    #[arg(long, env = "SNUG_TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_proxies)]
    pub(super) trusted_proxies: Vec<IpNet>,

    /// Limits other than the usual ones, such as sends=500+50/s,rooms-made=1000: 500 at once and then 50 a second, and a number.
    /// docs/SELF_HOSTING.md lists them [default: none]
    #[arg(long, env = "SNUG_LIMITS", value_parser = parse_limits)]
    limits: Option<Limits>,

    /// Understand clients of other servers too: channels for those of the Django Channels tutorials (docs/COMPAT.md) [default: none]
    #[arg(long, env = "SNUG_COMPAT", value_parser = parse_compat)]
    pub(super) compat: Option<Dialects>,

    /// Addresses or networks of your own to which outgoing webhooks and commands may go, by any port, separated by commas; else they
    /// go to the open internet alone [default: none]
    #[arg(long, env = "SNUG_OUTBOUND_ALLOW", value_delimiter = ',', value_parser = parse_outbound)]
    pub(super) outbound_allow: Vec<IpNet>,

    #[command(flatten)]
    pub(super) lives: Lives,

    #[command(flatten)]
    pub(super) store: Store,
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

    /// The other origins whose pages may use the API.
    #[must_use]
    pub fn cors(&self) -> Cors {
        Cors::new(self.cors_origins.clone())
    }

    /// The proxies whose word counts.
    #[must_use]
    pub fn proxies(&self) -> Proxies {
        Proxies::new(&self.trusted_proxies)
    }

    /// How much of what is allowed.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let limits = self.lives.limits(self.limits.clone().unwrap_or_default());
        Limits { outbound: self.outbound_allow.clone(), ..limits }
    }

    /// How clients of other servers are understood.
    #[must_use]
    pub fn compat(&self) -> Option<Compat> {
        self.compat.map(|Dialects::Channels| Compat { refresh_seconds: self.lives.refresh_seconds() })
    }

    pub(super) fn notice(&self) -> Option<String> {
        notices::too_many_proxies(&self.trusted_proxies)
    }

    pub(super) fn complete(&mut self) -> Result<(), String> {
        self.store.complete()?;
        if self.store.redis_url().is_some() && self.store.signing_key().is_none() {
            let fault =
                "with REDIS_URL all nodes have to sign by one key: set SNUG_SIGNING_KEY as well (openssl rand -base64 32)";
            return Err(fault.to_owned());
        }
        Ok(())
    }

    /// Where everything is kept.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}

fn parse_compat(text: &str) -> Result<Dialects, &'static str> {
    match text.trim() {
        "channels" => Ok(Dialects::Channels),
        _ => Err("SNUG_COMPAT or --compat knows channels only"),
    }
}

fn parse_limits(text: &str) -> Result<Limits, String> {
    Limits::parse(text).map_err(|fault| format!("SNUG_LIMITS or --limits: {fault}"))
}

fn parse_addr(text: &str) -> Result<SocketAddr, &'static str> {
    text.trim().parse().map_err(|_| "SNUG_ADDR or --addr needs an IP address and a port, such as 127.0.0.1:3000")
}

fn parse_port(text: &str) -> Result<u16, &'static str> {
    text.trim().parse().map_err(|_| "PORT or --port needs a number from 0 to 65535")
}

fn parse_host(text: &str) -> Result<HostName, &'static str> {
    HostName::parse(text.trim()).ok_or("SNUG_HOSTS or --hosts needs names such as chat.example.org, without scheme or port")
}

fn parse_outbound(text: &str) -> Result<IpNet, &'static str> {
    proxies::parse(text.trim()).ok_or("SNUG_OUTBOUND_ALLOW or --outbound-allow needs addresses or networks such as 10.0.3.0/24")
}

fn parse_origin(text: &str) -> Result<Allowed, &'static str> {
    Allowed::parse(text.trim())
        .ok_or("SNUG_CORS_ORIGINS or --cors-origins needs origins such as https://app.example.org or capacitor://localhost, or *")
}

fn parse_proxies(text: &str) -> Result<IpNet, &'static str> {
    proxies::parse(text.trim())
        .ok_or("SNUG_TRUSTED_PROXIES or --trusted-proxies needs addresses or networks such as 100.64.0.0/10")
}
