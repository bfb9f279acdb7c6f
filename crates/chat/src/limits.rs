//! How much of what is allowed. `SNUG_LIMITS` sets each by its name; docs/SELF_HOSTING.md says what they are for.

use std::{str::FromStr, time::Duration};

use outbound::IpNet;

use crate::{
    quotas::{Quota, Quotas},
    throttle::{Deed, Rate, Rates},
};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// How much of what is allowed. Rates of sign-ins hold over all nodes, other rates and the sockets for each node.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Tries to sign in or to make an account per address; an IPv6 /64 counts as one, a /56 as two, a /48 as four, here and below.
    pub per_address: Rate,
    /// Tries to sign in per account by strangers, and by each known device.
    pub per_account: Rate,
    /// Accounts made per address.
    pub registrations_per_address: Rate,
    /// Messages per account.
    pub sends: Rate,
    /// Messages per address.
    pub sends_per_address: Rate,
    /// Rooms joined or left per account.
    pub joins: Rate,
    /// Rooms joined or left per address.
    pub joins_per_address: Rate,
    /// Rooms made per account.
    pub creations: Rate,
    /// Rooms made per address.
    pub creations_per_address: Rate,
    /// Invites made per account.
    pub invites: Rate,
    /// Invites made per address.
    pub invites_per_address: Rate,
    /// Changes of rooms, and of oneself, per account.
    pub edits: Rate,
    /// Changes of rooms and accounts per address.
    pub edits_per_address: Rate,
    /// Things done to others in rooms per account.
    pub moderations: Rate,
    /// Things done to others in rooms per address.
    pub moderations_per_address: Rate,
    /// Refresh tokens exchanged per account.
    pub renewals: Rate,
    /// Refresh tokens exchanged per address.
    pub renewals_per_address: Rate,
    /// Sockets opened per account.
    pub connects: Rate,
    /// Sockets opened per address.
    pub connects_per_address: Rate,
    /// Sockets that an account may have open.
    pub sockets: usize,
    /// Sockets that may be open from an address.
    pub sockets_per_address: usize,
    /// Rooms that an account may make.
    pub rooms_made: u32,
    /// Rooms that an account may be in.
    pub rooms_joined: u32,
    /// Rooms that the house may have.
    pub rooms: u32,
    /// Lifetime of an access token, in seconds.
    pub access_token_seconds: u64,
    /// Successors of one refresh token that are given so shortly after one another, in milliseconds, went to tabs of one browser at the
    /// same time: which answer came last, and so which of them it kept, is not known. Those that are older give way to the new one.
    pub refresh_grace_ms: i64,
    /// How long a session lasts after it was last used, in seconds.
    pub session_seconds: i64,
    /// How long a session lasts after its sign-in, however much it is used, in seconds.
    pub session_max_seconds: i64,
    /// Bytes that may wait for a slow reader before its socket is closed.
    pub mailbox_bytes: usize,
    /// Networks of the operator's own to which requests may go; nothing else goes to an address that is not in the open internet.
    pub outbound: Vec<IpNet>,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |burst, seconds| Rate::new(burst, Duration::from_secs(seconds));
        let per_second = |burst, count| Rate::new(burst, Duration::from_secs(1) / count);
        Self {
            per_address: rate(20, 3),
            per_account: rate(10, 6),
            registrations_per_address: rate(100, 60),
            sends: per_second(100, 5),
            sends_per_address: per_second(1_000, 50),
            joins: rate(60, 2),
            joins_per_address: per_second(600, 5),
            creations: rate(30, 60),
            creations_per_address: rate(100, 20),
            invites: rate(30, 60),
            invites_per_address: rate(100, 20),
            edits: rate(30, 10),
            edits_per_address: rate(100, 2),
            moderations: rate(100, 3),
            moderations_per_address: per_second(300, 1),
            renewals: rate(30, 30),
            renewals_per_address: per_second(1_000, 20),
            connects: per_second(100, 1),
            connects_per_address: per_second(1_000, 20),
            sockets: 100,
            sockets_per_address: 1_000,
            rooms_made: 100,
            rooms_joined: 200,
            rooms: 10_000,
            access_token_seconds: 15 * 60,
            refresh_grace_ms: 10_000,
            session_seconds: 30 * DAY_SECONDS,
            session_max_seconds: 90 * DAY_SECONDS,
            mailbox_bytes: 256 * 1024,
            outbound: Vec::new(),
        }
    }
}

type Part<T> = (&'static str, fn(&mut Limits) -> &mut T);

/// The rates by their names.
const RATES: [Part<Rate>; 19] = [
    ("tries-per-address", |limits| &mut limits.per_address),
    ("tries-per-account", |limits| &mut limits.per_account),
    ("registrations-per-address", |limits| &mut limits.registrations_per_address),
    ("sends", |limits| &mut limits.sends),
    ("sends-per-address", |limits| &mut limits.sends_per_address),
    ("joins", |limits| &mut limits.joins),
    ("joins-per-address", |limits| &mut limits.joins_per_address),
    ("creations", |limits| &mut limits.creations),
    ("creations-per-address", |limits| &mut limits.creations_per_address),
    ("invites", |limits| &mut limits.invites),
    ("invites-per-address", |limits| &mut limits.invites_per_address),
    ("edits", |limits| &mut limits.edits),
    ("edits-per-address", |limits| &mut limits.edits_per_address),
    ("moderations", |limits| &mut limits.moderations),
    ("moderations-per-address", |limits| &mut limits.moderations_per_address),
    ("renewals", |limits| &mut limits.renewals),
    ("renewals-per-address", |limits| &mut limits.renewals_per_address),
    ("connects", |limits| &mut limits.connects),
    ("connects-per-address", |limits| &mut limits.connects_per_address),
];

/// The numbers by their names.
const SOCKETS: [Part<usize>; 2] =
    [("sockets", |limits| &mut limits.sockets), ("sockets-per-address", |limits| &mut limits.sockets_per_address)];
const ROOMS: [Part<u32>; 3] = [
    ("rooms-made", |limits| &mut limits.rooms_made),
    ("rooms-joined", |limits| &mut limits.rooms_joined),
    ("rooms", |limits| &mut limits.rooms),
];

impl Limits {
    /// Limits as the operator names them: `sends=500+50/s, rooms=50000`. What is not named stays as it is by default.
    ///
    /// # Errors
    /// What is wrong, in one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut limits = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("{part:?} is not of the form name=value"))?;
            limits.set(name.trim(), value.trim()).map_err(|fault| format!("{}: {fault}", name.trim()))?;
        }
        Ok(limits)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if let Some(rate) = of(&RATES, name) {
            *rate(self) = value.parse().map_err(str::to_owned)?;
        } else if let Some(count) = of(&SOCKETS, name) {
            *count(self) = number(value)?;
        } else if let Some(count) = of(&ROOMS, name) {
            *count(self) = number(value)?;
        } else {
            return Err("there is no such limit".to_owned());
        }
        Ok(())
    }

    /// Every limit that has a name, with its value as it is written.
    #[must_use]
    pub fn named(mut self) -> Vec<(&'static str, String)> {
        let mut named: Vec<_> = RATES.iter().map(|(name, rate)| (*name, rate(&mut self).to_string())).collect();
        named.extend(SOCKETS.iter().map(|(name, count)| (*name, count(&mut self).to_string())));
        named.extend(ROOMS.iter().map(|(name, count)| (*name, count(&mut self).to_string())));
        named
    }

    /// The limits as far as what an owner has settled allows them.
    pub(crate) fn held_to(&self, quotas: &Quotas) -> Self {
        let mut held = self.clone();
        for quota in Quota::ALL {
            let rate = held.of_quota(quota);
            *rate = quotas.get(quota).map_or(*rate, |count| quota.hold(*rate, count));
        }
        held
    }

    /// The most that an owner can allow.
    #[must_use]
    pub fn most(&self, quota: Quota) -> u32 {
        quota.most(*self.clone().of_quota(quota))
    }

    fn of_quota(&mut self, quota: Quota) -> &mut Rate {
        match quota {
            Quota::Messages => &mut self.sends,
            Quota::MessagesFromAddress => &mut self.sends_per_address,
            Quota::Rooms => &mut self.creations,
            Quota::RoomsFromAddress => &mut self.creations_per_address,
            Quota::Invites => &mut self.invites,
            Quota::InvitesFromAddress => &mut self.invites_per_address,
            Quota::RegistrationsFromAddress => &mut self.registrations_per_address,
        }
    }

    /// How often a deed may be done.
    pub(crate) fn rates(&self, deed: Deed) -> Rates {
        let (account, address) = match deed {
            Deed::Send => (self.sends, self.sends_per_address),
            Deed::Join => (self.joins, self.joins_per_address),
            Deed::CreateRoom => (self.creations, self.creations_per_address),
            Deed::Invite => (self.invites, self.invites_per_address),
            Deed::EditRoom => (self.edits, self.edits_per_address),
            Deed::Moderate => (self.moderations, self.moderations_per_address),
            Deed::Renew => (self.renewals, self.renewals_per_address),
            Deed::Connect => (self.connects, self.connects_per_address),
        };
        Rates { account, address }
    }
}

fn of<T>(parts: &[Part<T>], name: &str) -> Option<fn(&mut Limits) -> &mut T> {
    parts.iter().find(|(known, _)| *known == name).map(|(_, part)| *part)
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is not a number"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_named_is_set_and_the_rest_stays() {
        let limits = Limits::parse("sends=500+50/s, rooms=7,,sockets-per-address = 3").unwrap();
        assert_eq!(limits.sends, Rate::new(500, Duration::from_millis(20)));
        assert_eq!((limits.rooms, limits.sockets_per_address, limits.sockets), (7, 3, Limits::default().sockets));
        assert_eq!(Limits::parse("").unwrap().named(), Limits::default().named());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, fault) in [
            ("off", "\"off\" is not of the form"),
            ("send=5+1/s", "send: there is no such limit"),
            ("sends=5", "sends: a rate is written as"),
            ("rooms=many", "rooms: \"many\" is not a number"),
            ("rooms=-1", "rooms: \"-1\" is not a number"),
        ] {
            let said = Limits::parse(text).unwrap_err();
            assert!(said.starts_with(fault), "{said}");
        }
    }

    #[test]
    fn every_limit_is_read_as_it_is_written() {
        let defaults = Limits::default().named();
        for (name, value) in &defaults {
            let limits = Limits::parse(&format!("{name}={value}")).unwrap();
            assert_eq!(limits.named(), defaults, "{name}");
        }
    }

    /// Twenty lines that are pasted at once.
    #[test]
    fn an_ordinary_burst_passes() {
        assert!(Limits::default().sends.burst.get() >= 20);
    }

    #[test]
    fn the_manual_names_every_limit_with_its_default() {
        let manual = include_str!("../../../docs/SELF_HOSTING.md");
        for (name, value) in Limits::default().named() {
            let row = format!("\n| `{name}` | `{value}` | ");
            assert!(manual.contains(&row), "{row}");
        }
    }
}
