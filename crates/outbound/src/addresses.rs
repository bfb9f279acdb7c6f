//! Which addresses are in the open internet (IANA's registries of special purpose addresses).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are not: this one, private ones, those of providers, for documents and measurements, for many and for later.
pub(crate) const CLOSED_V4: [([u8; 4], u8); 14] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 3),
];

/// The part of IPv6 that is given out.
pub(crate) const OPEN_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What of it is not: protocols (Teredo too), documents.
pub(crate) const CLOSED_V6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Networks whose addresses hold one of IPv4, and how many bits stand behind it: mapped ones, NAT64, 6to4.
pub(crate) const HOLDS_V4: [(Ipv6Addr, u8, u32); 3] = [
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, 0),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96, 0),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, 80),
];

/// Whether an address is in the open internet, and so nothing that only this machine can reach.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !CLOSED_V4.iter().any(|&(network, length)| (bits ^ u32::from_be_bytes(network)) >> (32 - length) == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let within = |network: Ipv6Addr, length: u8| (bits ^ network.to_bits()) >> (128 - length) == 0;
    if let Some((.., behind)) = HOLDS_V4.iter().find(|(network, length, _)| within(*network, *length)) {
        return is_public_v4(Ipv4Addr::from_bits((bits >> behind) as u32));
    }
    within(OPEN_V6.0, OPEN_V6.1) && !CLOSED_V6.iter().any(|&(network, length)| within(network, length))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ipnet::{IpNet, Ipv4Net, Ipv6Net};
    use proptest::prelude::*;

    use super::*;

    fn closed_v4() -> Vec<Ipv4Net> {
        CLOSED_V4.map(|(network, length)| Ipv4Net::new(network.into(), length).unwrap()).into()
    }

    /// An address that holds this one.
    fn holding(network: Ipv6Addr, behind: u32, v4: Ipv4Addr) -> Ipv6Addr {
        Ipv6Addr::from_bits(network.to_bits() | (u128::from(v4.to_bits()) << behind))
    }

    #[test]
    fn each_range_ends_where_it_should() {
        let nets = closed_v4();
        for net in &nets {
            for edge in [net.network(), net.broadcast()] {
                assert!(!is_public(edge.into()), "{edge}");
                for (network, _, behind) in HOLDS_V4 {
                    assert!(!is_public(holding(network, behind, edge).into()), "{edge} in {network}");
                }
            }
            let beside = [net.network().to_bits().checked_sub(1), net.broadcast().to_bits().checked_add(1)];
            for address in beside.into_iter().flatten().map(Ipv4Addr::from_bits) {
                let in_another = nets.iter().any(|other| other.contains(&address));
                assert_eq!(is_public(address.into()), !in_another, "{address}");
            }
        }
        for (network, length) in CLOSED_V6 {
            let net = Ipv6Net::new(network, length).unwrap();
            for edge in [net.network(), net.broadcast()] {
                assert!(!is_public(edge.into()), "{edge}");
            }
        }
        let open = Ipv6Net::new(OPEN_V6.0, OPEN_V6.1).unwrap();
        for (address, expected) in [
            (open.network(), true),
            (Ipv6Addr::from_bits(open.network().to_bits() - 1), false),
            (Ipv6Addr::from_bits(open.broadcast().to_bits() + 1), false),
            (Ipv6Addr::from_bits(open.broadcast().to_bits()), true),
            ("2001:200::".parse().unwrap(), true),
            ("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff".parse().unwrap(), false),
            ("2001:db7:ffff::1".parse().unwrap(), true),
            ("2001:db9::1".parse().unwrap(), true),
            ("3fff:1000::1".parse().unwrap(), true),
            (Ipv6Addr::LOCALHOST, false),
            ("fe80::1".parse().unwrap(), false),
            ("fc00::1".parse().unwrap(), false),
            ("ff02::1".parse().unwrap(), false),
        ] {
            assert_eq!(is_public(address.into()), expected, "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_address_of_a_closed_range_is_public(n in 0..CLOSED_V4.len(), within: u32) {
            let net = closed_v4()[n];
            let address = Ipv4Addr::from_bits(net.network().to_bits() | (within & net.hostmask().to_bits()));
            prop_assert!(!is_public(address.into()));
            for (network, _, behind) in HOLDS_V4 {
                prop_assert!(!is_public(holding(network, behind, address).into()));
            }
        }

        #[test]
        fn an_address_is_public_when_no_range_has_it(bits: u32) {
            let address = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(is_public(address.into()), !closed_v4().iter().any(|net| net.contains(&address)));
        }

        #[test]
        fn only_what_is_given_out_of_ipv6_is_public(bits: u128) {
            let address = Ipv6Addr::from_bits(bits);
            let net = |(network, length)| IpNet::from(Ipv6Net::new(network, length).unwrap());
            if is_public(address.into()) && !HOLDS_V4.iter().any(|&(a, b, _)| net((a, b)).contains(&IpAddr::from(address))) {
                prop_assert!(net(OPEN_V6).contains(&IpAddr::from(address)));
                prop_assert!(!CLOSED_V6.iter().any(|&closed| net(closed).contains(&IpAddr::from(address))));
            }
        }
    }
}
