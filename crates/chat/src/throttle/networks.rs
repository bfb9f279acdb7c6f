//! Whose address it is, as far as an address says it. A customer with IPv6 has a whole /64 to change addresses in, often a /56, and whoever
//! rents a server a /48: each of them counts, the wide ones for more.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use super::{allowance::Allowance, buckets::Buckets, rate::Rate};

/// The networks of an IPv6 address that count, as bits that they have in common, and for how much of one address each.
const STEPS: [(u32, u32); 3] = [(64, 1), (56, 2), (48, 4)];

/// The networks that an address counts for, the narrowest first, each with its step.
pub(super) fn of(address: IpAddr) -> impl Iterator<Item = (usize, IpAddr)> {
    let address = address.to_canonical();
    let steps = if address.is_ipv4() { 1 } else { STEPS.len() };
    STEPS.into_iter().take(steps).map(move |(bits, _)| first_of(address, bits)).enumerate()
}

/// What counts as one address: of IPv6 the /64, else the address itself.
#[must_use]
pub fn network_of(address: IpAddr) -> IpAddr {
    first_of(address.to_canonical(), STEPS[0].0)
}

/// An address, or the network of many that counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network {
    first: IpAddr,
    /// Of an IPv6 address: the bits that they have in common.
    bits: Option<u32>,
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bits {
            Some(bits) => write!(f, "{}/{bits}", self.first),
            None => self.first.fmt(f),
        }
    }
}

/// The rate for a step, where this is the one for a single address.
pub(super) fn rate_of(step: usize, rate: Rate) -> Rate {
    rate.times(STEPS[step].1)
}

fn first_of(address: IpAddr, bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << (128 - bits))).into(),
    }
}

/// A bucket for each network.
pub(super) struct Networks([Buckets<IpAddr>; STEPS.len()]);

impl Networks {
    /// All full; the rate is the one for a single address.
    pub(super) fn new(rate: Rate) -> Self {
        Self(std::array::from_fn(|step| Buckets::new(rate_of(step, rate))))
    }

    /// The rate for a single address.
    pub(super) fn rate(&self) -> Rate {
        self.0[0].rate()
    }

    /// Fills them at this rate for a single address from now on.
    pub(super) fn hold_to(&self, rate: Rate) {
        self.0.iter().enumerate().for_each(|(step, buckets)| buckets.hold_to(rate_of(step, rate)));
    }

    /// Takes a drop from each network of an address, and says what is left where there is least. What the narrow one refuses costs the wide
    /// ones nothing.
    ///
    /// # Errors
    /// `throttled`, and which of them refuses.
    pub(super) fn take(&self, address: IpAddr) -> Result<Allowance, (Network, protocol::Error)> {
        of(address).try_fold(Allowance::of(self.rate(), self.rate().burst.get()), |least, (step, first)| {
            let bits = first.is_ipv6().then_some(STEPS[step].0);
            let left = self.0[step].take(&first).map_err(|error| (Network { first, bits }, error))?;
            Ok(if left.remaining < least.remaining { left } else { least })
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn networks(burst: u32) -> Networks {
        Networks::new(Rate::new(burst, DAY))
    }

    fn passes(networks: &Networks, address: &str) -> bool {
        networks.take(address.parse().unwrap()).is_ok()
    }

    #[test]
    fn an_address_runs_dry_and_others_do_not() {
        let networks = networks(2);
        assert_eq!(
            ["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"].map(|address| passes(&networks, address)),
            [true, true, false, true]
        );
        assert!(!passes(&networks, "::ffff:10.0.0.1"), "the same address in another form");
    }

    #[test]
    fn who_refuses_is_named() {
        let networks = networks(1);
        let named = |address: &str| networks.take(address.parse().unwrap()).err().map(|(network, _)| network.to_string());
        assert_eq!(["10.0.0.1", "2001:db8::1"].map(named), [None, None]);
        assert_eq!(
            ["::ffff:10.0.0.1", "2001:db8::2"].map(named),
            [Some("10.0.0.1".to_owned()), Some("2001:db8::/64".to_owned())]
        );
        named("2001:db8:0:1::1");
        assert_eq!(named("2001:db8:0:2::1"), Some("2001:db8::/56".to_owned()));
    }

    #[test]
    fn a_64_counts_as_one_address_a_56_as_two_and_a_48_as_four() {
        let each_of = |addresses: &[String]| {
            let networks = networks(3);
            addresses.iter().map(|address| (0..10).filter(|_| passes(&networks, address)).count()).sum::<usize>()
        };
        assert_eq!(each_of(&["2001:db8::1".into(), "2001:db8::ffff:2".into()]), 3);
        assert_eq!(each_of(&(0..9).map(|n| format!("2001:db8:0:{n:x}::1")).collect::<Vec<_>>()), 6);
        assert_eq!(each_of(&(0..9).map(|n| format!("2001:db8:0:{n:x}00::1")).collect::<Vec<_>>()), 12);
        assert_eq!(each_of(&(0..9).map(|n| format!("2001:db8:{n:x}::1")).collect::<Vec<_>>()), 27);
    }
}
