//! How often a password may be tried, or an account be made.
//!
//! A stranger's try needs a drop of each of its networks, and one of the account. A crowd that empties an account's bucket must not keep its
//! owner out (OWASP Authentication Cheat Sheet, "Account lockout"; OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): a device
//! from which the account was signed in to before has a bucket of its own. Buckets are those of all nodes.

use std::{net::IpAddr, sync::Arc};

use super::{
    buckets::Buckets,
    floods::{Floods, Offender},
    networks::{self, Networks},
    shared::Shared,
};
use crate::{Result, db::Db, limits::Limits};

/// Known devices in one network may try so many times as often as strangers there: whole offices sit behind one address.
const KNOWN_TIMES: u32 = 4;

/// What those are called who try too often.
const TRIES: &str = "tries to sign in";
/// What the buckets for new accounts are called.
const REGISTRATIONS: &str = "registrations";

/// The buckets of tries. Those that this node knows are asked first, so that a flood does not get to the database.
pub(crate) struct SignIns {
    strangers: Networks,
    known: Networks,
    registrations: Networks,
    accounts: Buckets<String>,
    devices: Buckets<String>,
    shared: Shared,
    floods: Arc<Floods>,
}

impl SignIns {
    /// All full.
    pub(crate) fn new(limits: &Limits, db: Db, floods: Arc<Floods>) -> Self {
        Self {
            strangers: Networks::new(limits.per_address),
            known: Networks::new(limits.per_address.times(KNOWN_TIMES)),
            registrations: Networks::new(limits.registrations_per_address),
            accounts: Buckets::new(limits.per_account),
            devices: Buckets::new(limits.per_account),
            shared: Shared::new(db),
            floods,
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
        self.from(REGISTRATIONS, &self.registrations, address).await
    }

    /// Takes a drop for a stranger's try at this account.
    pub(crate) async fn account(&self, username: &str) -> Result<()> {
        self.accounts.take(&username.to_owned()).inspect_err(|_| {
            self.floods.refused(Offender::Username(username.to_owned()), TRIES, self.accounts.rate().burst.get());
        })?;
        self.shared.take(&format!("account {username}"), self.accounts.rate()).await
    }

    /// Takes a drop for a try of a known device.
    pub(crate) async fn device(&self, mark: &str, address: IpAddr) -> Result<()> {
        self.devices.take(&mark.to_owned())?;
        self.shared.take(&format!("device {mark}"), self.devices.rate()).await?;
        self.from("known", &self.known, address).await
    }

    async fn from(&self, name: &str, own: &Networks, address: IpAddr) -> Result<()> {
        own.take(address).map_err(|(network, error)| {
            let what = if name == REGISTRATIONS { "new accounts" } else { TRIES };
            self.floods.refused(Offender::Network(network), what, own.rate().burst.get());
            error
        })?;
        for (step, network) in networks::of(address) {
            self.shared.take(&format!("{name} {step} {network}"), networks::rate_of(step, own.rate())).await?;
        }
        Ok(())
    }
}
