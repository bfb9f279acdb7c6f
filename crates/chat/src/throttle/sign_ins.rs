//! How often a password may be tried, or an account be made.
//!
//! A stranger's try needs a drop of each of its networks, and one of the account. A crowd that empties an account's bucket must not keep its
//! owner out (OWASP Authentication Cheat Sheet, "Account lockout"; OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): a device
//! from which the account was signed in to before has a bucket of its own. Buckets are those of all nodes.

use std::net::IpAddr;

use super::{
    buckets::Buckets,
    networks::{self, Networks},
    rate::Rate,
    shared::Shared,
};
use crate::{Result, db::Db};

/// Known devices in one network may try so many times as often as strangers there: whole offices sit behind one address.
const KNOWN_TIMES: u32 = 4;

/// The buckets of tries.
pub(crate) struct SignIns {
    strangers: Bounded<Networks>,
    known: Bounded<Networks>,
    accounts: Bounded<Buckets<String>>,
    devices: Bounded<Buckets<String>>,
    shared: Shared,
}

/// Buckets with the rate that they are filled at.
struct Bounded<B> {
    rate: Rate,
    /// What this node knows; asked first, so that a flood does not get to the database.
    own: B,
}

impl SignIns {
    /// All full: with these rates for one address, and for one account or device.
    pub(crate) fn new(address: Rate, account: Rate, db: Db) -> Self {
        let networks = |rate| Bounded { rate, own: Networks::new(rate) };
        let keyed = || Bounded { rate: account, own: Buckets::new(account) };
        Self {
            strangers: networks(address),
            known: networks(address.times(KNOWN_TIMES)),
            accounts: keyed(),
            devices: keyed(),
            shared: Shared::new(db),
        }
    }

    /// Takes a drop for a stranger's try from this address.
    pub(crate) async fn stranger(&self, address: IpAddr) -> Result<()> {
        self.from("strangers", &self.strangers, address).await
    }

    /// Takes a drop for a stranger's try at this account.
    pub(crate) async fn account(&self, username: &str) -> Result<()> {
        self.keyed("account", &self.accounts, username).await
    }

    /// Takes a drop for a try of a known device.
    pub(crate) async fn device(&self, mark: &str, address: IpAddr) -> Result<()> {
        self.keyed("device", &self.devices, mark).await?;
        self.from("known", &self.known, address).await
    }

    async fn keyed(&self, name: &str, buckets: &Bounded<Buckets<String>>, key: &str) -> Result<()> {
        buckets.own.take(&key.to_owned())?;
        self.shared.take(&format!("{name} {key}"), buckets.rate).await
    }

    async fn from(&self, name: &str, buckets: &Bounded<Networks>, address: IpAddr) -> Result<()> {
        buckets.own.take(address)?;
        for (step, network) in networks::of(address) {
            self.shared.take(&format!("{name} {step} {network}"), networks::rate_of(step, buckets.rate)).await?;
        }
        Ok(())
    }
}
