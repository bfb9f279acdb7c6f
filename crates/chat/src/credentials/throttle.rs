//! How often somebody may try a password or make an account.
//!
//! Two buckets must have a drop left: that of the address, and that of the account. A crowd of strangers that empties an
//! account's bucket must not keep its owner out (OWASP Authentication Cheat Sheet, "Account lockout"): an address from which the
//! account signed in before has a bucket of its own.

use std::{collections::HashSet, hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use parking_lot::Mutex;

/// A bucket: so many tries at once, then one each so often.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Tries at once.
    pub burst: NonZeroU32,
    /// Time after which one more is allowed.
    pub each: Duration,
}

impl Rate {
    fn quota(self) -> Quota {
        let each = self.each.max(Duration::from_millis(1));
        Quota::with_period(each).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(self.burst)
    }
}

/// Known addresses to remember. When it is full all are forgotten, which only costs a share in the common bucket.
const KNOWN_MAX: usize = 10_000;
/// Buckets that are full again are dropped after this many tries.
const SWEEP_EVERY: u32 = 1_000;

#[derive(Clone, PartialEq, Eq, Hash)]
enum Account {
    Anywhere(String),
    From(String, IpAddr),
}

/// The buckets of one node.
pub(crate) struct Throttle {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    accounts: DefaultKeyedRateLimiter<Account>,
    known: Mutex<HashSet<(String, IpAddr)>>,
    tries: Mutex<u32>,
}

impl Throttle {
    pub(crate) fn new(per_address: Rate, per_account: Rate) -> Self {
        Self {
            addresses: RateLimiter::keyed(per_address.quota()),
            accounts: RateLimiter::keyed(per_account.quota()),
            known: Mutex::default(),
            tries: Mutex::default(),
        }
    }

    /// Takes a drop for a try from this address.
    pub(crate) fn check_address(&self, from: IpAddr) -> Result<(), protocol::Error> {
        self.sweep();
        take(&self.addresses, &network(from))
    }

    /// Takes a drop for a try at this account from this address.
    pub(crate) fn check_account(&self, username: &str, from: IpAddr) -> Result<(), protocol::Error> {
        let source = (username.to_owned(), network(from));
        let known = self.known.lock().contains(&source);
        let key = if known { Account::From(source.0, source.1) } else { Account::Anywhere(source.0) };
        take(&self.accounts, &key)
    }

    /// Remembers that the account's owner signed in from this address.
    pub(crate) fn succeeded(&self, username: &str, from: IpAddr) {
        let mut known = self.known.lock();
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert((username.to_owned(), network(from)));
    }

    fn sweep(&self) {
        let mut tries = self.tries.lock();
        *tries += 1;
        if *tries >= SWEEP_EVERY {
            *tries = 0;
            self.addresses.retain_recent();
            self.accounts.retain_recent();
        }
    }
}

fn take<K: Clone + Eq + Hash>(bucket: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), protocol::Error> {
    bucket.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now());
        protocol::Error::throttled(wait.as_secs() + 1)
    })
}

/// An IPv6 customer has a whole /64 to change addresses in, so that counts as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NEVER: Duration = Duration::from_secs(86_400);

    fn throttle(addresses: u32, accounts: u32) -> Throttle {
        let rate = |burst| Rate { burst: NonZeroU32::new(burst).unwrap(), each: NEVER };
        Throttle::new(rate(addresses), rate(accounts))
    }

    fn address(last: u8) -> IpAddr {
        [10, 0, 0, last].into()
    }

    #[test]
    fn an_address_runs_dry_and_others_do_not() {
        let throttle = throttle(2, 100);
        assert!(throttle.check_address(address(1)).is_ok());
        assert!(throttle.check_address(address(1)).is_ok());
        let refused = throttle.check_address(address(1)).unwrap_err();
        assert!(refused.retry_after.unwrap() > 0);
        assert!(throttle.check_address(address(2)).is_ok());
    }

    #[test]
    fn a_whole_64_network_is_one_address() {
        let throttle = throttle(1, 100);
        assert!(throttle.check_address("2001:db8::1".parse().unwrap()).is_ok());
        assert!(throttle.check_address("2001:db8::ffff:2".parse().unwrap()).is_err());
        assert!(throttle.check_address("2001:db8:0:1::1".parse().unwrap()).is_ok());
    }

    #[test]
    fn strangers_who_empty_an_account_do_not_keep_its_owner_out() {
        let throttle = throttle(100, 2);
        throttle.succeeded("ada", address(1));
        for last in 10..12 {
            assert!(throttle.check_account("ada", address(last)).is_ok());
        }
        assert!(throttle.check_account("ada", address(12)).is_err());
        assert!(throttle.check_account("ada", address(1)).is_ok());
        assert!(throttle.check_account("bob", address(12)).is_ok());
    }
}
