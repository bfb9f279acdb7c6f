//! Proxies before this server: whose word counts on where a request comes from.

use std::net::IpAddr;

use ipnet::IpNet;

/// Where proxies may be. On this machine and in its private network they always may. Carrier-grade NAT (100.64.0.0/10) is not that:
/// there the neighbours are other customers of a carrier, or all devices of a Tailscale network. Some platforms have their proxies
/// there; the operator knows.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Named by the operator.
    given: Vec<IpNet>,
}

impl Proxies {
    /// Those nearby, and those in these networks.
    #[must_use]
    pub fn new(given: &[IpNet]) -> Self {
        Self { given: given.to_owned() }
    }

    /// Whether what a peer with this address says of its clients is believed.
    pub(crate) fn include(&self, peer: IpAddr) -> bool {
        is_near(peer) || self.names(peer)
    }

    /// Whether the operator has named this address.
    pub(crate) fn names(&self, address: IpAddr) -> bool {
        self.given.iter().any(|network| network.contains(&address))
    }
}

/// Whether the address is one of this machine or of a private network.
pub(crate) fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// Reads a network such as `100.64.0.0/10`, or a single address.
pub(crate) fn parse(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn include(given: &[&str], peer: &str) -> bool {
        let given: Vec<_> = given.iter().map(|network| parse(network).unwrap()).collect();
        Proxies::new(&given).include(peer.parse().unwrap())
    }

    #[test]
    fn those_nearby_are_believed_always() {
        for peer in ["127.0.0.1", "10.0.0.2", "172.31.255.1", "192.168.1.4", "169.254.0.1", "::1", "fd00::1", "fe80::1"] {
            assert!(include(&[], peer) && include(&["203.0.113.7"], peer), "{peer}");
        }
    }

    #[test]
    fn those_elsewhere_are_believed_when_they_are_named() {
        for peer in ["100.64.0.1", "100.127.255.254", "203.0.113.7", "2001:db8::7"] {
            assert!(!include(&[], peer), "{peer}");
            assert!(include(&["100.64.0.0/10", "203.0.113.7", "2001:db8::/32"], peer), "{peer}");
        }
        assert!(!include(&["203.0.113.7"], "203.0.113.8"));
    }

    #[test]
    fn only_addresses_and_networks_are_read() {
        for text in ["", "proxy.example.org", "203.0.113", "203.0.113.0/33", "203.0.113.7:80"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
