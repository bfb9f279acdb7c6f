//! How often a password may be tried, or an account be made.
//!
//! A stranger's try needs a drop of each of its networks, and one of the account. A crowd that empties an account's bucket must not keep its
//! owner out (OWASP Authentication Cheat Sheet, "Account lockout"; OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): a device
//! from which the account was signed in to before has a bucket of its own. Buckets are those of all nodes.

use std::net::IpAddr;

use super::{
    buckets::Buckets,
    networks::{self, Networks},
    shared::Shared,
};
use crate::{Result, db::Db, limits::Limits};

/// Known devices in one network may try so many times as often as strangers there: whole offices sit behind one address.
const KNOWN_TIMES: u32 = 4;

/// The buckets of tries. Those that this node knows are asked first, so that a flood does not get to the database.
pub(crate) struct SignIns {
    strangers: Networks,
    known: Networks,
    registrations: Networks,
    accounts: Buckets<String>,
    devices: Buckets<String>,
    shared: Shared,
}

impl SignIns {
    /// All full.
    pub(crate) fn new(limits: &Limits, db: Db) -> Self {
        Self {
            strangers: Networks::new(limits.per_address),
            known: Networks::new(limits.per_address.times(KNOWN_TIMES)),
            registrations: Networks::new(limits.registrations_per_address),
            accounts: Buckets::new(limits.per_account),
            devices: Buckets::new(limits.per_account),
            shared: Shared::new(db),
        }
    }

    /// Holds everybody to these limits from now on.
    pub(crate) fn hold_to(&self, limits: &Limits) {
        self.registrations.hold_to(limits.registrations_per_address);
    }

    /// Takes a drop for a stranger's try from this address.
    pub(crate) async fn stranger(&self, address: IpAddr) -> Result<()> {
        self.from("strangers", &self.strangers, address).await
    }

    /// Takes a drop for an account that is made from this address.
    pub(crate) async fn registration(&self, address: IpAddr) -> Result<()> {
        self.from("registrations", &self.registrations, address).await
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

    async fn keyed(&self, name: &str, own: &Buckets<String>, key: &str) -> Result<()> {
        own.take(&key.to_owned())?;
        self.shared.take(&format!("{name} {key}"), own.rate()).await
    }

    async fn from(&self, name: &str, own: &Networks, address: IpAddr) -> Result<()> {
        own.take(address)?;
        for (step, network) in networks::of(address) {
            self.shared.take(&format!("{name} {step} {network}"), networks::rate_of(step, own.rate())).await?;
        }
        Ok(())
    }
}
